"""The sections about machines: the engine, and the record of runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, field_validator

from pipeline.sections.base import Section

MASTER = r"^(local(\[(\d+|\*)(,\d+)?\])?|(spark|k8s|mesos)://\S+|yarn)$"
OURS = {  # settings of Spark on which the numbers rest
    "spark.sql.session.timeZone": "times are UTC, and events.timezone is the zone of the business",
    "spark.sql.caseSensitive": "columns are told apart by their exact names",
    "spark.master": "it is engine.spark.master",
    "spark.submit.pyFiles": "Ebb ships its own programs",
}


class Spark(Section):
    """How to reach a cluster, used where `engine.name` is spark. A session that is there already is used as it is."""

    master: Annotated[str, Field(pattern=MASTER)] | None = "local[*,4]"
    path_prefix: Literal["file://", "dbfs:", ""] = "file://"
    partitions: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    conf: Mapping[str, str | int | float | bool] = Field(default_factory=dict)

    @field_validator("conf")
    @classmethod
    def _is_of_spark(cls, conf: Mapping[str, str | int | float | bool]) -> Mapping[str, str | int | float | bool]:
        for name in conf:
            if not name.startswith("spark."):
                raise ValueError(f"{name} is no setting of Spark: these begin with spark.")
            if name in OURS:
                raise ValueError(f"{name} cannot be set here: {OURS[name]}")
        return conf


class Engine(Section):
    """What cleans, sorts and streams events."""

    name: Literal["duckdb", "spark"] = "duckdb"
    threads: Annotated[int, Field(ge=1, le=256)] | None = None
    memory_limit: Annotated[str, Field(pattern=r"^\d+(\.\d+)?\s?(MB|GB|TB)$")] | None = None
    spark: Spark = Spark()


class MLflow(Section):
    """Where runs are recorded; MLFLOW_TRACKING_URI in the environment wins."""

    tracking_uri: str = "sqlite:///mlflow.db"
    experiment: str = Field(default="ebb", min_length=1)
    registered_model: str = Field(default="ebb-churn", min_length=1)
