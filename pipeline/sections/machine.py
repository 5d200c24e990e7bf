"""The sections about machines: the engine, and the record of runs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipeline.sections.base import Section


class Engine(Section):
    """What cleans, sorts and streams events."""

    name: Literal["duckdb"] = "duckdb"
    threads: Annotated[int, Field(ge=1, le=256)] | None = None
    memory_limit: Annotated[str, Field(pattern=r"^\d+(\.\d+)?\s?(MB|GB|TB)$")] | None = None


class MLflow(Section):
    """Where runs are recorded; MLFLOW_TRACKING_URI in the environment wins."""

    tracking_uri: str = "sqlite:///mlflow.db"
    experiment: str = Field(default="ebb", min_length=1)
    registered_model: str = Field(default="ebb-churn", min_length=1)
