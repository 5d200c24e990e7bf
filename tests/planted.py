"""Hand-made stores of every kind with one person planted in all of them, and the command that erases. A helper."""

from __future__ import annotations

import html
import io
import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from samples import briefing, sample
from searcher import find
from workspace import BOOKENDS, COLUMNS, ingest, outputs, params, source_bytes, write_file

from pipeline import forget, stale
from pipeline.privacy import amended, dvc_cache
from pipeline.privacy.dvc_cache import hashes
from pipeline.published import publish_folder, refresh_latest
from pipeline.settings import Settings, parse_settings
from pipeline.spreadsheets.contact_files import write_contact_files
from pipeline.spreadsheets.files import write_risk_list
from pipeline.spreadsheets.presets import write_presets
from pipeline.tables import LISTS, write_json, write_table

KEY = "correct horse battery staple, thirty-two and more"
GONE = "=zoé o'neil 77"  # a formula, an accent, an apostrophe and blanks
OTHERS = ["=zoé o'neil 7", "=zoé o'neil 777", "anna"]
DAYS = (date(2024, 2, 19), date(2024, 2, 26))
Write = Callable[[Path, pa.Table, dict[str, Any], Settings], None]
YOURS = ["contacts.csv", "data/raw/events.csv", "data/raw/people.csv"]  # sources, which stay as they are
PEOPLE = ("customer_id", "no_ads")
SETTINGS = {
    "events.keep": ["store"],
    "customers": {"source": "data/raw/people.csv", "columns": {"no_contact": "no_ads"}},
    "export": {"contacts": "contacts.csv"},
}


def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Write | None = None) -> Path:
    """Make a folder with events, a rejected row, features, scores, two lists and a revision, exports and a cache.

    `write` writes the files of a list: `light`, or `render` with workbook and pages, which takes seconds.
    """
    write = write or light
    monkeypatch.chdir(tmp_path)
    for module in (amended, stale):
        monkeypatch.setattr(module, "render", write)
    monkeypatch.setenv("EBB_PSEUDONYM_KEY", KEY)
    monkeypatch.setattr(dvc_cache, "_dvc", lambda *_: "")  # a second each, and the folder is found without it
    names = [GONE, *OTHERS]
    rows = [(name, f"2024-0{month}-10", "purchase", 5) for name in names for month in (1, 2)]
    rows.append((GONE, "2024-02-29", "purchase", 4))
    rows = [(*row, "York") for row in [*rows, (GONE, "no date", "purchase", 1)]]
    write_file(tmp_path, source_bytes("people.csv", [(name, "yes") for name in names], PEOPLE), "people.csv")
    ingest(tmp_path, [*rows, *((*row, "Ely") for row in BOOKENDS)], SETTINGS, columns=(*COLUMNS, "store"))
    table = pa.table({"customer_id": names, "snapshot": [DAYS[0]] * 4, "count": [1, 2, 3, 4]})
    for name in ("features/training", "features/current", "features/facts", "scores/scores", "outcomes/outcomes"):
        write_table([table], table.schema, Path(f"data/{name}.parquet"))
    for day, version in ((DAYS[0], "one"), (DAYS[1], "one"), (DAYS[1], "two")):
        publish_list(names, day, version, write)
    refresh_latest()
    Path("exports").mkdir()
    Path("contacts.csv").write_text(f'customer_id,email\n"{GONE}",zoe@shop.example\n', encoding="utf-8")
    Path("exports/mail.csv").write_text(f'email;band\n"{GONE}";high\n', encoding="utf-8")
    Path("exports/others.csv").write_text(f'email;band\n"{OTHERS[0]}";high\n', encoding="utf-8")
    shutil.copytree(LISTS / str(DAYS[0]), Path("data/replay") / str(DAYS[0]))
    fill_cache(tmp_path)
    return tmp_path


def settings() -> Settings:
    """The settings of these stores."""
    return parse_settings(params(SETTINGS))


def a_list(names: list[str], day: date, version: str) -> pa.Table:
    """A list of these customers, all but the last to be contacted."""
    n = len(names)
    table = sample(n, ids=names)[0]
    made = {
        "customer_id": names, "priority": list(range(1, n + 1)), "risk_band": ["high"] * n, "as_of": [day] * n,
        "contact_this_week": ["yes"] * (n - 1) + ["no"], "why_not": [None] * (n - 1) + ["objected"],
        "group": ["contact"] * n, "recommended_action": ["personal_call", *["offer"] * (n - 1)],
        "model_version": [version] * n,
    }  # fmt: skip
    for name, values in made.items():
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, pa.array(values, table.schema.field(name).type))
    return table


def light(folder: Path, table: pa.Table, figures: dict[str, Any], how: Settings) -> None:
    """The files of a list that are written fast: rows, figures, CSV, contact files and presets."""
    write_table([table], table.schema, folder / "risk_list.parquet")
    write_json(figures, folder / "briefing.json")
    write_risk_list(folder / "risk_list.csv", table, how.report.language)
    write_contact_files(folder, table)
    write_presets(folder, table)


def publish_list(names: list[str], day: date, version: str, write: Write = light) -> None:
    """Publish a list; the briefing is that of these customers."""
    table = a_list(names, day, version)
    figures = {**briefing(table), "as_of": str(day)}
    publish_folder(day, lambda folder: write(folder, table, figures, settings()), {"as_of": str(day)})


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
        book = openpyxl.load_workbook(io.BytesIO(content))
        cells = {cell for sheet in book.worksheets for row in sheet.values for cell in row}
        return not {GONE, f"'{GONE}"} & cells
    text = html.unescape(content.decode("utf-8", "replace"))
    return text.count(GONE) == text.count(f"{GONE}7")
