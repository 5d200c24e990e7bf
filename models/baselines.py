"""What the model must beat, fitted on the same rows and judged on the same rows as the model."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.bgnbd import fit_bgnbd
from models.census import Lapsed, population
from models.customer_base import RECENCY, histories
from models.rule import fit_rule
from models.table import Floats, TrainingTable
from models.threads import one_thread

BASELINES = ("base_rate", "recency_rule", "rfm_logistic", "bgnbd")
CLOSEST = 1e-4  # no baseline may claim certainty: one miss would cost it everything

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Baseline:
    """Predictions of one baseline on the test rows; `rank` orders customers where probabilities tie.

    `days` of silence are the recency rule's; None for the others.
    """

    name: str
    about: str
    probability: Floats
    rank: Floats
    days: int | None = None


@one_thread()
def fit_baselines(
    train: TrainingTable, test: TrainingTable, lapsed: Lapsed | None, horizon_days: int
) -> list[Baseline]:
    """Fit every baseline on `train` and predict `test`; one that cannot be fitted is left out with a warning.

    `lapsed` is None where leaving is not silence: BG/NBD is left out without a word, since nobody asked it.
    """
    found = [_base_rate(train, test), _recency_rule(train, test, horizon_days)]
    fits: dict[str, Callable[[], Baseline]] = {
        "rfm_logistic": lambda: _rfm_logistic(train, test),
    }
    if lapsed is not None:
        fits["bgnbd"] = lambda: _bgnbd(test, lapsed, horizon_days)
    for name, fit in fits.items():
        try:
            found.append(fit())
        except ValueError as error:
            log.warning("baseline %s is left out: %s", name, error)
    return found


def _base_rate(train: TrainingTable, test: TrainingTable) -> Baseline:
    rate = float(train.churned.mean())
    same = np.full(len(test), rate)
    return Baseline("base_rate", f"everybody leaves with {rate:.1%}", _open(same), same)


def _recency_rule(train: TrainingTable, test: TrainingTable, horizon_days: int) -> Baseline:
    rule, now = fit_rule(train, horizon_days), test.column(RECENCY)
    return Baseline("recency_rule", f"nothing for {rule.days} days", _open(rule.probability(now)), now, rule.days)


def _rfm(table: TrainingTable) -> Floats:
    """Recency, frequency and money as logarithms; spend where the settings name money, else frequency alone."""
    columns = [table.column(RECENCY), table.column("active_days_lifetime"), table.column("count_activity_lifetime")]
    money = [name for name in table.names if name.startswith("amount_") and name.endswith("_lifetime")]
    columns += [np.maximum(table.column(name), 0) for name in money[:1]]
    return np.log1p(np.column_stack(columns))


def _rfm_logistic(train: TrainingTable, test: TrainingTable) -> Baseline:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  # a second that few stages need to pay
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415

    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    model.fit(_rfm(train), train.churned)
    predicted = model.predict_proba(_rfm(test))[:, 1]
    return Baseline("rfm_logistic", "logistic regression on recency, frequency, money", _open(predicted), predicted)


def _bgnbd(test: TrainingTable, lapsed: Lapsed, horizon_days: int) -> Baseline:
    """BG/NBD needs no labels: it is fitted on all that was known at the test snapshot, as it would be in use."""
    snapshot = int(test.snapshot[0])
    fitted = fit_bgnbd(population(test, lapsed, snapshot))
    predicted = fitted.churn_probability(histories(test), horizon_days)
    if not np.isfinite(predicted).all():
        raise ValueError("BG/NBD gave a probability that is not finite")
    return Baseline("bgnbd", "BG/NBD on active days", _open(predicted), predicted)


def _open(probability: Floats) -> Floats:
    return np.clip(probability, CLOSEST, 1 - CLOSEST)
