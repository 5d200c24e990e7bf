"""Hand-made stores of every kind with one person planted in all of them, and the command that erases. A helper."""

from __future__ import annotations

import io
import json
import shutil
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from searcher import find
from workspace import BOOKENDS, ingest, outputs

from pipeline import forget
from pipeline.privacy import dvc_cache
from pipeline.privacy.dvc_cache import hashes
from pipeline.published import publish_folder, refresh_latest
from pipeline.risk_list import SCHEMA, write_list
from pipeline.tables import LISTS, write_table

KEY = "correct horse battery staple, thirty-two and more"
GONE = "=zoé o'neil 77"  # a formula, an accent, an apostrophe and blanks
OTHERS = ["=zoé o'neil 7", "=zoé o'neil 777", "anna"]
DAYS = (date(2024, 2, 19), date(2024, 2, 26))


def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder with events, a rejected row, features, scores, two lists and a revision, exports and a cache."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EBB_PSEUDONYM_KEY", KEY)
    monkeypatch.setattr(dvc_cache, "_dvc", lambda *_: "")  # a second each, and the folder is found without it
    names = [GONE, *OTHERS]
    rows = [(name, f"2024-0{month}-10", "purchase", 5) for name in names for month in (1, 2)]
    rows.append((GONE, "2024-02-29", "purchase", 4))
    ingest(tmp_path, [*rows, (GONE, "no date", "purchase", 1), *BOOKENDS])
    table = pa.table({"customer_id": names, "snapshot": [DAYS[0]] * 4, "count": [1, 2, 3, 4]})
    for name in ("features/training", "features/current", "scores/scores", "outcomes/outcomes"):
        write_table([table], table.schema, Path(f"data/{name}.parquet"))
    for day, version in ((DAYS[0], "one"), (DAYS[1], "one"), (DAYS[1], "two")):
        publish_folder(
            day, lambda folder, day=day, version=version: write_list(a_list(names, day, version), folder), {}
        )
    refresh_latest()
    Path("exports").mkdir()
    Path("exports/mail.csv").write_text(f'email;band\n"{GONE}";high\n', encoding="utf-8")
    Path("exports/others.csv").write_text(f'email;band\n"{OTHERS[0]}";high\n', encoding="utf-8")
    shutil.copytree(LISTS / str(DAYS[0]), Path("data/replay") / str(DAYS[0]))
    fill_cache(tmp_path)
    return tmp_path


def a_list(names: list[str], day: date, version: str) -> pa.Table:
    """A list of these customers, all but the needed columns empty."""
    n = len(names)
    filled: dict[str, Any] = {"customer_id": names, "as_of": [day] * n, "churn_probability": [0.9, 0.8, 0.5, 0.1][:n]}
    filled |= {"risk_band": ["high"] * n, "priority": list(range(1, n + 1)), "model_version": [version] * n}
    return pa.table([filled.get(f.name, pa.nulls(n, f.type)) for f in SCHEMA], names=SCHEMA.names).cast(SCHEMA)


def fill_cache(folder: Path) -> None:
    """Every output as DVC keeps it: by content; one folder object, and two recorded runs."""
    root = folder / ".dvc/cache/files/md5"
    listed = []
    for name in outputs(folder):
        (md5,) = hashes([folder / name])
        (root / md5[:2]).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / name, root / md5[:2] / md5[2:])
        listed.append({"md5": md5, "relpath": name})
    for name, content in (("aa" + "0" * 30, listed), ("bb" + "0" * 30, [{"md5": "c" * 32, "relpath": "other"}])):
        (root / name[:2]).mkdir(exist_ok=True)
        (root / name[:2] / f"{name[2:]}.dir").write_text(json.dumps(content))
    runs = folder / ".dvc/cache/runs/ab"
    runs.mkdir(parents=True)
    (runs / "stale").write_text(f"outs:\n- path: data/lists\n  md5: aa{'0' * 30}.dir\n")
    (runs / "fresh").write_text(f"outs:\n- path: data/other\n  md5: bb{'0' * 30}.dir\n")
    (folder / ".dvc/tmp").mkdir()
    shutil.copyfile(folder / "data/scores/scores.parquet", folder / ".dvc/tmp/left")


def run_forget(monkeypatch: pytest.MonkeyPatch, *names: str, arguments: tuple[str, ...] = ()) -> None:
    """Run the command with ids on standard input."""
    typed = io.BytesIO("".join(f"{name}\n" for name in names).encode())
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=typed, isatty=lambda: False))
    monkeypatch.setattr("sys.argv", ["forget", *arguments])
    forget.main()


def holding_the_id_itself(root: Path) -> list[str]:
    """As the searcher finds it, the longer id of somebody else put out of the way first."""
    return [name for name in find(root, GONE) if not only_longer(root / name)]


def only_longer(path: Path) -> bool:
    """Whether the id stands in a file as a part of another one only, asked cell by cell."""
    content = path.read_bytes()
    if content.startswith(b"PAR1"):
        table = pq.ParquetFile(path).read()
        return not any(GONE in column.to_pylist() for column in table.columns if pa.types.is_string(column.type))
    if content.startswith(b"PK"):
        cells = {cell for row in openpyxl.load_workbook(io.BytesIO(content)).active.values for cell in row}
        return not {GONE, f"'{GONE}"} & cells
    text = content.decode("utf-8", "replace")
    return text.count(GONE) == text.count(f"{GONE}7")
