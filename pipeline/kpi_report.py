"""From the sums of all customers to the tables of KPIs: by month, by cohort, and what stands at their head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from features.kpi_asked import REPEAT_DAYS, Asked
from features.kpi_seen import Sums
from features.kpis import (
    churn_rate,
    expected_lifetime_value,
    lifetime_value,
    period_figures,
    ratio,
    score_figures,
)
from features.snapshots import as_date
from features.timeline import MICRO

COUNTS = (
    "customers_start", "kept", "new", "reactivated", "customers_end", "newcomers", "lapsed_start", "labelled_left",
    "buyers", "returning_buyers", "window_buyers", "window_repeaters", "purchases", "priced_purchases", "known_end",
)  # fmt: skip
DIGITS = 6


@dataclass(frozen=True)
class Found:
    """What was counted, what was asked, and up to which day all events have arrived."""

    sums: Sums
    asked: Asked
    known_before: int

    def counts(self, period: int) -> dict[str, int]:
        """The counts of a period by name."""
        return {name[7:]: int(values[period]) for name, values in self.sums.items() if name.startswith("period_")}

    def label_closed(self, period: int) -> bool:
        """Whether it is known who of the customers at the start of the period left within the horizon."""
        start = self.asked.months.starts[self.asked.periods[period][0]]
        return start + self.asked.lead_days + self.asked.horizon_days <= self.known_before

    def has_window(self, period: int) -> bool:
        """Whether the data reach over the whole window in which repeated purchases are looked for."""
        end = self.asked.months.ends[self.asked.periods[period][1]]
        return end - REPEAT_DAYS >= self.asked.data_start


def month_rows(found: Found) -> list[dict[str, Any]]:
    """One row per month, oldest first: whether it is complete and its customers are known, counts, money, rates.

    Null: a rate of nothing; counts and rates that look further back than the data (repeat purchases) or further ahead
    (the label); money where there are no amounts.
    """
    calendar = found.asked.months
    return [
        {
            "month": calendar.name(month),
            "complete": calendar.complete[month],
            "settled": calendar.settled[month],
            **period(found, month),
        }
        for month in range(len(calendar))
    ]


def period(found: Found, number: int) -> dict[str, Any]:
    """Counts, money and rates of one period."""
    asked, counts = found.asked, found.counts(number)
    first, last = asked.periods[number]
    gaps = found.sums["gaps"][first : last + 1].sum(axis=0)
    scores = {
        name[6:]: int(values[first : last + 1].sum())
        for name, values in found.sums.items()
        if name.startswith("month_")
    }
    figures: dict[str, Any] = {**period_figures(counts, gaps, bool(asked.spend)), **score_figures(scores)}
    said: dict[str, Any] = {name: counts[name] for name in COUNTS}
    said["lost"] = counts["customers_start"] - counts["kept"]
    unknown = [
        *(() if found.label_closed(number) else ("labelled_left", "labelled_churn_rate")),
        *(() if found.has_window(number) else ("window_buyers", "window_repeaters", "repeat_purchase_rate")),
    ]
    money = {name: rounded(ratio(counts[name], MICRO)) if asked.spend else None for name in ("spend", "net")}
    rates = {name: rounded(figure) for name, figure in figures.items()}
    scores_asked = {"nps": asked.nps, "csat": asked.csat}
    unknown += [name for name in scores if scores_asked[name.split("_")[0]] is None]
    return {**said, **money, **scores, **rates, **dict.fromkeys(unknown)}


def cohort_rows(found: Found) -> list[dict[str, Any]]:
    """One row per month of first activity and month since, the cohort's own included; cohorts of nobody have none.

    `cohort_complete` is False for the first month of the data, whose cohort holds everybody from before, too, and for a
    month that is not over; `complete`: whether the row's month is over. `still`: customers at its end. Money is that of
    the month; the lifetime value is what was spent up to its end, per customer of the cohort.
    """
    asked, calendar = found.asked, found.asked.months
    tables = {name[7:]: values for name, values in found.sums.items() if name.startswith("cohort_")}
    rows: list[dict[str, Any]] = []
    for cohort in range(len(calendar)):
        size, so_far = int(tables["active"][cohort, cohort]), {"spend": 0, "net": 0}
        for month in range(cohort, len(calendar) if size else cohort):
            cell = {name: int(values[cohort, month]) for name, values in tables.items()}
            so_far = {name: so_far[name] + cell[name] for name in so_far}
            money = {
                "spend": ratio(cell["spend"], MICRO),
                "net": ratio(cell["net"], MICRO),
                "lifetime_value": lifetime_value(so_far["spend"], size),
                "lifetime_value_net": lifetime_value(so_far["net"], size),
            }
            rows.append({
                "cohort": calendar.name(cohort),
                "month": calendar.name(month),
                "months_since": month - cohort,
                "cohort_complete": calendar.complete[cohort],
                "complete": calendar.over[month],
                "customers": size,
                "active": cell["active"],
                "active_share": rounded(ratio(cell["active"], size)),
                "still": cell["still"],
                "still_share": rounded(ratio(cell["still"], size)),
                "purchases": cell["purchases"],
                **{name: rounded(value) if asked.spend else None for name, value in money.items()},
            })  # fmt: skip
    return rows


def headline(found: Found, months: list[dict[str, Any]], forecast: float | None, promised: Any) -> dict[str, Any]:
    """The newest complete month flat, the newest twelve months, today, and the promise.

    Months that are not complete are never here: without a complete one `month` and every figure are null.
    """
    calendar = found.asked.months
    newest, year = calendar.newest(), calendar.year()
    empty = dict.fromkeys(months[0])
    return {
        **(empty if newest is None else months[newest]),
        "purchases_are": list(found.asked.purchases),
        "last_12_months": None
        if year is None
        else {
            "from": calendar.name(year[0]),
            "to": calendar.name(year[1]),
            "settled": calendar.settled[year[0]],
            **period(found, len(calendar)),
        },
        "today": today(found, forecast),
        "reconciled": reconciled(found, months, promised),
    }


def today(found: Found, forecast: float | None) -> dict[str, Any]:
    """Customers at `as_of`, what they have spent so far, and that with the forecast of the horizon, per customer."""
    customers, known = int(found.sums["today_customers"][0]), bool(found.asked.spend)
    spend, net = (int(found.sums[f"today_{name}"][0]) for name in ("spend", "net"))
    realised = lifetime_value(spend, customers) if known else None
    return {
        "as_of": str(as_date(found.asked.months.ends[-1])),
        "customers": customers,
        "lifetime_value": rounded(realised),
        "lifetime_value_net": rounded(lifetime_value(net, customers) if known else None),
        "forecast": rounded(forecast),
        "forecast_days": found.asked.horizon_days,
        "expected_lifetime_value": rounded(expected_lifetime_value(realised, forecast)),
    }


def reconciled(found: Found, months: list[dict[str, Any]], promised: Any) -> dict[str, Any] | None:
    """The model's promise at its newest closed date beside the same label counted here; None where there is none.

    `promised`: data/reports/evaluation.json. `same_customers`: whether both counted equally many; where the model was
    tried out on a sample of the customers they do not. `month_churn_rate`: of the month in which that date lies.
    """
    if promised is None or found.asked.label_date is None:
        return None
    model, date = promised["model"], str(as_date(found.asked.label_date))
    customers, left = (int(found.sums[f"label_{name}"][0]) for name in ("customers", "left"))
    month = next((row for row in months if row["month"] == date[:7]), None)
    told, expected = int(model["n"]), float(model["mean_probability"]["value"])
    return {
        "date": date,
        "horizon_days": found.asked.horizon_days,
        "definition": found.asked.spec.definition,
        "active_within_days": found.asked.spec.active_within_days,
        "promised_rate": expected,
        "promised_customers": told,
        "promised_leavers": round(expected * told, 1),
        "realised_rate": rounded(churn_rate(customers, left)),
        "realised_customers": customers,
        "realised_leavers": left,
        "model_realised_rate": float(model["base_rate"]["value"]),
        "share_of_customers": promised["share_of_customers"],
        "same_customers": customers == told,
        "month": None if month is None else month["month"],
        "month_churn_rate": None if month is None else month["churn_rate"],
        "month_customers": None if month is None else {name: month[name] for name in ("lost", "kept")},
    }


def rounded(value: float | None) -> float | None:
    """A figure as files hold it."""
    return None if value is None else round(value, DIGITS)
