"""Stage: retention KPIs per month and per cohort, from the events and the definition that the model has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.kpi_asked import Asked
from features.kpi_counts import added, count
from features.kpi_seen import Sums
from features.months import months
from features.snapshots import day_number
from features.timeline import EventChunk
from pipeline.arrays import is_true
from pipeline.errors import ArtifactError, run_stage
from pipeline.event_files import event_files, objectors
from pipeline.kpi_files import write_kpis
from pipeline.kpi_report import Found, cohort_rows, headline, month_rows
from pipeline.settings import Settings, load_settings
from pipeline.streaming.events import stream_events
from pipeline.streaming.overlap import cores, overlapped
from pipeline.summary import StageSummary, progress
from pipeline.tables import EVENTS_CLOSED, EVENTS_OPEN, REPORTS, SCORES, read_json, read_table

MOST_CELLS = 1 << 17  # of all customers of a chunk at all months: they are what counting keeps in memory
WHY = {
    True: "A month's churn rate counts a customer as lost on the day on which the last activity is {days} days old, "
    "and only the losses of one month; the promise counts who is silent for {horizon} days from its date on, those "
    "who come back later included.",
    False: "A month's churn rate counts who left in that month; the promise counts who leaves within {horizon} days "
    "from its date on.",
}


def main() -> None:
    """Write data/reports/kpis.json, kpis_by_month.csv, kpis_by_cohort.csv and the points of their plots."""
    summary = StageSummary("kpis")
    settings = load_settings()
    promised = _promised()
    calendar = read_json(EVENTS_OPEN / "as_of.json")
    data_start, as_of = (day_number(date.fromisoformat(calendar[name])) for name in ("data_start", "as_of"))
    known_before = as_of - settings.events.lateness_days
    churn = settings.churn
    asked = Asked(
        months=months(data_start, as_of, known_before, churn.active_within_days),
        spec=settings.feature_spec(),
        data_start=data_start,
        lead_days=churn.lead_days,
        horizon_days=churn.horizon_days,
        label_date=None if promised is None else day_number(date.fromisoformat(promised["test_snapshot"])),
        nps=settings.kpis.nps,
        csat=settings.kpis.csat,
    )
    found = Found(_counted(asked, settings), asked, known_before)
    by_month, by_cohort = month_rows(found), cohort_rows(found)
    head = headline(found, by_month, _forecast(), promised)
    write_kpis(head, by_month, by_cohort)
    _say(summary, head, WHY[churn.silence].format(days=churn.active_within_days, horizon=churn.horizon_days))


def _counted(asked: Asked, settings: Settings) -> Sums:
    """The sums over all customers, those who object included: no figure is about one of them.

    At the date of the promise those are left out whom training left out, so that both speak of the same customers.
    """
    unasked = objectors(EVENTS_CLOSED)

    def counted(chunk: tuple[pa.StringArray, EventChunk]) -> Sums:
        ids, events = chunk
        return count(events, asked, is_true(pc.is_in(ids, value_set=unasked)) if len(unasked) else None)

    most = max(MOST_CELLS // len(asked.days), 1)
    files = event_files(EVENTS_CLOSED, EVENTS_OPEN)
    chunks = stream_events(files, asked.types, asked.spec.definition == "lapse", most)
    with closing(overlapped(chunks, counted, cores(settings.engine.threads))) as parts:
        made: Iterator[Sums] = progress(parts, "chunks of customers")
        return reduce(added, made)


def _promised() -> Any:
    """What the model promised at its newest closed date; None before the first evaluation."""
    path = REPORTS / "evaluation.json"
    return read_json(path) if path.exists() else None


def _forecast() -> float | None:
    """Expected spend in the horizon per scored customer, whether they stay or leave; None where it is withheld."""
    path = SCORES / "scores.parquet"
    if not path.exists():
        return None
    value = read_json(REPORTS / "scoring.json")["value"]
    if not value["known"]:
        return None
    scores = read_table(path, ["churn_probability", "expected_value"])
    if scores.num_rows == 0 or scores.column("expected_value").null_count:
        raise ArtifactError(f"{path} lacks amounts that scoring.json calls known: run `dvc repro --force score`.")
    leaves, spends = (scores.column(name).to_numpy() for name in ("churn_probability", "expected_value"))
    return float(np.mean((1 - leaves) * spends + leaves * value["leavers_spend"]))


def _say(summary: StageSummary, head: dict[str, Any], why: str) -> None:
    if head["month"] is None:
        summary.warn("No month of the data is over, the first one aside, so there is no headline yet.")
    else:
        year = head["last_12_months"]
        summary.line("newest full month", head["month"])
        for name in ("customers_start", "lost", "new", "reactivated", "customers_end"):
            summary.line(name.replace("_", " "), head[name])
        for name in ("retention_rate", "repeat_purchase_rate", "reactivation_rate"):
            shown = _percent(head[name]) + (f", last 12 months {_percent(year[name])}" if year else "")
            summary.line(name.replace("_", " "), shown)
        if not head["settled"]:
            summary.warn("The data reach back less than churn.active_within_days before this month: customers are few.")
    both = head["reconciled"]
    if both:
        told = f"{both['promised_rate']:.1%} of {both['promised_customers']:,}"
        seen = f"{_percent(both['realised_rate'])} of {both['realised_customers']:,}"
        summary.line(f"promised {both['date']}, counted here", f"{told}, {seen}")
        summary.line(f"churn rate of {both['month']}", _percent(both["month_churn_rate"]))
        summary.warn(why)
        if not both["same_customers"]:
            summary.warn(
                "The promise was tried out on another number of customers than are counted here: on a sample "
                f"({both['share_of_customers']:.0%} of them)."
                if both["share_of_customers"] < 1
                else "The promise and the KPI count different customers, which should not be: run `make repro`."
            )
    summary.show()


def _percent(share: float | None) -> str:
    return "unknown" if share is None else f"{share:.1%}"


if __name__ == "__main__":
    run_stage(main)
