"""A new base rate with the same ranking: the rule, its evidence, and the version that comes of it."""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import little_shop
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_kills import KILLER, KilledError, content
from workspace import outputs

from models.calibration import sigmoid
from models.promise import Spread
from models.relevel import DATES, Evidence, Miss, evidence, shift, spread_before
from pipeline import promote, publish, recalibrate, replay, rollback, score, watch
from pipeline.champions import champion, checked, keep, point_to, versions
from pipeline.chosen import load_chosen
from pipeline.errors import ArtifactError, ConfigError
from pipeline.folders import fingerprint, sha256, write_manifest
from pipeline.settings import load_settings
from pipeline.tables import CALIBRATION, CURRENT_SUMMARY, read_json, write_json
from pipeline.watching import facts
from pipeline.watching.closed import PROCEDURE, outcomes
from pipeline.watching.slices import census, load_slices

pytestmark = pytest.mark.pipeline
RANDOM = settings(max_examples=100, deadline=None, derandomize=True)
CUTS = (0.4, 0.7)
MISSES = st.lists(st.builds(Miss, st.floats(-3, 3), st.floats(1, 1e5)), min_size=1, max_size=3)
SPREADS = st.builds(Spread, st.floats(0.01, 2), st.floats(0, 20))


# ---- the rule


def test_a_miss_by_hand() -> None:
    """A hundred customers, half promised, sixty left: ln(60/40) to add, information 100/4."""
    found = Miss.of(np.zeros(100), np.arange(100) < 60)
    assert found.log_odds == pytest.approx(np.log(1.5))
    assert found.information == pytest.approx(25)
    assert np.isfinite(Miss.of(np.zeros(10), np.ones(10, bool)).log_odds)


def test_a_shift_by_hand() -> None:
    """Misses of .6 and .4 with equal information: .5, less the share (.2^2 + 1/200) / .5^2 = .18 of it."""
    assert shift([Miss(0.6, 100), Miss(0.4, 100)], Spread(0.2, 8)) == pytest.approx(0.5 * (1 - 0.18))


def test_what_past_misses_explain_moves_nothing() -> None:
    assert shift([Miss(0.19, 1e9)], Spread(0.2, 8)) == 0
    assert shift([Miss(0.6, 1e9), Miss(-0.6, 1e9)], Spread(0.2, 8)) == 0
    assert shift([Miss(0.5, 2)], Spread(0.01, 8)) == 0  # chance: a few customers
    assert shift([], Spread(0.2, 8)) == 0


@given(MISSES, SPREADS)
@RANDOM
def test_never_further_than_the_misses_never_the_other_way(misses: list[Miss], spread: Spread) -> None:
    """Between no shift and the mean miss, and turned over where the misses are."""
    found = shift(misses, spread)
    lowest, highest = (pick([0.0, *(miss.log_odds for miss in misses)]) for pick in (min, max))
    assert lowest - 1e-9 <= found <= highest + 1e-9
    mirrored = [Miss(-miss.log_odds, miss.information) for miss in misses]
    assert shift(mirrored, spread) == pytest.approx(-found, abs=1e-12)
    assert abs(shift(misses, Spread(spread.log_odds * 2, 1))) <= abs(found) + 1e-12


# ---- its evidence

STEP, LABEL = 28, 56


def world(misses: list[float], seed: int, customers: int = 800) -> dict[str, Any]:
    """Past dates a step apart, each missed by so many log odds."""
    random = np.random.default_rng(seed)
    odds = random.normal(-0.3, 1.2, (len(misses), customers))
    churned = random.random(odds.shape) < sigmoid(odds + np.array(misses)[:, None])
    origin = np.repeat(np.arange(len(misses)) * STEP, customers)
    return {"odds": odds.ravel(), "churned": churned.ravel(), "origin": origin, "cuts": CUTS, "label_days": LABEL}


def test_a_level_that_broke_once_and_stayed_is_worth_correcting() -> None:
    """Twelve months as promised, then everybody is likelier to leave: a correction helps from then on."""
    found = evidence(**world([0.0] * 8 + [1.5] * 8, 1))
    assert found.dates == 16 - DATES
    assert found.with_shift < found.without
    assert [row["shift"] > 0.5 for row in found.rows[-4:]] == [True] * 4
    assert found.supports


@pytest.mark.parametrize("seed", range(5))
def test_seasons_are_not_worth_correcting(seed: int) -> None:
    """A level that turns over faster than outcomes come: what was off two dates ago is off the other way now."""
    found = evidence(**world([0.7, 0.7, -0.7, -0.7] * 4, seed))
    assert not found.supports


def test_nothing_to_say_of_few_dates() -> None:
    assert not evidence(**world([0.0], 1)).supports
    assert evidence(**world([], 1, customers=0)).dates == 0
    assert not evidence(**world([0.0] * 3 + [2.0] * 4, 1)).supports


def test_only_what_was_known_is_used() -> None:
    """Turning over the outcomes of later dates changes no shift of an earlier one."""
    past = world([0.0] * 4 + [1.0] * 6, 3)
    later = past["origin"] > 6 * STEP
    turned = {**past, "churned": past["churned"] ^ later}
    rows = [evidence(**each).rows for each in (past, turned)]
    until = [row["origin"] <= 6 * STEP + LABEL for row in rows[0]]
    assert 4 < sum(until) < len(until)
    for before, after, same in zip(*rows, until, strict=True):
        assert (before["shift"] == after["shift"]) == same


def test_a_date_does_not_excuse_itself() -> None:
    past = world([0.0] * 4 + [3.0] * 2, 2)
    calm = {**past, "churned": past["churned"] & (past["origin"] < 4 * STEP)}
    assert spread_before(**past, day=4 * STEP) == spread_before(**calm, day=4 * STEP)
    assert spread_before(**past, day=4 * STEP).log_odds < 0.3
    assert spread_before(**past, day=9 * STEP).log_odds > 1


# ---- the version


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with a list."""
    folder = tmp_path_factory.mktemp("good")
    little_shop.settings(folder, snapshots__train=12)
    little_shop.bring(folder, little_shop.shop())
    little_shop.run(folder)
    return folder


@pytest.fixture(scope="module")
def off(good: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, but what its champion promises, and what was said of the newest dates, is too little by far."""
    folder = tmp_path_factory.mktemp("off") / "shop"
    shutil.copytree(good, folder)
    with contextlib.chdir(folder):
        _promise_too_little()
        score.main()
        watch.main()
        publish.main()
    return folder


def _promise_too_little(by: float = -3.0) -> None:
    """Move what was said of the newest date, and what the champion says, far below what came true."""
    table = pq.read_table(PROCEDURE)
    newest = table.column("origin").to_numpy() >= np.unique(table.column("origin").to_numpy())[-DATES]
    odds = table.column("odds").to_numpy() + np.where(newest, by, 0)
    pq.write_table(table.set_column(1, "odds", pa.array(odds)), PROCEDURE)
    write_manifest(CALIBRATION, {})
    _another_champion(by)


def _another_champion(by: float, **changes: Any) -> None:
    """The champion with its level moved and its manifest changed, as a version of its own."""
    now = champion()
    assert now is not None
    files = {name: now.folder / name for name in now.manifest["files"]}
    manifest = {name: value for name, value in now.manifest.items() if name not in ("metrics", "version")} | changes
    for name in ("judged_calibration.json", "shipped_calibration.json"):
        told = json.loads(files[name].read_text(encoding="utf-8"))
        files[name] = Path(f"off_{name}")
        write_json({**told, "intercept": told["intercept"] + by}, files[name])
        manifest["files"] = {**manifest["files"], name: sha256(files[name])}
    version = fingerprint(manifest)[:12]
    keep(version, manifest, now.manifest["metrics"], files)
    point_to(version, "promoted", [now.version])


@pytest.fixture
def shop(off: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, in which the test runs."""
    return into(off, tmp_path, monkeypatch)


def into(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shop"
    shutil.copytree(made, folder)
    monkeypatch.chdir(folder)
    return folder


def do(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None], *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["command", *arguments])
    act()


def version() -> str:
    now = champion()
    assert now is not None
    return now.version


def scores() -> np.ndarray:
    score.main()
    return pq.read_table("data/scores/scores.parquet").column("churn_probability").to_numpy()


def test_without_evidence_it_refuses_and_changes_nothing(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = outputs(shop)
    with pytest.raises(ConfigError, match=r"past dates do not support it: over 5 of them .*FORCE=1"):
        do(monkeypatch, recalibrate.main)
    assert outputs(shop) == before


def test_with_evidence_it_needs_no_force(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    supported = Evidence(9, 4, 0.6, 0.5, -0.1, 0.01, [])
    monkeypatch.setattr(recalibrate, "evidence", lambda **_: supported)
    before = version()
    do(monkeypatch, recalibrate.main)
    assert version() != before


def test_the_order_stays_and_the_level_moves_as_computed(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every probability moves by the same log odds, so no two change places."""
    old, before = version(), scores()
    do(monkeypatch, recalibrate.main, "--force")
    assert f"make rollback TO={old}" in capsys.readouterr().out
    now = champion()
    assert now is not None
    told = now.manifest["recalibrated"]
    assert (now.pointer["how"], told["from"], now.pointer["previous"]) == ("recalibrated", old, old)
    after = scores()
    moved = np.log(after / (1 - after)) - np.log(before / (1 - before))
    assert moved == pytest.approx(np.full(len(after), told["shift"]))
    assert 1 < told["shift"] < 3.5
    assert np.array_equal(np.argsort(after, kind="stable"), np.argsort(before, kind="stable"))
    newest = outcomes(load_settings(), now, census())[-1]
    assert told["promised_after"] == pytest.approx(float(sigmoid(newest.odds).mean()))
    assert told["promised_before"] < told["promised_after"] <= newest.churned.mean() + 0.05


def test_all_other_files_are_the_champions_and_the_future_is_not_forgotten(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trees, members and the judged model are byte for byte the old ones; it has seen outcomes up to its dates'."""
    old = Path("data/champion") / version()
    do(monkeypatch, recalibrate.main, "--force")
    new = Path("data/champion") / version()
    names = {path.name for path in old.iterdir()}
    assert {path.name for path in new.iterdir()} == names
    differ = {name for name in names if (old / name).read_bytes() != (new / name).read_bytes()}
    assert differ == {"shipped_calibration.json", "manifest.json"}
    manifests = [json.loads((folder / "manifest.json").read_text(encoding="utf-8")) for folder in (old, new)]
    assert manifests[1]["shipped_label_end"] >= manifests[0]["shipped_label_end"]
    assert manifests[1]["metrics"] == manifests[0]["metrics"]


def test_an_old_champion_is_corrected_by_what_it_has_not_learnt_from(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was shipped with outcomes up to the newest date: its own promise of it counts, and it has seen it then.

    A list of an earlier day must not be made with it.
    """
    _another_champion(0.0, shipped_label_end="2024-09-02", shipped_slices=["2024-08-05"])
    now = champion()
    assert now is not None
    shipped = load_chosen(now.folder, now.folder, "shipped")
    newest = outcomes(load_settings(), now, census())[-1]
    table = load_slices(load_settings(), shipped.members.names, {newest.day}, left_alone=True)
    assert np.array_equal(newest.odds, shipped.odds(table))
    do(monkeypatch, recalibrate.main, "--force")
    now = champion()
    assert now is not None
    assert now.manifest["shipped_label_end"] == "2024-09-30"  # 2024-09-02 and a horizon of 28 days
    write_json({**read_json(CURRENT_SUMMARY), "as_of": "2024-09-29"}, CURRENT_SUMMARY)
    with pytest.raises(ArtifactError, match="has seen the future of this list"):
        score.main()


def test_the_advice_is_to_correct_where_it_helped_before(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "evidence", lambda **_: Evidence(9, 4, 0.6, 0.5, -0.1, 0.01, []))
    watch.main()
    found = json.loads(Path("data/reports/watch.json").read_text())
    assert (found["verdict"], found["reason"], found["correcting_helps"]) == ("recalibrate", "more_left", True)


def test_once_corrected_there_is_nothing_left_to_correct(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More left than promised, twice; after the correction the promise holds, and another is refused, forced or not."""
    assert json.loads(Path("data/reports/watch.json").read_text())["reason"] == "more_left_for_now"
    do(monkeypatch, recalibrate.main, "--force")
    score.main()
    watch.main()
    assert "more_left" not in json.loads(Path("data/reports/watch.json").read_text())["reason"]
    with pytest.raises(ConfigError, match="there is nothing to correct"):
        do(monkeypatch, recalibrate.main, "--force")


def test_rollback_undoes_it(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, before = version(), scores()
    do(monkeypatch, recalibrate.main, "--force")
    new = version()
    do(monkeypatch, rollback.main, old)
    assert version() == old
    assert np.array_equal(scores(), before)
    do(monkeypatch, rollback.main, new)
    assert version() == new


def test_the_stage_promote_leaves_it(good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The challenger is the version that it came from: it does not come back by itself, and the report says why."""
    into(good, tmp_path, monkeypatch)
    monkeypatch.setattr(recalibrate, "evidence", lambda **_: Evidence(9, 4, 0.6, 0.5, -0.1, 0.01, []))
    monkeypatch.setattr(recalibrate, "shift", lambda *_: 0.5)
    old = version()
    do(monkeypatch, recalibrate.main)
    new = version()
    promote.main()
    told = json.loads(Path("data/reports/promotion.json").read_text(encoding="utf-8"))
    assert (version(), told["champion"], told["decision"]) == (new, new, "held")
    assert told["why"] == f"Version {old} was recalibrated by hand; `make promote` brings it back."


def test_a_list_of_it_can_be_replayed(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    do(monkeypatch, recalibrate.main, "--force")
    score.main()
    publish.main()
    manifest = json.loads(Path("data/lists/latest/manifest.json").read_text(encoding="utf-8"))
    assert (manifest["champion"], manifest["model_version"]) == ("recalibrated", version())
    do(monkeypatch, replay.main, manifest["as_of"])


def test_a_kill_at_any_file_operation_leaves_a_whole_champion(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Either the old one or the new one, and the next attempt leaves what an undisturbed one leaves."""
    monkeypatch.setattr(recalibrate, "move_alias", lambda *_: None)
    old, start = version(), Path("data/champion")
    shutil.copytree(start, "kept")
    do(monkeypatch, recalibrate.main, "--force")
    new, expected = version(), content()
    for operation in range(1000):
        shutil.rmtree(start)
        shutil.copytree("kept", start)
        try:
            with KILLER.at(operation):
                do(monkeypatch, recalibrate.main, "--force")
        except KilledError:
            assert version() in (old, new)
            for name in versions():
                checked(start / name)
            if version() == old:
                do(monkeypatch, recalibrate.main, "--force")
            assert content() == expected, f"after a kill at operation {operation}"
        else:
            assert operation > 10
            return
    raise AssertionError("a thousand file operations and no end")
