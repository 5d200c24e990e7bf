"""Erasure on hand-made stores: the person is gone, everybody else is as before, and a kill changes nothing of it."""

from __future__ import annotations

import io
import json
import os
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

from pipeline import forget, published
from pipeline.errors import ArtifactError, ConfigError
from pipeline.folders import MANIFEST, verify
from pipeline.privacy import cache, dvc_cache
from pipeline.privacy.dvc_cache import hashes
from pipeline.privacy.expiry import expire_lists
from pipeline.privacy.holds import Person, holds
from pipeline.protection.keys import pseudonyms
from pipeline.published import publish_folder, refresh_latest
from pipeline.risk_list import SCHEMA, write_list
from pipeline.tables import LISTS, write_table

KEY = "correct horse battery staple, thirty-two and more"
GONE = "=zoé o'neil 77"  # a formula, an accent, an apostrophe and blanks
OTHERS = ["=zoé o'neil 7", "=zoé o'neil 777", "anna"]
DAYS = (date(2024, 2, 19), date(2024, 2, 26))


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with events, a rejected row, features, scores, two dated lists and a revision, exports and a cache."""
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


def ids(path: str) -> list[str]:
    """The customers of a table."""
    return pq.ParquetFile(path).read(columns=["customer_id"]).column(0).to_pylist()


def test_planted_everywhere_and_found_nowhere_after(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = find(shop, GONE)
    folders = {name.rsplit("/", 1)[0] for name in before}
    assert {"data/events/closed", "data/events/open", "data/rejected", "data/features", "data/scores"} <= folders
    assert {f"data/lists/{name}" for name in (DAYS[0], DAYS[1], f"{DAYS[1]}.r2", "latest")} <= folders
    assert {"exports", "data/outcomes", f"data/replay/{DAYS[0]}", ".dvc/tmp"} <= folders
    assert any(name.startswith(".dvc/cache") for name in folders)
    capsys.readouterr()
    run_forget(monkeypatch, GONE)
    said = capsys.readouterr()
    # "=zoé o'neil 777" is somebody else: the searcher finds texts, so it must find exactly that one now.
    assert holding_the_id_itself(shop) == ["data/raw/events.csv"]
    assert GONE not in said.out + said.err
    words = " ".join(said.out.split())
    assert "data/raw/events.csv still holds 4 of their rows" in words
    assert f"data/lists/{DAYS[0]} 1 rows removed" in words
    assert "DVC's cache: recorded runs deleted 1" in words


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


def test_others_keep_their_rows_their_order_and_their_priority(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_forget(monkeypatch, GONE)
    for path in ("data/features/training.parquet", "data/scores/scores.parquet", "data/outcomes/outcomes.parquet"):
        assert ids(path) == OTHERS
    for name in (str(DAYS[0]), str(DAYS[1]), f"{DAYS[1]}.r2", "latest"):
        manifest = verify(LISTS / name)
        assert manifest["amended"] == {"reason": "forget", "rows_removed": 1}
        table = pq.ParquetFile(LISTS / name / "risk_list.parquet").read()
        assert table.column("customer_id").to_pylist() == OTHERS
        assert table.column("priority").to_pylist() == [2, 3, 4]
    assert Path("exports/others.csv").exists()
    assert not Path("exports/mail.csv").exists()
    assert not Path("data/replay", str(DAYS[0])).exists()
    assert (Path(".dvc/cache/runs/ab/fresh").exists(), Path(".dvc/cache/runs/ab/stale").exists()) == (True, False)


def test_an_amended_list_is_the_original_less_its_people_to_the_byte(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a list that was written without that row, in all three forms."""
    run_forget(monkeypatch, GONE)
    names = [GONE, *OTHERS]
    write_list(a_list(names, DAYS[0], "one").slice(1), Path("expected"))
    for name in ("risk_list.parquet", "risk_list.csv", "risk_list.xlsx"):
        assert (LISTS / str(DAYS[0]) / name).read_bytes() == Path("expected", name).read_bytes()


def test_a_second_time_nothing_is_found_and_nothing_changes(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run_forget(monkeypatch, GONE)
    before = outputs(shop)
    capsys.readouterr()
    run_forget(monkeypatch, GONE)
    assert outputs(shop) == before
    assert "Nothing was removed: only the source holds them." in " ".join(capsys.readouterr().out.split())
    run_forget(monkeypatch, "never a customer")
    assert "Nothing was removed: nothing held them." in " ".join(capsys.readouterr().out.split())


def test_two_at_once_add_up_in_the_manifest(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_forget(monkeypatch, GONE)
    run_forget(monkeypatch, OTHERS[0], OTHERS[1])
    assert verify(LISTS / "latest")["amended"]["rows_removed"] == 3
    run_forget(monkeypatch, OTHERS[2])
    assert pq.ParquetFile(LISTS / "latest/risk_list.parquet").metadata.num_rows == 0
    assert sorted(verify(LISTS / "latest")["files"]) == ["risk_list.csv", "risk_list.parquet"]


class KilledError(BaseException):
    """A SIGKILL, as far as a test can have one."""


@pytest.mark.slow
def test_a_kill_at_any_write_leaves_whole_lists_and_a_second_run_finishes(
    shop: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The n-th change of a file name or deletion never happens, for every n, then the command runs again."""
    kept = tmp_path_factory.mktemp("kept") / "shop"
    shutil.copytree(shop, kept)
    steps = ("replace", "unlink", "rename", "rmdir")
    real = {name: getattr(os, name) for name in steps}
    finished = False
    for n in range(1, 400, 2):
        count = 0

        def step(name: str, *arguments: Any, limit: int = n, **options: Any) -> Any:
            nonlocal count
            count += 1
            if count >= limit:
                raise KilledError
            return real[name](*arguments, **options)

        with monkeypatch.context() as patch:
            for name in steps:
                patch.setattr(os, name, lambda *a, name=name, **k: step(name, *a, **k))
            try:
                run_forget(patch, GONE)
                finished = True
            except KilledError:
                pass
        whole_or_finishable()
        if finished:
            break
        run_forget(monkeypatch, GONE)
        assert holding_the_id_itself(shop) == ["data/raw/events.csv"]
        assert {folder.name for *_, folder in published.dated_folders()} == {*map(str, DAYS), f"{DAYS[1]}.r2"}
        for path in shop.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(kept, shop, dirs_exist_ok=True)
    assert finished
    assert n > 30


def whole_or_finishable() -> None:
    """Every dated list verifies, or lies whole beside itself for the next run of publish or forget."""
    for _, _, folder in published.dated_folders():
        aside = LISTS / f".{folder.name}.amended"
        verify(aside if aside.is_dir() and (aside / MANIFEST).exists() else folder)


def test_publish_finishes_what_forget_began(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The amended files lie aside, one of them is in its place: the folder does not verify until somebody finishes."""
    run_forget(monkeypatch, OTHERS[2])
    folder = LISTS / str(DAYS[0])
    shutil.copytree(folder, LISTS / f".{DAYS[0]}.amended")
    (folder / "risk_list.csv").write_text("half")
    with pytest.raises(ArtifactError, match="sha256 differs"):
        verify(folder)
    publish_folder(DAYS[1], lambda aside: write_list(a_list(OTHERS, DAYS[1], "three"), aside), {})
    verify(folder)
    assert not list(LISTS.glob(".*"))


def test_an_edited_list_loses_what_holds_the_person_and_stays_untrusted(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_list(a_list([GONE, "forged"], DAYS[0], "x"), LISTS / str(DAYS[0]))
    run_forget(monkeypatch, GONE)
    assert [path.name for path in (LISTS / str(DAYS[0])).iterdir()] == [MANIFEST]
    with pytest.raises(ArtifactError, match="is missing, though"):
        verify(LISTS / str(DAYS[0]))


def test_your_own_data_stays_where_it_is(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source that was added to DVC is cached too: its object is yours, and named by its .dvc file."""
    content = Path("data/features/current.parquet").read_bytes()
    (md5,) = hashes([Path("data/features/current.parquet")])
    Path("data/mine.parquet").write_bytes(content)
    Path("data/mine.parquet.dvc").write_text(f"outs:\n- md5: {md5}\n  path: mine.parquet\n")
    run_forget(monkeypatch, GONE)
    assert Path(".dvc/cache/files/md5", md5[:2], md5[2:]).read_bytes() == content
    assert Path("data/mine.parquet").read_bytes() == content


def test_a_pseudonym_finds_its_person_through_the_source(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_forget(monkeypatch, *pseudonyms(KEY.encode(), [GONE]), arguments=("--pseudonym",))
    assert holding_the_id_itself(shop) == ["data/raw/events.csv"]


def test_what_cannot_be_done_is_said_before_anything_changes(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = outputs(shop)
    with pytest.raises(ConfigError, match="an id comes on standard input") as caught:
        run_forget(monkeypatch, arguments=("zoe@example.org",))
    assert "zoe@example.org" not in str(caught.value)
    with pytest.raises(ConfigError, match="standard input holds no id"):
        run_forget(monkeypatch, " ", "")
    Path(".dvc/tmp/rwlock").write_text(json.dumps({"/data/x": {"write": {"pid": os.getpid(), "cmd": "dvc repro"}}}))
    with pytest.raises(ArtifactError, match=rf"a run of DVC is going on \(PID {os.getpid()}\)"):
        run_forget(monkeypatch, GONE)
    monkeypatch.delenv("EBB_PSEUDONYM_KEY")
    with pytest.raises(ConfigError, match="forgetting leaves a keyed tombstone, but EBB_PSEUDONYM_KEY is not set"):
        run_forget(monkeypatch, GONE)
    assert outputs(shop) == before


def test_a_stale_lock_of_a_dead_process_is_no_run(shop: Path) -> None:
    Path(".dvc/tmp/rwlock").write_text(json.dumps({"/data/x": {"read": [{"pid": 2**22 + 1, "cmd": "dvc"}]}}))
    cache.refuse_running()


KINDS = {
    "a figure in JSON": (b'{"customers": "12"}', False),
    "a model's figure": (b"tree\nleaf_count=12\n", False),
    "a plot's point": (b"contacted,found\n12,3\n", False),
    "a list": (b'"customer_id","band"\n"12","high"\n', True),
    "a longer id": (b'"customer_id","band"\n"123","high"\n', False),
    "another column": (b'"customer_id","days"\n"7","12"\n', False),
}


@pytest.mark.parametrize(("content", "expected"), KINDS.values(), ids=KINDS.keys())
def test_a_figure_is_nobody(tmp_path: Path, content: bytes, expected: bool) -> None:
    """An id that reads like a figure must not cost a model or a report."""
    (tmp_path / "object").write_bytes(content)
    assert holds(tmp_path / "object", Person(frozenset({"12"}))) is expected


def test_lists_expire_by_their_own_dates(shop: Path) -> None:
    """More than the days, counted from the newest list; the newest and its revisions stay, whatever the number."""
    old = hashes((LISTS / str(DAYS[0])).glob("risk_list.*"))
    root = Path(".dvc/cache/files/md5")
    assert all((root / name[:2] / name[2:]).exists() for name in old)
    assert expire_lists(None) == []
    assert expire_lists(7) == []
    assert expire_lists(6) == [LISTS / str(DAYS[0])]
    assert sorted(path.name for path in LISTS.iterdir()) == [str(DAYS[1]), f"{DAYS[1]}.r2", "latest"]
    assert not any((root / name[:2] / name[2:]).exists() for name in old)
    assert expire_lists(1) == []
