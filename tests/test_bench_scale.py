"""The bench's own arithmetic: what a process used, medians and ratios, verdicts, and that rivals are held to ours."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.bench.scale.demo import keep_only
from tests.bench.scale.job import DAYS, FIRST_DAY, HORIZON_DAYS, MATRIX, job, write_job
from tests.bench.scale.made_events import PART, parts, quarters, scattered, write
from tests.bench.scale.measuring import SubjectError, Used, busy_seconds, in_turns, medians, paired, run
from tests.bench.scale.place import history_days
from tests.bench.scale.plan import PLANS
from tests.bench.scale.report import markdown
from tests.bench.scale.results import OtherRunError, begin, keep
from tests.bench.scale.targets import BUSY, MET, NOT_MET, OTHER_SIZE, VOID, judge

TEN, MACHINE = (
    10_000_000,
    {"processor": "p", "cores": 2, "memory_gb": 4.0, "system": "s", "python": "3", "packages": {}},
)


def used(cpu: float, wall: float = 1.0) -> Used:
    return Used(cpu, wall, 100.0, 0.0, "")


def test_ratios_are_taken_within_a_round_and_then_their_median() -> None:
    # The third round was disturbed alike: a ratio of medians would say 2.0 / 1.0.
    ours, limit = [2.0, 1.8, 9.0], [1.0, 1.2, 3.0]
    assert paired(ours, limit) == {"median": 2.0, "each": [2.0, pytest.approx(1.5), 3.0]}
    with pytest.raises(ValueError, match="shorter"):
        paired(ours, limit[:2])


def test_medians_say_of_how_many_runs() -> None:
    found = medians([used(3.0), used(1.0), used(2.0), used(10.0)])
    assert (found["cpu_s"], found["runs"]) == (2.5, 4)


def test_subjects_take_turns() -> None:
    order: list[str] = []

    def subject(name: str) -> Any:
        return lambda: order.append(name) or used(len(order))

    runs = in_turns({"ours": subject("ours"), "limit": subject("limit")}, 2)
    assert order == ["ours", "limit", "ours", "limit"]
    assert [one.cpu_s for one in runs["limit"]] == [2, 4]


def test_busy_seconds_leave_out_idle_and_waiting() -> None:
    assert busy_seconds("cpu  100 20 30 4000 500 6 7 0 99 0\ncpu0 1 2 3", 100) == 1.63


def test_who_is_left_behind_by_a_subject_is_counted(tmp_path: Path) -> None:
    burn = "import time\nwhile time.process_time() < 0.4: pass"
    leave = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {burn!r}], start_new_session=True)"
    found = run(["-c", leave], tmp_path, tmp_path / "cache")
    assert found.cpu_s >= 0.4
    assert found.wall_s >= 0.4


def test_a_subject_that_fails_says_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(SubjectError, match="ended with 3: \nnot enough memory"):
        run(["-c", "import sys; print('not enough memory', file=sys.stderr); sys.exit(3)"], tmp_path, tmp_path)


def test_a_subject_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    with pytest.raises(SubjectError, match="after 1 s"):
        run(["-c", "import time; time.sleep(60)"], tmp_path, tmp_path, most_seconds=1)


@pytest.mark.parametrize(
    ("value", "events", "others", "valid", "verdict"),
    [
        (1.9, TEN, 0.0, True, MET),
        (1.91, TEN, 0.0, True, NOT_MET),
        (1.0, 1_000_000, 0.0, True, OTHER_SIZE),
        (1.0, TEN, 0.0, False, VOID),
        (1.91, TEN, 1.5, True, NOT_MET),  # CPU is no wall time: other work is no excuse
    ],
)
def test_verdicts(value: float, events: int, others: float, valid: bool, verdict: str) -> None:
    assert judge("featurize", value, events, others, valid)["verdict"] == verdict


def test_other_work_excuses_a_wall_time_but_does_not_take_away_a_good_one() -> None:
    assert judge("no_op", 2.5, others_cores=0.5)["verdict"] == BUSY
    assert judge("no_op", 2.5, others_cores=0.05)["verdict"] == NOT_MET
    assert judge("no_op", 1.5, others_cores=0.5)["verdict"] == MET


def test_parts_add_up_and_ids_differ() -> None:
    assert parts(2_300_000) == [PART, PART, 300_000]
    assert parts(PART) == [PART]
    assert len({scattered(number) for number in range(50_000)}) == 50_000


def test_quarters_tile_the_time_between() -> None:
    assert quarters(date(2022, 1, 3), date(2022, 7, 10)) == [
        (date(2022, 1, 3), date(2022, 4, 1)),
        (date(2022, 4, 1), date(2022, 7, 1)),
        (date(2022, 7, 1), date(2022, 7, 10)),
    ]


def test_the_new_week_matures_no_slice() -> None:
    days = history_days(FIRST_DAY)
    closed = [(FIRST_DAY + seen - 1 - HORIZON_DAYS - 4) // 28 for seen in (days, days + 7)]
    assert closed[0] == closed[1]
    assert days + 7 <= DAYS


def test_only_runs_of_the_command_stay_in_the_cache(tmp_path: Path) -> None:
    for name, command in (("a", "backtest"), ("b", "train"), ("c", "backtest_more")):
        path = tmp_path / name / "run"
        path.parent.mkdir()
        path.write_text(f"cmd: python -m pipeline.{command}\ndeps: []\n")
    assert keep_only(tmp_path, "python -m pipeline.backtest") == 1
    assert list(tmp_path.iterdir()) == [tmp_path / "a"]
    assert (tmp_path / "a/run").exists()


def results(size: str, **families: Any) -> dict[str, Any]:
    return {"size": size, "machine": MACHINE, "families": families}


def test_each_size_leaves_the_results_of_the_others_alone(tmp_path: Path) -> None:
    assert keep(tmp_path, PLANS["full"], results("full")).name == "scale-full.md"
    assert keep(tmp_path, PLANS["default"], results("default")).name == "scale.md"
    assert json.loads((tmp_path / "scale-full.json").read_text())["size"] == "full"


def test_parts_join_results_of_their_size_and_machine_alone(tmp_path: Path) -> None:
    before = results("full", imports={"rows": [], "targets": []})
    keep(tmp_path, PLANS["full"], before)
    assert begin(tmp_path, PLANS["full"], MACHINE, ["ingest"]) == before
    assert begin(tmp_path, PLANS["full"], MACHINE, None)["families"] == {}
    assert begin(tmp_path, PLANS["default"], MACHINE, ["ingest"])["families"] == {}
    with pytest.raises(OtherRunError, match="other versions"):
        begin(tmp_path, PLANS["full"], {**MACHINE, "cores": 4}, ["ingest"])


def test_the_page_says_plainly_what_is_not_met_skipped_or_void() -> None:
    rows = [
        {"what": "spark", "events": 5, "skipped": "pyspark is\nnot installed"},
        {"what": "pandas", "events": 5, "agreement": {"agrees": False, "differs": {"usual_gap_days": 3}}},
    ]
    page = markdown(results("trial", engines={"rows": rows, "targets": [judge("ingest_keep", 1.6, TEN)]}))
    assert "| 1.6      | 1.5     | 10,000,000 | **NOT MET** |" in page
    assert "skipped: pyspark is not installed" in page
    assert "VOID: other values in usual_gap_days" in page


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with our matrix of 3,000 invented events at four snapshots, and what two rivals made of them."""
    folder = tmp_path_factory.mktemp("rivals")
    write(3_000, folder, DAYS, 0, one_file=False)
    write_job(folder, job(sorted((folder / "blocks").iterdir()), 4, (7, 14, 28, 182)))
    run(["-m", "tests.bench.scale.featurize_limit", "features", str(folder)], folder, folder / "cache")
    for rival in ("pandas", "duckdb"):
        run(["-m", f"tests.bench.scale.rivals.with_{rival}", str(folder)], folder, folder / "cache")
    return folder


def agreement(folder: Path, other: Path) -> dict[str, Any]:
    command = ["-m", "tests.bench.scale.agreement", str(folder), str(other)]
    return json.loads(run(command, folder, folder / "cache", sys.executable).printed)


@pytest.mark.parametrize("rival", ["pandas", "duckdb"])
def test_rivals_make_every_feature_as_we_do(compared: Path, rival: str) -> None:
    found = agreement(compared, compared / f"{rival}.parquet")
    assert found["agrees"], found["differs"]
    ours = pq.read_schema(compared / MATRIX).names
    assert set(found["columns"]) == set(ours) - {"customer_id", "snapshot"}
    assert found["compared_rows"] > 100


def test_one_other_value_or_one_row_less_voids_a_comparison(compared: Path) -> None:
    table = pq.read_table(compared / "pandas.parquet")
    place = table.column_names.index("usual_gap_days")
    other = table.set_column(place, "usual_gap_days", pc.multiply(table.column(place), pa.scalar(1.001, pa.float32())))
    pq.write_table(other, compared / "other.parquet")
    assert list(agreement(compared, compared / "other.parquet")["differs"]) == ["usual_gap_days"]
    pq.write_table(table.slice(1), compared / "fewer.parquet")
    assert agreement(compared, compared / "fewer.parquet")["differs"] == ["which rows there are"]
