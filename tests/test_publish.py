"""The stage on a little shop: what stops a list, what is said and left then, and the champion of the list before."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import little_shop
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from s3 import bucket

from pipeline import featurize_current, ingest, publish, score
from pipeline.errors import ArtifactError, PublishError
from pipeline.folders import write_manifest
from pipeline.stale import stale_mark
from pipeline.tables import write_table

pytestmark = pytest.mark.slow
FIRST, SECOND = little_shop.day(285), little_shop.day(292)
MONDAY, NEXT = little_shop.day(286), little_shop.day(293)
SCORES, OPEN = Path("data/scores/scores.parquet"), Path("data/events/open")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with one list, and the next week scored by a new champion, but not published."""
    folder = tmp_path_factory.mktemp("shop")
    little_shop.settings(folder)
    little_shop.bring(folder, little_shop.until(little_shop.shop(), FIRST))
    little_shop.run(folder)
    little_shop.settings(folder, model__seed=8, promote={"max_log_loss_increase": 1.0, "max_high_changed": 1.0})
    little_shop.bring(folder, little_shop.until(little_shop.shop(), SECOND))
    little_shop.run(folder, little_shop.STAGES[:-1])
    return folder


@pytest.fixture
def shop(good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it to spoil."""
    shutil.copytree(good, tmp_path / "shop")
    monkeypatch.chdir(tmp_path / "shop")
    return tmp_path / "shop"


def figures(day: str = NEXT) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(f"data/lists/{day}/briefing.json").read_text(encoding="utf-8"))
    return found


def rows(day: str = NEXT) -> pa.Table:
    return pq.ParquetFile(f"data/lists/{day}/risk_list.parquet").read()


def rewrite(change: Callable[[pa.Table], pa.Table]) -> None:
    """Other scores than the stage wrote."""
    table = change(pq.ParquetFile(SCORES).read())
    write_table([table], table.schema, SCORES)


def with_column(name: str, values: Callable[[pa.ChunkedArray], Any]) -> Callable[[pa.Table], pa.Table]:
    """A change of one column."""
    return lambda table: table.set_column(table.column_names.index(name), name, values(table.column(name)))


def everybody_objects() -> None:
    ids = pq.ParquetFile(SCORES).read(["customer_id"]).slice(0, 2)
    write_table([ids], ids.schema, OPEN / "objectors.parquet")


def damaged_champion() -> None:
    for path in Path("data/champion").glob("*/shipped.txt"):
        path.write_text("evil")


SPOILED: dict[str, tuple[Callable[[], object], str]] = {
    "a customer twice": (
        lambda: rewrite(lambda table: pa.concat_tables([table, table.slice(0, 1)])),
        "duplicates is 1, allowed is 0",
    ),
    "a customer is missing": (lambda: rewrite(lambda table: table.slice(1)), "complete is 1, allowed is 0"),
    "an unknown probability": (
        lambda: rewrite(with_column("churn_probability", lambda p: pa.array([float("nan"), *p.to_pylist()[1:]]))),
        "probabilities is 1, allowed is 0",
    ),
    "all alike": (
        lambda: rewrite(with_column("churn_probability", lambda p: pa.array([0.5] * len(p)))),
        "not_all_equal is 1, allowed is 0",
    ),
    "objectors": (everybody_objects, "objectors is 2, allowed is 0"),
    "a damaged champion": (damaged_champion, "manifest is 1, allowed is 0: look at data/champion"),
    "scores of another champion": (
        lambda: rewrite(with_column("model_version", lambda names: pa.array(["other"] * len(names)))),
        "manifest is 1, allowed is 0",
    ),
    "everybody is safe all at once": (
        lambda: rewrite(with_column("churn_probability", lambda p: pc.multiply(p, 0.01))),
        r"bands is 0\.\d+, allowed is 0\.25: look at the champion.*raise the limit of bands for one run",
    ),
}


@pytest.mark.parametrize(("spoil", "says"), SPOILED.values(), ids=SPOILED.keys())
def test_what_stops_a_list(shop: Path, spoil: Callable[[], object], says: str) -> None:
    """The failed check with its numbers and where to look; the dated list stays, `latest` is it, marked stale."""
    dated = {path.name: path.read_bytes() for path in Path(f"data/lists/{MONDAY}").iterdir()}
    spoil()
    with pytest.raises(PublishError, match=rf"the list of {NEXT} is not published, .*{says}") as caught:
        publish.main()
    assert f"Until then data/lists/latest is {MONDAY}, marked stale." in str(caught.value)
    assert sorted(path.name for path in Path("data/lists").iterdir()) == [MONDAY, "latest"]
    assert {path.name: path.read_bytes() for path in Path(f"data/lists/{MONDAY}").iterdir()} == dated
    assert (stale_mark() or {})["as_of"] == NEXT


def test_several_at_once_are_all_told(shop: Path) -> None:
    rewrite(lambda table: pa.concat_tables([table, table.slice(0, 1)]))
    everybody_objects()
    with pytest.raises(PublishError, match=r"2 of its checks failed: duplicates is 1.*; objectors is 3.*"):
        publish.main()


def test_nothing_to_fall_back_on(shop: Path) -> None:
    """The first list of all fails: there is none, and no folder of one."""
    shutil.rmtree("data/lists")
    rewrite(lambda table: table.slice(1))
    with pytest.raises(PublishError, match="Until then there is no list yet"):
        publish.main()
    assert not Path("data/lists/latest").exists()


def test_old_events_and_old_lists(shop: Path) -> None:
    """A list of days without events, and last week's export once more; a past day that is named is meant."""
    publish.main()
    little_shop.settings(shop, snapshots__as_of=little_shop.day(297))
    remake()
    with pytest.raises(PublishError, match="freshness is 5, allowed is 3: look at the newest export"):
        publish.main()
    little_shop.settings(shop, snapshots__as_of=little_shop.day(295))
    remake()
    publish.main()
    little_shop.settings(shop)
    little_shop.bring(shop, little_shop.until(little_shop.shop(), SECOND))
    remake()
    with pytest.raises(PublishError, match="not_older is 2, allowed is 0: look at the source"):
        publish.main()
    little_shop.settings(shop, snapshots__as_of=NEXT)
    remake()
    publish.main()
    assert json.loads(Path("data/lists/latest/manifest.json").read_text())["as_of"] == little_shop.day(295)


def remake() -> None:
    """The weekly stages up to the scores, without what they say."""
    with contextlib.redirect_stdout(None):
        for stage in (ingest, featurize_current, score):
            stage.main()


def test_the_champion_of_the_list_before(shop: Path) -> None:
    """With its folder the change has three parts that add up; without it the change alone is known, and why."""
    then = json.loads(Path(f"data/lists/{MONDAY}/manifest.json").read_text())["model_version"]
    assert then != json.loads(Path("data/champion/current.json").read_text())["version"]
    publish.main()
    known = rows().filter(pc.is_valid(rows().column("change"))).to_pylist()
    assert len(known) > 50
    for row in known:
        parts = [row[f"change_{name}"] for name in ("data", "model", "calibration")]
        assert round(sum(parts), 6) == row["change"]
    assert any(row["change_model"] for row in known)
    assert {item["key"] for item in figures()["warnings"]} <= {
        "warning-few-customers",
        "warning-grade-d",
        "warning-no-opt-outs",
    }
    shutil.rmtree(f"data/lists/{NEXT}")
    shutil.rmtree(f"data/champion/{then}")
    publish.main()
    again = rows().to_pylist()
    assert [row["change"] for row in again if row["change"] is not None] == [row["change"] for row in known]
    assert {row[f"change_{name}"] for row in again for name in ("data", "model", "calibration")} == {None}
    assert "warning-change-model-gone" in [item["key"] for item in figures()["warnings"]]
    assert figures()["movements"]["mean_data"] is None


def test_a_champion_of_then_that_cannot_read_todays_features(shop: Path) -> None:
    """Another look-back: the old model asks for features that are made no longer."""
    little_shop.settings(shop, features__lookback_days=[21, 56], promote={"max_log_loss_increase": 1.0})
    little_shop.run(shop)
    assert "warning-change-model-unable" in [item["key"] for item in figures()["warnings"]]
    assert figures()["movements"]["mean_change"] is not None


def test_a_champion_that_answers_another_question_scores_no_list(shop: Path) -> None:
    """A new horizon, and a model for it that waits for a yes: what was learnt of 28 days is not told of 21."""
    little_shop.settings(shop, churn__horizon_days=21, promote={"mode": "ask"})
    before = little_shop.kept(shop)
    said = r"another question than params.yaml asks \(horizon_days was 28 and is 21\).*`make promote`"
    with pytest.raises(ArtifactError, match=said):
        little_shop.run(shop)
    assert little_shop.kept(shop) == before


def test_a_list_of_an_earlier_version_before(shop: Path) -> None:
    """It has neither figures nor the columns of today; what it does say is compared."""
    old = Path(f"data/lists/{MONDAY}")
    table = rows(MONDAY).select(["customer_id", "churn_probability", "risk_band", "group"])
    manifest = json.loads((old / "manifest.json").read_text())
    shutil.rmtree(old)

    write_table([table], table.schema, old / "risk_list.parquet")
    settings = manifest["made_from"]["settings"]
    settings["risk"] = {name: settings["risk"][name] for name in ("cut", "medium", "high")}
    write_manifest(old, {"as_of": MONDAY, "model_version": "gone", "made_from": {"settings": settings}})
    publish.main()
    moved = figures()["movements"]
    assert (moved["previous"], moved["contacted"]) == (MONDAY, None)
    assert moved["up"] + moved["down"] + moved["same"] > 50
    assert {row["why_not"] for row in rows().to_pylist()}.isdisjoint({"cool_down"})


def copied_to(place: str) -> None:
    """The settings of the second week, with copies."""
    promote = {"max_log_loss_increase": 1.0, "max_high_changed": 1.0}
    little_shop.settings(Path.cwd(), model__seed=8, promote=promote, lists={"copy_to": place})


def test_a_stale_list_is_stale_in_its_copy_too(shop: Path) -> None:
    """Nobody who reads there goes on contacting customers by last week's list."""
    with bucket() as store:
        copied_to(store.url("lists"))
        SPOILED["a customer twice"][0]()
        with pytest.raises(PublishError, match="is not published"):
            publish.main()
        there = store.objects()
    here = {path.name: path.read_bytes() for path in Path("data/lists/latest").iterdir()}
    assert {name: content for name, content in there.items() if name.startswith("lists/latest/")} == {
        f"lists/latest/{name}": content for name, content in here.items()
    }
    assert "stale" in json.loads(there["lists/latest/manifest.json"])
    assert any(name.startswith(f"lists/{MONDAY}/contact_") for name in there)
    assert not any(name.startswith("lists/latest/contact_") for name in there)


def test_a_refusal_that_cannot_be_copied_says_both(shop: Path) -> None:
    with bucket():
        copied_to("s3://nobody-made-this/lists")
        SPOILED["a customer twice"][0]()
        with pytest.raises(PublishError, match=r"is not published.*nobody-made-this/lists does not exist.*are whole"):
            publish.main()


def test_a_list_that_cannot_be_copied_is_whole_here_and_copied_by_the_next_run(shop: Path) -> None:
    with bucket() as store:
        copied_to("s3://nobody-made-this/lists")
        with pytest.raises(PublishError, match="The lists here are whole"):
            publish.main()
        published = {path.name: path.read_bytes() for path in Path(f"data/lists/{NEXT}").iterdir()}
        copied_to(store.url("lists"))
        publish.main()
        there = store.objects()
    assert sorted(path.name for path in Path("data/lists").iterdir()) == [MONDAY, NEXT, "latest"]  # no revision
    assert {name: there[f"lists/{NEXT}/{name}"] for name in published} == published


def test_edges_that_find_nobody_are_said_with_the_chance_that_would_fill_the_week() -> None:
    chances = [0.45, *(0.2 - 0.002 * n for n in range(99))]
    table = pa.table({"churn_probability": chances, "risk_band": ["medium", *["low"] * 99]})
    said = publish.few_at_risk(table, capacity=20)
    assert said.startswith("High and medium hold 1 of 100 customers, and 20 can be contacted (evaluation.capacity)")
    assert "their chances begin at 0.16. Lower risk.medium and risk.high" in said
    assert publish.few_at_risk(table, capacity=2) == ""
    enough = pa.table({"churn_probability": [0.5] * 10 + [0.1] * 90, "risk_band": ["medium"] * 10 + ["low"] * 90})
    assert publish.few_at_risk(enough, capacity=20) == ""
