"""Helper: a temporary checkout of this project with a small cut of the demo's data, and commands run in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "data/raw/online_retail_ii.parquet"
SMALLER = {
    "model": {"num_rounds": 40, "num_leaves": 7},
    "evaluation": {"bootstrap": 100, "capacity": 50},
    "snapshots": {"train": 9},  # fewer slices, fewer past origins to refit
    # Four tenths of the shop: the gate's tolerance of log loss must fit the smaller test.
    "promote": {"max_log_loss_increase": 0.02, "max_calibration_increase": 0.1, "max_lift_decrease": 0.5},
}


@dataclass(frozen=True)
class Checkout:
    """A checkout in a temporary folder."""

    root: Path

    def run(self, *command: str, check: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the checkout with the tests' environment first on the PATH."""
        foreign = ("DVC_EXP", "GIT_", "MLFLOW", "PYTHONDONTWRITEBYTECODE")
        env = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
        env |= {"DVC_NO_ANALYTICS": "1", "MLFLOW_DISABLE_TELEMETRY": "true", **environment}
        done = subprocess.run(command, cwd=self.root, env=env, capture_output=True, text=True, check=False, timeout=600)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return done

    def repro(self, *arguments: str, **environment: str) -> str:
        """Run `dvc repro` and return what it printed."""
        return self.run("dvc", "repro", *arguments, **environment).stdout

    def commit(self) -> None:
        """Commit everything that git does not ignore."""
        self.run("git", "add", "-A")
        self.run("git", "commit", "-qm", "state", "--allow-empty")

    def set_params(self, **sections: dict[str, Any]) -> None:
        """Change keys of params.yaml, keeping its comments."""
        yaml = YAML()
        path = self.root / "params.yaml"
        params = yaml.load(path.read_text(encoding="utf-8"))
        for name, keys in sections.items():
            params[name].update(keys)
        with path.open("w", encoding="utf-8") as handle:
            yaml.dump(params, handle)

    def cut_source(self, until: datetime) -> None:
        """The lines of four in ten customers, and as many of nobody's, before a moment."""
        table = pq.read_table(DEMO)
        owner = pc.coalesce(table.column("Customer ID"), table.column("Invoice"))
        kept = pc.is_in(pc.utf8_slice_codeunits(owner, -1, None), value_set=pa.array(list("0123")))
        early = pc.less(table.column("InvoiceDate"), pa.scalar(until, table.schema.field("InvoiceDate").type))
        pq.write_table(table.filter(pc.and_(kept, early)), self.root / "data/raw/online_retail_ii.parquet")


def make_checkout(folder: Path) -> Checkout:
    """A git repository with the present state of this project's tracked and new files, but not its outputs."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        source = ROOT / name
        if source.is_file() and not name.startswith("docs/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, folder / name)
    checkout = Checkout(folder)
    checkout.run("git", "init", "-q", "-b", "main")
    checkout.run("git", "config", "user.name", "tester")
    checkout.run("git", "config", "user.email", "tester@example.invalid")
    checkout.set_params(**SMALLER)
    return checkout
