"""The uplift model on the Hillstrom e-mail test and in worlds whose truth is known.

    EBB_DATASETS=<folder of the data sets> python -m tests.bench.bench_uplift     # a quarter of an hour on one core
    EBB_DATASETS=<folder> python -m tests.bench.bench_uplift --splits 2 --seeds 5 # a look

Writes docs/bench/uplift.md; `--json` writes every split into a file. Half the customers are learnt from and the other
half judged on, 20 times; the text around the tables is written in tests/bench/uplift_report.py.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # helpers of the tests, which are flat

from hillstrom import ARMS, EmailTest, datasets_folder, email_frame, email_test
from test_saveable import judged
from uplift_world import Effect, uplift_world

from models.campaign import Prices
from models.qini import Arms, compare, qini_coefficient
from models.saveable import History, Rules, verdict
from models.split import check_split
from models.table import Floats
from models.uplift import LEARNERS, UpliftParams, fit_uplift
from tests.bench.uplift_report import write_report

PARAMS = UpliftParams()
SHARE = 0.3  # of the customers can be contacted
SPLITS, SEEDS = 20, 60
PRICES = Prices(contact=0.10, offer=0.0)  # an assumed cost of an e-mail; spend is the test's own
THIN = (1000, 9)  # left alone, and how many contacted for each: as a list with a holdout of a tenth
EFFECTS: tuple[Effect, ...] = ("persuadable", "like_risk", "same", "zero")


def arms_of(test: EmailTest) -> Arms:
    return Arms(test.trial.customer, test.trial.treated, test.trial.propensity)


def scores(learnt: EmailTest, unseen: EmailTest) -> dict[str, Floats]:
    """Orders of the unseen half: both learners, the response model (visits of the contacted), past spend."""
    values, names = unseen.trial.values, unseen.trial.names
    found = {name: fit_uplift(learnt.trial, name, PARAMS).saved(values, names) for name in LEARNERS}
    return {**found, "response": response(learnt, unseen), "history": values[:, names.index("history")].astype(float)}


def response(learnt: EmailTest, unseen: EmailTest) -> Floats:
    """P(visit | contacted) by as many trees of the same kind as each of the learners' models."""
    import lightgbm as lgb

    rows = learnt.trial.in_order()
    rows = rows.take(rows.treated)
    data = lgb.Dataset(rows.values, label=rows.kept, feature_name=list(rows.names))
    trees = lgb.train(PARAMS.lightgbm(len(rows)), data, num_boost_round=PARAMS.num_rounds)
    return np.asarray(trees.predict(unseen.trial.values, num_threads=1), np.float64)


def split_figures(learnt: EmailTest, unseen: EmailTest) -> dict[str, Any]:
    """One split: areas, coefficients, effects and profit at capacity, and the verdict on the X-learner's order."""
    orders, arms = scores(learnt, unseen), arms_of(unseen)
    spent = np.where(unseen.trial.treated, unseen.spend - PRICES.contact, unseen.spend)
    outcomes = {"visit": unseen.trial.kept, "spend": unseen.spend, "profit": spent}
    found = compare(orders, outcomes, arms, SHARE, draws=100)
    t, c = unseen.trial.treated, ~unseen.trial.treated
    row: dict[str, Any] = {name: estimate.to_json() for name, estimate in found.items()}
    row["coefficient"] = {name: qini_coefficient(score, unseen.trial.kept, arms) for name, score in orders.items()}
    row["plain"] = {name: plain_difference(y[t], y[c]) for name, y in outcomes.items()}
    row["exact"] = max(abs(found[f"all.{name}"].value - row["plain"][name]["value"]) for name in outcomes)
    # A visit is what was to be kept, so who did not visit "left"; a response order is what is in use.
    history = History.of(t, unseen.trial.kept == 0)
    broken = check_split(t, 1 - unseen.trial.propensity).broken
    for outcome in ("visit", "profit"):
        said = verdict(history, broken, found[f"x-response.{outcome}.at"], Rules())
        row[f"verdict.{outcome}"] = said.why_not or "usable"
    return row


def plain_difference(contacted: Floats, alone: Floats) -> dict[str, float]:
    """A difference of means with the interval of Welch: independent of the project's own code."""
    from scipy.stats import ttest_ind

    interval = ttest_ind(contacted, alone, equal_var=False).confidence_interval(0.95)
    return {
        "value": float(np.mean(contacted) - np.mean(alone)),
        "low": float(interval.low),
        "high": float(interval.high),
    }


def over_splits(test: EmailTest, splits: int, thin: bool) -> list[dict[str, Any]]:
    """One row per random half; `thin` learns from as few as a list with a holdout of a tenth would have."""
    rows = []
    for seed in range(splits):
        learnt, unseen = test.halves(seed)
        rows.append(split_figures(learnt.thinned(*THIN, seed) if thin else learnt, unseen))
    return rows


def broken_splits(test: EmailTest) -> list[dict[str, Any]]:
    """One row per way of breaking the split: what contacts would seem to have done, and what is said."""
    trial = test.trial
    recency = trial.values[:, trial.names.index("recency")]
    random = np.random.default_rng(1).random(len(trial))
    ways: dict[str, Callable[[], Any]] = {
        "nothing is broken": lambda: np.zeros(len(trial), bool),
        "contacted customers who last bought 11 or 12 months ago are lost": lambda: trial.treated & (recency >= 11),
        "a tenth of the contacted who did not visit are lost": lambda: (
            trial.treated & (trial.kept == 0) & (random < 0.1)
        ),
        "one in twenty of those left alone is lost": lambda: ~trial.treated & (random < 0.05),
    }
    rows = []
    for way, lost in ways.items():
        fewer = trial.take(~lost())
        history = History.of(fewer.treated, fewer.kept == 0)
        broken = check_split(fewer.treated, 1 - fewer.propensity).broken
        seeming = plain_difference(fewer.kept[fewer.treated], fewer.kept[~fewer.treated])
        rows.append({"way": way, "customers": len(fewer), "contacted": history.contact, "broken": broken, **seeming})
    return rows


def in_worlds(seeds: int) -> list[dict[str, Any]]:
    """One row per effect and size: what each order truly saves among the top three tenths, and what is claimed."""
    rows = []
    for effect in EFFECTS:
        for n, holdout in ((2500, 0.2), (10_000, 0.1)):
            worlds = [uplift_world(n, 10_000 + seed, effect, holdout) for seed in range(max(seeds * 2500 // n, 2))]
            usable = sum(judged(world, draws=100).usable for world in worlds)
            row = {"effect": effect, "customers": n, "holdout": holdout, "worlds": len(worlds), "usable": usable}
            rows.append({**row, **true_savings(worlds[:20], n, effect, holdout)})
    return rows


def true_savings(worlds: list[Any], n: int, effect: Effect, holdout: float) -> dict[str, float]:
    """Means over worlds, on 20,000 other customers each: by each learner, by risk, by the truth, by chance."""
    found: dict[str, list[float]] = {name: [] for name in (*LEARNERS, "risk", "truth", "random")}
    for number, world in enumerate(worlds):
        other = uplift_world(20_000, 50_000 + number, effect, holdout)
        for name in LEARNERS:
            said = fit_uplift(world.trial, name, PARAMS).saved(other.trial.values, other.trial.names)
            found[name].append(other.truth_at(said, SHARE))
        found["risk"].append(other.truth_at(other.risk, SHARE))
        found["truth"].append(other.truth_at(other.effect, SHARE))
        found["random"].append(float(other.effect.mean()))
    return {name: float(np.mean(each)) for name, each in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--splits", type=int, default=SPLITS)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    folder = datasets_folder()
    if folder is None:
        raise SystemExit("EBB_DATASETS names no folder with hillstrom_email_test.parquet: set it to where it lies")
    frame = email_frame(folder)
    report: dict[str, Any] = {"splits": given.splits, "share": SHARE, "thin": THIN, "emails": {}, "thinned": {}}
    for emails in ARMS:
        test = email_test(frame, emails)
        report["emails"][emails] = over_splits(test, given.splits, thin=False)
        report["thinned"][emails] = over_splits(test, given.splits, thin=True)
        print(emails, "done", flush=True)
    report["broken"] = broken_splits(email_test(frame, "women's"))
    report["worlds"] = in_worlds(given.seeds)
    write_report(report)
    if given.json:
        given.json.write_text(json.dumps(report, indent=1, default=float) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
