"""Lists, champions and tables on disk: whole or not at all, checked before they are read, equal bytes when equal."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import tables
from pipeline.challenger import challenger_manifest, challenger_version
from pipeline.champions import POINTER, Champion, champion, point_to, store, versions
from pipeline.errors import ArtifactError
from pipeline.folders import MANIFEST, verify, write_manifest
from pipeline.published import LATEST, dated_folders, newest_before, publish_folder, refresh_latest
from pipeline.tables import CALIBRATION, CHAMPION, LISTS, MODEL, VALUE, read_json, read_table, write_json, write_text

MONDAY, NEXT, THIRD = date(2024, 6, 3), date(2024, 6, 10), date(2024, 6, 17)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test has an empty `data/` of its own."""
    monkeypatch.chdir(tmp_path)


def says(text: str) -> Callable[[Path], None]:
    """A writer of two files, one of which says the text."""

    def write(folder: Path) -> None:
        (folder / "a.csv").write_text("always")
        (folder / "b.csv").write_text(text)

    return write


def publish(day: date, text: str) -> tuple[str, bool]:
    """Publish, refresh `latest`, and return the dated folder's name and whether it is new."""
    folder, new = publish_folder(day, says(text), {"as_of": str(day)})
    refresh_latest()
    return folder.name, new


def before(day: date) -> str | None:
    """The name of the list that one of this date is compared with."""
    found = newest_before(day)
    return found[0].name if found else None


def latest() -> str:
    """What `latest/` says, checked against its manifest."""
    verify(LATEST)
    return (LATEST / "b.csv").read_text()


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a file is missing": (lambda at: (at / "b.csv").unlink(), r"b\.csv is missing, though .*manifest\.json lists it"),
    "a file was edited": (lambda at: (at / "b.csv").write_text("two "), r"b\.csv is not what .*\(sha256 differs\)"),
    "no manifest": (lambda at: (at / MANIFEST).unlink(), r"manifest\.json is missing: run `make repro`"),
    "half a manifest": (lambda at: (at / MANIFEST).write_text('{"files": {'), r"manifest\.json is not readable JSON"),
    "no list of files": (lambda at: write_json({"as_of": "x"}, at / MANIFEST), r"manifest\.json lists no files"),
    "another JSON": (lambda at: write_json(["a.csv"], at / MANIFEST), r"manifest\.json lists no files"),
}


@pytest.mark.parametrize(("damage", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_damage_is_seen_everywhere(damage: Callable[[Path], object], message: str) -> None:
    """The check names it; the list before it is compared with instead, and `latest` falls back to it."""
    publish(MONDAY, "one")
    publish(NEXT, "two")
    damage(LISTS / "2024-06-10")
    with pytest.raises(ArtifactError, match=message):
        verify(LISTS / "2024-06-10")
    assert before(THIRD) == "2024-06-03"
    shutil.rmtree(LATEST)
    assert (refresh_latest(), latest()) == (LISTS / "2024-06-03", "one")


def test_a_manifest_lists_what_is_there() -> None:
    """Every file but itself and hidden ones, beside what the caller says."""
    folder = publish_folder(MONDAY, says("one"), {"as_of": "2024-06-03"})[0]
    (folder / ".b.csv.77.part").write_text("left by a kill")
    manifest = write_manifest(folder, {"as_of": "2024-06-03"})
    assert (list(manifest), list(manifest["files"])) == (["as_of", "files"], ["a.csv", "b.csv"])
    assert verify(folder) == manifest


def test_revisions() -> None:
    """Equal content changes nothing; other content, or a damaged folder, is a new revision beside the old ones."""
    assert (dated_folders(), before(MONDAY), refresh_latest()) == ([], None, None)
    assert publish(MONDAY, "one") == ("2024-06-03", True)
    assert publish(MONDAY, "one") == ("2024-06-03", False)
    assert publish(MONDAY, "two") == ("2024-06-03.r2", True)
    assert publish(MONDAY, "one") == ("2024-06-03.r3", True)
    assert (latest(), (LISTS / "2024-06-03.r2/b.csv").read_text()) == ("one", "two")
    (LISTS / "2024-06-03.r3/b.csv").write_text("edited in Excel and saved back")
    assert publish(MONDAY, "one") == ("2024-06-03.r4", True)
    assert (latest(), (LISTS / "2024-06-03/b.csv").read_text()) == ("one", "one")


def test_the_order_of_dated_folders() -> None:
    """The tenth revision after the ninth; other names are nobody's list, nor are files, nor dates that do not exist."""
    for name in ("2024-06-03.r10", "2024-06-03.r9", "2024-06-03", "2024-05-27.r2", "latest", "notes", "2024-02-31"):
        (LISTS / name).mkdir(parents=True)
    (LISTS / "2024-06-01").write_text("a file")
    newest = ["2024-05-27.r2", "2024-06-03", "2024-06-03.r9", "2024-06-03.r10"]
    assert [folder.name for *_, folder in dated_folders()] == newest


def test_a_late_list_for_an_earlier_date_is_not_the_latest() -> None:
    """And what it is compared with lies before it, strictly, in its newest revision."""
    for day, text in ((MONDAY, "one"), (MONDAY, "one, corrected"), (THIRD, "three"), (NEXT, "two")):
        publish(day, text)
    assert latest() == "three"
    assert (before(NEXT), before(MONDAY)) == ("2024-06-03.r2", None)


def test_a_mixed_latest_is_repaired(monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between two files: `latest` fails its check, the next run puts the newest whole list there."""
    publish(MONDAY, "one")
    publish_folder(NEXT, says("two"), {})

    def killed(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes())
        if source.name == MANIFEST:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", killed)
        with pytest.raises(KeyboardInterrupt):
            refresh_latest()
    with pytest.raises(ArtifactError, match="sha256 differs"):
        latest()
    (LATEST / "old.html").write_text("of an earlier version of the program")
    refresh_latest()
    assert latest() == "two"
    assert sorted(path.name for path in LATEST.iterdir()) == ["a.csv", "b.csv", MANIFEST]


def test_a_kill_while_writing_leaves_the_last_list() -> None:
    """No dated folder, `latest` untouched, and the next run clears what lies about."""

    def killed(folder: Path) -> None:
        says("half")(folder)
        raise KeyboardInterrupt

    publish(MONDAY, "one")
    with pytest.raises(KeyboardInterrupt):
        publish_folder(NEXT, killed, {})
    assert ([folder.name for *_, folder in dated_folders()], latest()) == (["2024-06-03"], "one")
    assert publish(NEXT, "two") == ("2024-06-10", True)
    assert sorted(path.name for path in LISTS.iterdir()) == ["2024-06-03", "2024-06-10", "latest"]


def crown(text: str) -> str:
    """Store a challenger whose files say the text, as the stages write them, point to it and return its version."""
    for folder, kind in ((MODEL, ".txt"), (MODEL, "_members.json"), (CALIBRATION, "_calibration.json")):
        for name in ("judged", "shipped"):
            write_text(text, folder / f"{name}{kind}")
        write_manifest(folder, {"features": ["a"]} if folder == MODEL else {})
    for name in ("value.json", "value.txt"):
        write_text(text, VALUE / name)
    write_manifest(VALUE, {})
    version = challenger_version()
    store(version, challenger_manifest(), {"log_loss": 0.4})
    point_to(version, "promoted", held=[])
    return version


def present() -> Champion:
    """The present champion, of which there is one."""
    now = champion()
    assert now is not None
    return now


def test_a_champion_is_stored_and_pointed_to() -> None:
    """Every one so far is kept; the pointer names the present one and the one before."""
    assert champion() is None
    first, second = crown("one"), crown("two")
    assert (present().version, present().pointer["previous"], present().rolled_back_from) == (second, first, None)
    assert (versions(), (present().folder / "shipped.txt").read_text()) == (sorted([first, second]), "two")
    store(second, challenger_manifest(), {"log_loss": 0.9})  # whole, so it is left as it is
    assert present().manifest["metrics"] == {"log_loss": 0.4}
    point_to(first, "rolled back", held=[second, second], rolled_back_from=second)
    assert (present().version, present().rolled_back_from, present().pointer["held"]) == (first, second, [second])


TAMPERED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a booster": (lambda at: (at / "shipped.txt").write_text("evil"), r"shipped\.txt is not what"),
    "a manifest": (lambda at: write_json({**read_json(at / MANIFEST), "rows": 7}, at / MANIFEST), "not belong"),
    "its name": (lambda at: write_json({**read_json(at / MANIFEST), "version": "x"}, at / MANIFEST), "not belong"),
    "another champion's folder": (lambda at: shutil.copytree(CHAMPION / "other", at, dirs_exist_ok=True), "not belong"),
    "no folder": (shutil.rmtree, r"manifest\.json is missing"),
    "the pointer": (lambda _: POINTER.write_text("{"), r"current\.json is not readable JSON"),
}


@pytest.mark.parametrize(("tamper", "message"), TAMPERED.values(), ids=TAMPERED.keys())
def test_a_tampered_champion_never_scores(tamper: Callable[[Path], object], message: str) -> None:
    """Its files and its manifest are checked before anything is parsed; promoting the same model again heals it."""
    (CHAMPION / crown("one")).rename(CHAMPION / "other")
    version = crown("two")
    tamper(CHAMPION / version)
    with pytest.raises(ArtifactError, match=message):
        champion()
    store(version, challenger_manifest(), {})
    POINTER.unlink()
    point_to(version, "promoted", [])
    assert (present().folder / "shipped.txt").read_text() == "two"


@pytest.mark.parametrize("left", [".v.part/shipped.txt", ".current.json.77.part"], ids=["a folder", "a pointer"])
def test_what_a_kill_left_is_in_nobodys_way(left: str) -> None:
    """Killed while storing, or while replacing the pointer: the next promotion succeeds and clears it."""
    write_text("half", CHAMPION / left)
    assert sorted([crown("one"), POINTER.name]) == sorted(path.name for path in CHAMPION.iterdir())


N = range(17)
ROWS = pa.table({"id": [f"c{n}" for n in N], "n": [n or None for n in N], "is": [n % 3 == 0 for n in N]})


@pytest.mark.parametrize("sizes", [[17], [1] * 17, [5, 5, 5, 2], [0, 3, 14, 0], [11, 6], [4, 6], [0], []], ids=str)
def test_chunks_change_no_byte(sizes: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Row groups of five rows whatever comes in, the rest in a last one, and the bytes of the table written at once."""
    monkeypatch.setattr(tables, "ROW_GROUP", 5)
    n, starts = sum(sizes), [sum(sizes[:number]) for number in range(len(sizes))]
    parts = (ROWS.slice(start, size) for start, size in zip(starts, sizes, strict=True))
    assert tables.write_table(parts, ROWS.schema, Path("parts.parquet")) == n
    tables.write_table([ROWS.slice(0, n)], ROWS.schema, Path("whole.parquet"))
    assert Path("parts.parquet").read_bytes() == Path("whole.parquet").read_bytes()
    about = pq.ParquetFile("parts.parquet").metadata
    groups = [about.row_group(number).num_rows for number in range(about.num_row_groups)]
    assert [rows for rows in groups if rows] == {17: [5, 5, 5, 2], 10: [5, 5], 0: []}[n]
    assert read_table(Path("parts.parquet")).equals(ROWS.slice(0, n))


def test_an_error_while_writing_leaves_what_was_there() -> None:
    """And nothing beside it, whether a table's source fails at its third part or a text cannot be written."""
    write_text("whole", Path("out/t.txt"))
    tables.write_table([ROWS], ROWS.schema, Path("out/t.parquet"))
    failing = (ROWS.slice(0, 8 // (2 - part)) for part in range(4))
    with pytest.raises(ZeroDivisionError, match="by zero"):
        tables.write_table(failing, ROWS.schema, Path("out/t.parquet"))
    with pytest.raises(UnicodeEncodeError, match="surrogates not allowed"):
        write_text("half" * 9999 + "\ud800", Path("out/t.txt"))
    assert (read_table(Path("out/t.parquet")).equals(ROWS), Path("out/t.txt").read_text()) == (True, "whole")
    assert sorted(path.name for path in Path("out").iterdir()) == ["t.parquet", "t.txt"]
