"""A session of Spark: the programs shipped, the clock in UTC, what is missing said in one sentence before any work.

Spark is imported where a session is made, so that nobody else waits for it or needs it.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from pipeline.engines.failures import explained
from pipeline.engines.shipped import ship
from pipeline.errors import ConfigError
from pipeline.sections.machine import Engine, Spark

HERE = Path(__file__).resolve().parent
PANDAS = "PySpark does not yet fully support pandas"  # said of every start; nothing here passes through pandas
ALWAYS = {"spark.sql.session.timeZone": "UTC", "spark.sql.caseSensitive": "true"}
USUAL = {  # params.yaml may say otherwise
    "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.driver.maxResultSize": "2g",  # of one partition's results at a time
    "spark.ui.showConsoleProgress": "false",
    "spark.python.sql.dataFrameDebugging.enabled": "false",  # it prints pages where a sentence will do
}
USUAL_LOCALLY = {
    "spark.ui.enabled": "false",
    "spark.log.level": "OFF",
    "spark.driver.memory": "2g",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={(HERE / 'log4j2.properties').as_uri()}",
    "spark.executorEnv.PYTHONWARNINGS": f"ignore:{PANDAS}:FutureWarning",
}


@contextmanager
def spark_session(engine: Engine) -> Iterator[Any]:
    """A session with our programs on every executor; one that was there already stays, our own is stopped.

    Raises ConfigError where PySpark or Java is missing, and EngineError where the cluster cannot do its part.
    """
    refuse_without_spark(engine)
    sql = importlib.import_module("pyspark.sql")
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.filterwarnings("ignore", PANDAS, FutureWarning)
        stack.enter_context(explained(engine.spark))
        present = sql.SparkSession.getActiveSession()
        session = present.newSession() if present else _started(stack, sql, engine.spark)
        for name, value in ALWAYS.items():
            session.conf.set(name, value)
        ship(session.sparkContext)
        yield session


@contextmanager
def engine_session(engine: Engine) -> Iterator[None]:
    """One session of Spark for all that a stage does within, where `engine.name` is spark; elsewhere nothing."""
    if engine.name != "spark":
        yield
        return
    with spark_session(engine):
        yield


def refuse_without_spark(engine: Engine) -> None:
    """Raise ConfigError where what `engine.name: spark` needs is not installed; nothing is started."""
    if engine.name != "spark":
        return
    if not _installed():
        raise ConfigError(
            "params.yaml: engine.name is spark, and PySpark is not installed: install the extra `spark` "
            '(`pip install "pyspark>=4,<5"`), or set engine.name: duckdb. Nothing was changed.'
        )
    if java() is None and not _has_session():
        raise ConfigError(
            "params.yaml: engine.name is spark, and no Java was found: install Java 17 (Debian, Ubuntu: the package "
            "openjdk-17-jre-headless) or name one in JAVA_HOME, or set engine.name: duckdb. Nothing was changed."
        )


def _installed() -> bool:
    try:
        return importlib.util.find_spec("pyspark") is not None
    except ValueError:  # somebody keeps it out
        return False


def java() -> str | None:
    """The program java that Spark would start; None where there is none."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=str(Path(home, "bin"))) if home else shutil.which("java")


def _has_session() -> bool:
    """Whether Spark runs in this process already, as in a notebook of a platform."""
    sql = sys.modules.get("pyspark.sql")
    return sql is not None and sql.SparkSession.getActiveSession() is not None


def _started(stack: ExitStack, sql: Any, spark: Spark) -> Any:
    """A session of our own, stopped with the stack."""
    local = (spark.master or "").startswith("local")
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="ebb-spark-", ignore_cleanup_errors=True))
    conf = {**USUAL, "spark.sql.warehouse.dir": folder}
    if local:
        conf |= {**USUAL_LOCALLY, "spark.local.dir": folder}
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # or it warns of the machine's name at every start
    conf |= {name: _text(value) for name, value in spark.conf.items()} | ALWAYS
    if local or "PYSPARK_PYTHON" not in os.environ:
        os.environ["PYSPARK_PYTHON"] = conf.get("spark.pyspark.python", sys.executable)
    builder = sql.SparkSession.builder.appName("ebb")
    builder = builder.master(spark.master) if spark.master else builder
    for name, value in conf.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    stack.callback(session.stop)
    return session


def _text(value: str | int | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
