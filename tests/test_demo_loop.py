"""The demo of the loop: a few weeks of a small simulated shop, and what its last lines say."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from pipeline.demo_loop import record, sentences
from pipeline.simulation.kinds import Setting
from pipeline.simulation.ordered import Chosen, true_effect_at_the_top
from pipeline.simulation.played import Played, Week, play

WEEKS = 3


def reading(low: float, high: float, claimed: str) -> dict[str, object]:
    """A reading of the effect, as far as the demo's sentences ask for it."""
    return {"always": {"value": (low + high) / 2, "low": low, "high": high}, "kept": {}, "claimed": claimed}


def week(number: int, effect: dict[str, object] | None, truth: float | None, leavers: float = 3.0) -> Week:
    promise = {"low": 1, "high": 4}
    return Week(date(2023, 1, 2) + timedelta(days=7 * number), 10, promise, leavers, 2, False, effect, truth)


def test_the_sentences_count_what_held_and_say_when_the_effect_was_claimed() -> None:
    played = Played([week(0, None, None, 5.0), week(9, reading(-0.1, 0.2, "nothing shown"), 0.1),
                     week(10, reading(0.01, 0.2, "kept"), 0.3)])  # fmt: skip
    played.receipts = {
        "2023-01-02": {
            "groups": {"all": {"kept": True}, "high": {"kept": True}, "low": {"kept": False}},
            "left_alone": {"kept": True},
        },
        "2023-03-06": {"groups": {"all": {"kept": True}}, "left_alone": None},
    }
    said = sentences(played, Setting())
    assert said[0] == (
        "Promises, which are of customers left alone: 2 of 3 hold the true number of leavers, and 1 of 1 came true "
        "among those left alone."
    )
    assert said[1] == "Of bands with the contacted in them, 1 of 2 came true: contacts keep some."
    assert said[2] == "Effect: on 1 of 2 readings the interval holds the true effect."
    assert said[3] == "First claimed after 10 weeks: kept."


def test_where_contacts_do_nothing_no_claim_is_as_it_should_be() -> None:
    played = Played([week(9, reading(-0.1, 0.2, "nothing shown"), 0.0)])
    assert sentences(played, Setting(effect=0.0))[-1].endswith("contacts do nothing here.")


def test_an_order_is_judged_by_the_truth_of_customers_it_has_not_seen() -> None:
    """Those who can be saved are told by one column, and risk says nothing of it."""
    random, n = np.random.default_rng(2), 6000
    savable, contacted = random.random(n) < 0.5, random.random(n) < 0.8
    kept = np.where(savable, 0.4, 0.0)
    left = random.random(n) < np.where(contacted & savable, 0.2, 0.6)
    values = np.stack([savable.astype(np.float32), random.random(n).astype(np.float32)], axis=1)
    names, days = [f"c{at}" for at in range(n)], [date(2023, 1, 2) + timedelta(days=at // 100) for at in range(n)]
    chosen = Chosen(names, days, contacted, left, random.random(n), kept, values, ("savable", "noise"))
    found = true_effect_at_the_top(chosen, 0.2)
    assert found["uplift"] == found["truth"] == pytest.approx(0.4)
    assert found["risk"] == pytest.approx(0.2, abs=0.03)


@pytest.mark.slow
def test_three_weeks_of_a_small_shop_are_played_to_their_end(tmp_path: Path) -> None:
    """Every list closes, is held against what came, and the true effect stands beside the reading."""
    setting = Setting(customers=700, weeks=WEEKS, history_days=364)
    *_, played = play(tmp_path / "loop", setting)
    assert len(played.weeks) == WEEKS + 1
    assert [week.retrained for week in played.weeks[:WEEKS]] == [True, False, False]
    assert sorted(played.receipts) == [str(week.as_of) for week in played.weeks[:WEEKS]]
    last = played.weeks[-1]
    assert last.effect is not None
    assert last.true_effect is not None
    assert 0 < last.true_effect < 0.5
    assert last.effect["contacted"] + last.effect["held_back"] == len(played.first)
    for item in played.weeks[:WEEKS]:
        assert played.receipts[str(item.as_of)]["groups"]["all"]["customers"] == item.customers
    assert set(record(played)) == {"weeks", "receipts", "true_effect_at_the_top"}
