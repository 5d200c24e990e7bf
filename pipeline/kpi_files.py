"""The files of the retention KPIs: figures of the newest month, a table by month, one by cohort; written and read."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.errors import ArtifactError
from pipeline.tables import PLOTS, REPORTS, read_json, write_json, write_text

Row = Mapping[str, Any]

KPIS = REPORTS / "kpis.json"
BY_MONTH = REPORTS / "kpis_by_month.csv"
BY_COHORT = REPORTS / "kpis_by_cohort.csv"
PLOT_MONTHS = PLOTS / "kpis_months.csv"
PLOT_COHORTS = PLOTS / "kpis_cohorts.csv"
PLOTTED = ("retention_rate", "churn_rate")


def write_kpis(headline: Row, months: Sequence[Row], cohorts: Sequence[Row]) -> None:
    """Write the headline, both tables, and the points of the plots: whole months and cohorts that are known alone."""
    write_json(headline, KPIS)
    write_text(_csv(months), BY_MONTH)
    write_text(_csv(cohorts, COHORT_COLUMNS), BY_COHORT)
    known = [row for row in months if row["complete"] and row["settled"]]
    points = [{"month": row["month"], "series": name, "share": row[name]} for row in known for name in PLOTTED]
    write_text(_csv(points, ("month", "series", "share")), PLOT_MONTHS)
    cells = [row for row in cohorts if row["complete"] and row["cohort_complete"]]
    columns = ("cohort", "months_since", "active_share", "still_share")
    write_text(_csv([{name: row[name] for name in columns} for row in cells], columns), PLOT_COHORTS)


COHORT_COLUMNS = (
    "cohort", "month", "months_since", "cohort_complete", "complete", "customers", "active", "active_share", "still",
    "still_share", "purchases", "spend", "net", "lifetime_value", "lifetime_value_net",
)  # fmt: skip


def read_kpis() -> dict[str, Any]:
    """All that write_kpis wrote: the headline, and under `months` and `cohorts` the rows of both tables.

    Raises ArtifactError if a file is missing or damaged.
    """
    return {**read_json(KPIS), "months": _rows(BY_MONTH), "cohorts": _rows(BY_COHORT)}


def _csv(rows: Sequence[Row], columns: Sequence[str] | None = None) -> str:
    """Rows as CSV: an empty cell is null, truth values are `true` and `false`."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    names = list(columns or rows[0])
    writer.writerow(names)
    writer.writerows([_cell(row[name]) for name in names] for row in rows)
    return written.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
        return [{name: _value(cell) for name, cell in row.items()} for row in csv.DictReader(io.StringIO(text))]
    except FileNotFoundError:
        raise ArtifactError(f"{path} is missing: run `make repro`.") from None
    except (UnicodeDecodeError, TypeError):
        raise ArtifactError(f"{path} is not a readable table, so it was damaged: run `make repro`.") from None


def _value(cell: str) -> Any:
    if cell in ("", "true", "false"):
        return {"": None, "true": True, "false": False}[cell]
    for kind in (int, float):
        try:
            return kind(cell)
        except ValueError:
            continue
    return cell
