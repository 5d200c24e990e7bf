"""The one place that talks to MLflow: a record of DVC's folders, never needed for scoring.

MLflow is imported when first used (it takes seconds), its telemetry is off, and an unreachable server costs seconds,
not minutes.
"""

from __future__ import annotations

import fcntl
import logging
import os
import socket
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SERVED = Path(__file__).with_name("served.py")
VERSION_TAG = "ebb.model_version"
REQUIREMENTS = ("lightgbm", "numpy", "pandas", "scikit-learn", "scipy")


class RegistryUnavailableError(RuntimeError):
    """MLflow cannot be reached or written; the pipeline goes on without the record."""


@dataclass(frozen=True)
class Registry:
    """Where runs are recorded. `MLFLOW_TRACKING_URI` in the environment wins over `tracking_uri`."""

    tracking_uri: str
    experiment: str
    registered_model: str

    @property
    def uri(self) -> str:
        """The URI in force."""
        return os.environ.get("MLFLOW_TRACKING_URI") or self.tracking_uri


@dataclass(frozen=True)
class TrainingRecord:
    """What a run holds: parameters, metrics (`stepped`: by day number), tags, figures, files and the model's folder."""

    version: str
    params: Mapping[str, Any]
    metrics: Mapping[str, float]
    tags: Mapping[str, str]
    figures: Mapping[str, Any] = field(default_factory=dict)
    stepped: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    files: tuple[Path, ...] = ()
    model_files: Mapping[str, Path] = field(default_factory=dict)
    feature_names: tuple[str, ...] = ()


@contextmanager
def _session(registry: Registry) -> Iterator[Any]:
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "5")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    try:
        import mlflow
        import mlflow.pyfunc

        for name in ("mlflow", "alembic"):  # their notes on tables they create are no news to anybody
            logging.getLogger(name).setLevel(logging.ERROR)
        warnings.filterwarnings("ignore", message=".*An input example was not provided.*")  # it would hold customers

        _create_sqlite(registry.uri)
        mlflow.set_tracking_uri(registry.uri)
        mlflow.set_registry_uri(registry.uri)
        yield mlflow
    except RegistryUnavailableError:
        raise
    except Exception as error:  # MLflow raises SQLAlchemy's, requests' and its own errors, whatever is wrong
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise RegistryUnavailableError(f"{type(error).__name__}: {first[:200]}") from error


def _create_sqlite(uri: str) -> None:
    """Create a new SQLite store under a lock, aside, then rename: several first starts at once would break it."""
    if not uri.startswith("sqlite:///"):
        return
    path = Path(uri.removeprefix("sqlite:///"))
    if path.exists():
        return
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(path.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if path.exists():
            return
        aside = path.with_name(f".{path.name}.part")
        aside.unlink(missing_ok=True)
        store = SqlAlchemyStore(f"sqlite:///{aside}", str(path.parent.resolve() / "mlruns"))
        store.engine.dispose()
        os.replace(aside, path)


def log_training(registry: Registry, record: TrainingRecord) -> str:
    """Record one training as a run, register its model as `challenger` and return the registry's version number.

    Raises RegistryUnavailableError if MLflow cannot be reached; nothing else depends on it.
    """
    with _session(registry) as mlflow:
        client = mlflow.MlflowClient()
        experiment = mlflow.set_experiment(registry.experiment)
        _close_left_behind(client, experiment.experiment_id)
        with mlflow.start_run(run_name=f"{record.tags.get('ebb.test_snapshot', '')} {record.version}".strip()):
            mlflow.set_tags({**record.tags, VERSION_TAG: record.version, **_process_tags()})
            mlflow.log_params(dict(record.params))
            mlflow.log_metrics(dict(record.metrics))
            for name, steps in record.stepped.items():
                for step, value in steps.items():
                    mlflow.log_metric(name, value, step=step)
            for name, figure in record.figures.items():
                mlflow.log_figure(figure, f"plots/{name}.png")
            for path in record.files:
                mlflow.log_artifact(str(path), "reports")
            info = _log_model(mlflow, registry, record)
        number = str(info.registered_model_version)
        client.set_model_version_tag(registry.registered_model, number, VERSION_TAG, record.version)
        client.set_registered_model_alias(registry.registered_model, "challenger", number)
        return number


def _log_model(mlflow: Any, registry: Registry, record: TrainingRecord) -> Any:
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema

    features = [ColSpec("float", name, required=False) for name in record.feature_names]
    columns = Schema([ColSpec("datetime", "snapshot"), *features])
    return mlflow.pyfunc.log_model(
        name="model",
        python_model=str(SERVED),
        code_paths=[str(SERVED.parent)],
        artifacts={name: str(path) for name, path in record.model_files.items()},
        signature=ModelSignature(inputs=columns, outputs=Schema([ColSpec("double", "churn_probability")])),
        pip_requirements=[f"{name}=={_installed(name)}" for name in REQUIREMENTS],
        registered_model_name=registry.registered_model,
    )


def _installed(name: str) -> str:
    from importlib.metadata import version

    return version(name)


def set_champion(registry: Registry, version: str) -> bool:
    """Move the alias `champion` to the registered model of a version; False if MLflow does not know it."""
    with _session(registry) as mlflow:
        client = mlflow.MlflowClient()
        found = client.search_model_versions(
            f"name = '{registry.registered_model}' and tags.`{VERSION_TAG}` = '{version}'"
        )
        if not found:
            return False
        newest = max(found, key=lambda item: int(item.version))
        client.set_registered_model_alias(registry.registered_model, "champion", newest.version)
        return True


def _process_tags() -> dict[str, str]:
    return {"ebb.host": socket.gethostname(), "ebb.pid": str(os.getpid())}


def _close_left_behind(client: Any, experiment_id: str) -> None:
    """End runs that a crash of ours left RUNNING on this machine."""
    for run in client.search_runs([experiment_id], "attributes.status = 'RUNNING'"):
        tags = run.data.tags
        if tags.get("ebb.host") == socket.gethostname() and not _alive(int(tags.get("ebb.pid", "0"))):
            client.set_terminated(run.info.run_id, "KILLED")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
