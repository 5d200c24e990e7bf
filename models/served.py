"""The model as MLflow serves it: the same text and JSON files, read as data after their sha256 is checked."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import lightgbm
import mlflow
import numpy as np
import pandas as pd


class ServedModel(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Feature columns in, `churn_probability` out: one row per row. Columns are matched by name."""

    def load_context(self, context: Any) -> None:
        """Read booster, calibrator and manifest. Raises ValueError if a file is not what the manifest says."""
        read = {name: Path(path).read_bytes() for name, path in context.artifacts.items()}
        manifest = json.loads(read["manifest"])
        for name, file in (("booster", "shipped.txt"), ("calibration", "shipped_calibration.json")):
            if hashlib.sha256(read[name]).hexdigest() != manifest["files"][file]:
                raise ValueError(f"{file} is not what its manifest says: load the model again from the registry")
        self.booster = lightgbm.Booster(model_str=read["booster"].decode())
        self.calibration = json.loads(read["calibration"])

    def predict(self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """One probability per row."""
        values = model_input[self.booster.feature_name()].to_numpy(np.float32)
        scores = self.booster.predict(values, raw_score=True, num_threads=1)
        odds = self.calibration["slope"] * scores + self.calibration["intercept"]
        return pd.DataFrame(
            {"churn_probability": np.clip(0.5 * (1 + np.tanh(0.5 * odds)), 1e-6, 1 - 1e-6)}, index=model_input.index
        )


mlflow.models.set_model(ServedModel())
