"""The model as MLflow serves it: the same text and JSON files, read as data after their sha256 is checked."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd

from models.chosen import Chosen
from models.table import unlabelled

FILES = {
    "booster": "shipped.txt",
    "members": "shipped_members.json",
    "calibration": "shipped_calibration.json",
}


class ServedModel(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Feature columns and `snapshot` in, `churn_probability` out: one row per row. Columns are matched by name."""

    def load_context(self, context: Any) -> None:
        """Read every file and the manifest. Raises ValueError if a file is not what the manifest says."""
        read = {name: Path(path).read_bytes() for name, path in context.artifacts.items()}
        manifest = json.loads(read["manifest"])
        for name, file in FILES.items():
            if hashlib.sha256(read[name]).hexdigest() != manifest["files"][file]:
                raise ValueError(f"{file} is not what its manifest says: load the model again from the registry")
        members, calibration = json.loads(read["members"]), json.loads(read["calibration"])
        self.chosen = Chosen.from_data(members, read["booster"].decode(), calibration)

    def predict(self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """One probability per row."""
        names = self.chosen.members.names
        days = pd.to_datetime(model_input["snapshot"]).to_numpy().astype("datetime64[D]").astype(np.int64)
        table = unlabelled(model_input[list(names)].to_numpy(np.float32), names, days)
        return pd.DataFrame({"churn_probability": self.chosen.probability(table)}, index=model_input.index)


mlflow.models.set_model(ServedModel())
