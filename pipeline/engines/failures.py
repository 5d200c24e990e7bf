"""What goes wrong on a cluster, as one sentence; errors of our own come back as what they were."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline import errors
from pipeline.errors import ConfigError, EbbError, EngineError
from pipeline.sections.machine import Spark

LONGEST = 300  # characters of somebody else's message
WORKER_LOST = "a Python worker of an executor was lost: killed, or out of memory"


@contextmanager
def explained(spark: Spark) -> Iterator[None]:
    """Spark's errors as an EngineError of one sentence."""
    kinds = (
        importlib.import_module("pyspark.errors").PySparkException,
        importlib.import_module("py4j.protocol").Py4JError,
    )
    try:
        yield
    except kinds as error:
        text = str(error)
        if "JAVA_GATEWAY_EXITED" in text:
            raise ConfigError(
                "Spark's Java did not start: it needs Java 17 or newer, enough memory for spark.driver.memory, and "
                "settings of engine.spark.conf that Java knows. Nothing was changed."
            ) from None
        raise EngineError(
            f"Spark ({spark.master or 'as the platform says'}) gave up: {_cause(text)}. Look at Spark's own log for "
            "more, then `make repro`. Nothing was written by this stage."
        ) from None


def _cause(text: str) -> str:
    """The line that says what happened, of a message with stack traces of two languages."""
    if "Python worker exited unexpectedly" in text or "Python worker failed to connect" in text:
        return WORKER_LOST
    lines = [line.strip() for line in text.split("JVM stacktrace", maxsplit=1)[0].splitlines() if line.strip()]
    said = [line for line in lines if re.match(r"^[\w.]*(Error|Exception|Interrupt)\b.*", line)]
    return (said or lines or ["no reason given"])[-1][:LONGEST].rstrip(".")


def as_data(error: EbbError) -> bytes:
    """An error of a task as it travels to the driver."""
    return json.dumps({"kind": type(error).__name__, "sentence": str(error)}).encode()


def from_data(content: bytes) -> EbbError:
    """The error that a task sent."""
    said = json.loads(content)
    kind = getattr(errors, said["kind"], EbbError)
    known = isinstance(kind, type) and issubclass(kind, EbbError)
    return kind(said["sentence"]) if known else EbbError(said["sentence"])
