"""Retention KPIs as part of a page: tables, the cohorts as a drawing, and sentences; from what read_kpis returns."""

from __future__ import annotations

from typing import Any

from pipeline.pages.kpi_told import Row, Told
from pipeline.pages.sheets import Sheet
from pipeline.pages.telling import Telling, too_small

SHOWN = 13  # months and cohorts in a table: the newest and the same month a year before
MONTH_COLUMNS = ("customers_start", "new", "reactivated", "lost", "customers_end")
HEAD = (
    *MONTH_COLUMNS, "retention_rate", "churn_rate", "reactivation_rate", "repeat_purchase_rate",
    "returning_buyers_share", "purchase_frequency", "average_order_value", "days_between_purchases_median",
    "lifetime_value", "lifetime_value_net", "nps", "csat",
)  # fmt: skip
WORDS = ("retention", "churn", "back", "repeat", "between", "value", "nps", "csat")
NEEDS = {"between": "days_between_purchases_median", "value": "lifetime_value", "nps": "nps", "csat": "csat"}


def sheets(kpis: Row, telling: Telling) -> list[Sheet]:
    """The tables in reading order: the newest complete month, month by month, spending by cohort, cohorts in numbers.

    A table without rows is left out; where no month is complete there is none.
    """
    if kpis["month"] is None:
        return []
    made = [_head(kpis, telling), _months(kpis, telling), _spending(kpis, telling), cohort_numbers(kpis, telling)]
    return [sheet for sheet in made if sheet.rows]


def sentences(kpis: Row, telling: Telling) -> list[str]:
    """What stands around the tables: who is a customer, how far the data reach, today's spending, promise and KPI."""
    churn = telling.settings.churn
    customer = telling.say(f"kpi-customer-{churn.definition}", days=churn.active_within_days, grace=churn.grace_days)
    if kpis["month"] is None:
        return [customer, telling.say("kpi-no-month")]
    short = [] if kpis["settled"] else [telling.say("kpi-short", month=_month(kpis["months"][0]["month"], telling))]
    return [customer, *short, *_today(kpis["today"], telling), *reconciled(kpis["reconciled"], telling)]


def reconciled(both: dict[str, Any] | None, telling: Telling) -> list[str]:
    """The promise beside the same count here, and why a month's figure is another one; empty before any promise."""
    if both is None or both["realised_rate"] is None:
        return []
    day, stayed = telling.day(both["date"]), both["realised_customers"] - both["realised_leavers"]
    if too_small({"left": both["realised_leavers"], "stayed": stayed}, telling.least):
        return [telling.say("kpi-promised-hidden", date=day)]
    said = [
        telling.say(
            "kpi-promised",
            date=day,
            promised=telling.percent(both["promised_rate"]),
            realised=telling.percent(both["realised_rate"]),
            customers=telling.group(both["promised_customers"]),
            counted=telling.group(both["realised_customers"]),
            days=both["horizon_days"],
        )
    ]
    if both["share_of_customers"] < 1:
        said.append(telling.say("kpi-promised-sample", share=telling.percent(both["share_of_customers"])))
    if both["month_churn_rate"] is not None and not too_small(both["month_customers"], telling.least):
        key = "inactivity" if both["definition"] == "inactivity" else "other"
        churn, month = telling.percent(both["month_churn_rate"]), _month(both["month"], telling)
        said.append(telling.say(f"kpi-apart-{key}", churn=churn, month=month, days=both["active_within_days"]))
    return said


def words(kpis: Row, telling: Telling) -> list[tuple[str, str]]:
    """What the figures mean: one (word, meaning) each, of those that are shown."""
    if kpis["month"] is None:
        return []
    shown = [name for name in WORDS if name not in NEEDS or kpis[NEEDS[name]] is not None]
    return [(telling.say(f"kpi-word-{name}"), telling.say(f"kpi-word-{name}-text")) for name in shown]


def _today(today: Row, telling: Telling) -> list[str]:
    if today["expected_lifetime_value"] is None:
        return []
    money = {"spent": "lifetime_value", "more": "forecast", "total": "expected_lifetime_value"}
    return [
        telling.say(
            "kpi-today",
            customers=telling.group(today["customers"]),
            day=telling.day(today["as_of"]),
            days=today["forecast_days"],
            **{name: telling.money(today[figure]) for name, figure in money.items()},
        )
    ]


def _month(name: str, telling: Telling, form: str = "LLLL yyyy") -> str:
    """A month as words: "November 2011"; `LLL yyyy` is shorter, for tables."""
    return telling.day(f"{name}-01", form)


def _head(kpis: Row, telling: Telling) -> Sheet:
    """One row per figure that any column knows: the newest complete month, the same a year before, twelve months."""
    before, year = _year_before(kpis), kpis["last_12_months"]
    columns = [(_month(kpis["month"], telling), kpis)]
    columns += [(_month(before["month"], telling), before)] if before else []
    columns += [(telling.say("kpi-year"), year)] if year and year["settled"] else []
    told = [Told(row, telling) for _, row in columns]
    left_out = () if _returns(kpis) else ("lifetime_value_net",)
    names = [name for name in HEAD if name not in left_out and any(row[name] is not None for _, row in columns)]
    rows = [[telling.say(f"kpi-{name}"), *(each.text(name) for each in told)] for name in names]
    return Sheet(telling.say("kpi-head-title"), [telling.say("kpi-measure"), *(name for name, _ in columns)], rows)


def _returns(kpis: Row) -> bool:
    """Whether anything was ever taken off what was spent: else two figures would be the same."""
    return bool(kpis["lifetime_value_net"] != kpis["lifetime_value"])


def _year_before(kpis: Row) -> Row | None:
    """The same month a year earlier; None where it is not complete or its customers are not known."""
    year, month = kpis["month"].split("-")
    name = f"{int(year) - 1}-{month}"
    known = (row for row in kpis["months"] if row["complete"] and row["settled"])
    return next((row for row in known if row["month"] == name), None)


def _months(kpis: Row, telling: Telling) -> Sheet:
    """One row per complete month whose customers are known, the newest thirteen, oldest first."""
    known = [row for row in kpis["months"] if row["complete"] and (row["settled"] or not kpis["settled"])][-SHOWN:]
    rows, bars = [], []
    for row in known:
        told = Told(row, telling)
        rows.append([_month(row["month"], telling, "LLL yyyy"), *map(told.text, (*MONTH_COLUMNS, "retention_rate"))])
        bars.append({} if told.hides("retention_rate") else {len(MONTH_COLUMNS) + 1: row["retention_rate"]})
    heads = ("month", "start", "new-short", "reactivated-short", "lost-short", "end", "retention_rate")
    head = [telling.say(f"kpi-{name}") for name in heads]
    return Sheet(telling.say("kpi-months-title"), head, rows, bars=bars)


def cohorts(kpis: Row) -> list[list[Row]]:
    """The newest thirteen whole cohorts, oldest first: of each the rows of complete months, its own month first."""
    found: dict[str, list[Row]] = {}
    for row in kpis["cohorts"]:
        if row["cohort_complete"] and row["complete"]:
            found.setdefault(row["cohort"], []).append(row)
    return list(found.values())[-SHOWN:]


def _spending(kpis: Row, telling: Telling) -> Sheet:
    """One row per cohort: customers, what each has spent by the end of the newest complete month, who is still one."""
    rows = []
    for cohort in cohorts(kpis):
        newest = cohort[-1]
        size = newest["customers"]
        amounts = [telling.amount(newest[name], size) for name in ("lifetime_value", "lifetime_value_net")]
        still = share_told(newest, "still", telling)
        rows.append([_month(newest["cohort"], telling, "LLL yyyy"), telling.count(size), *amounts, still])
    head = [telling.say(f"kpi-{name}") for name in ("joined", "customers", "spent", "spent-net", "still")]
    known = (True, True, kpis["lifetime_value"] is not None, _returns(kpis), True)
    kept = [[text for text, shown in zip(texts, known, strict=True) if shown] for texts in (head, *rows)]
    return Sheet(telling.say("kpi-value-title"), kept[0], kept[1:])


def cohort_numbers(kpis: Row, telling: Telling, most: int = SHOWN - 1) -> Sheet:
    """The heatmap in numbers: one row per cohort, a column per month since; empty cells are still to come."""
    found = [cohort for cohort in cohorts(kpis) if len(cohort) > 1]
    width = min(max((len(cohort) - 1 for cohort in found), default=0), most)
    rows, bars = [], []
    for cohort in found:
        cells = [share_told(row, "active", telling) for row in cohort[1 : width + 1]]
        told = [_month(cohort[0]["cohort"], telling, "LLL yyyy"), telling.count(cohort[0]["customers"]), *cells]
        rows.append([*told, *[""] * (width - len(cells))])
        shares = {at: row["active_share"] for at, row in enumerate(cohort[1 : width + 1], 2)}
        bars.append({at: share for at, share in shares.items() if told[at] not in ("–", "")})
    head = [telling.say("kpi-joined"), telling.say("kpi-customers")]
    head += [telling.say("kpi-after", months=month) for month in range(1, width + 1)]
    return Sheet(telling.say("kpi-cohorts-title"), head, rows, bars=bars)


def share_told(row: Row, name: str, telling: Telling) -> str:
    """The share of a cohort as a percentage; a dash where those or the others are too few to be told."""
    if too_small({"are": row[name], "others": row["customers"] - row[name]}, telling.least):
        return "–"
    return telling.texts.percent(row[f"{name}_share"])
