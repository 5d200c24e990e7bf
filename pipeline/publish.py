"""Stage: this week's list, dated and kept, and `latest/` for those who only ever want the newest."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from models.bands import BANDS
from pipeline.errors import PublishError, run_stage
from pipeline.event_files import display_columns
from pipeline.experiment import in_experiment
from pipeline.made_from import KEY as MADE_FROM
from pipeline.made_from import made_from
from pipeline.privacy.expiry import expire_lists
from pipeline.published import LATEST, newest_before, publish_folder, refresh_latest
from pipeline.risk_list import MOST_ROWS, VALID_DAYS, build_list, with_columns, write_list
from pipeline.settings import Settings, load_settings
from pipeline.summary import StageSummary, promised
from pipeline.tables import CURRENT_SUMMARY, LISTS, REPORTS, SCORES, read_json, read_table


def main() -> None:
    """Write data/lists/<as_of>/ and data/lists/latest/. An experiment publishes nothing."""
    summary = StageSummary("publish")
    settings = load_settings()
    if in_experiment():
        LISTS.mkdir(parents=True, exist_ok=True)
        summary.warn("An experiment never publishes: the last list stays. Run `make repro` on a branch to publish.")
        summary.show()
        return
    scores, scoring = read_table(SCORES / "scores.parquet"), read_json(REPORTS / "scoring.json")
    scores = scores.rename_columns({"raw_band": "risk_band"})
    as_of = date.fromisoformat(scoring["as_of"])
    previous = newest_before(as_of)
    bands = _bands_of(previous[0]) if previous else {}
    table = build_list(scores, bands, settings)
    table = with_columns(table, display_columns(table.column("customer_id").to_pylist()))
    _refuse_bad(table, scoring)
    if table.num_rows > MOST_ROWS:
        summary.warn(f"A sheet holds {MOST_ROWS:,} rows: the workbook has the most urgent, CSV and Parquet have all.")
    content = _manifest(table, scoring, settings, previous[0].name if previous else None)
    content[MADE_FROM] = made_from(settings, read_json(CURRENT_SUMMARY))
    folder, new = publish_folder(as_of, lambda aside: write_list(table, aside), content)
    refresh_latest()
    _say_expired(summary, [path.name for path in expire_lists(settings.lists.keep_days)])
    _say(summary, table, content, folder, new)


def _bands_of(folder: Path) -> dict[str, str]:
    before = read_table(folder / "risk_list.parquet", ["customer_id", "risk_band"])
    return dict(zip(before.column("customer_id").to_pylist(), before.column("risk_band").to_pylist(), strict=True))


def _refuse_bad(table: pa.Table, scoring: dict[str, Any]) -> None:
    """The least that a list must be; issue of trust, so it is asked again here."""
    ids = table.column("customer_id")
    if table.num_rows != scoring["eligible"] or pc.count_distinct(ids).as_py() != table.num_rows:
        raise PublishError(
            f"the list has {table.num_rows:,} rows and {pc.count_distinct(ids).as_py():,} customers, but "
            f"{scoring['eligible']:,} are eligible: nothing is published, the last list stays. Run `dvc repro --force`."
        )
    probability = table.column("churn_probability").to_numpy()
    low, high = probability.min(), probability.max()  # unlike Arrow's, NumPy's say NaN where one value is NaN
    if not 0 <= low <= high <= 1:
        raise PublishError(
            f"churn probabilities reach from {low} to {high}: nothing is published, the last list stays."
        )


def _manifest(table: pa.Table, scoring: dict[str, Any], settings: Settings, previous: str | None) -> dict[str, Any]:
    as_of, churn = date.fromisoformat(scoring["as_of"]), settings.churn
    return {
        "as_of": str(as_of),
        "horizon_end": str(as_of + timedelta(days=churn.lead_days + churn.horizon_days)),
        "valid_until": str(as_of + timedelta(days=VALID_DAYS)),
        "model_version": scoring["model_version"],
        "champion": scoring["champion"],
        "rolled_back_from": scoring["rolled_back_from"],
        "customers": table.num_rows,
        "already_lapsed": scoring["lapsed"],
        "object_to_profiling": scoring["objected"],
        "bands": scoring["raw_bands"],
        "grade": {name: scoring["grade"][name] for name in ("letter", "sentence", "next_step")},
        "warnings": scoring["warnings"],
        "uncertain": scoring["uncertain"],
        "groups": {name: _count(table, "group", name) for name in ("contact", "holdout")},
        "holdout": settings.holdout.model_dump(),
        "previous_list": previous,
    }


def _count(table: pa.Table, column: str, value: str) -> int:
    return int(pc.sum(pc.equal(table.column(column), value)).as_py() or 0)


def _say_expired(summary: StageSummary, names: list[str]) -> None:
    if names:
        summary.warn(
            f"{len(names)} lists were older than lists.keep_days and are removed, {names[0]} to {names[-1]}, from "
            "DVC's cache too. Remotes keep copies: dvc gc --workspace --cloud."
        )


def _say(summary: StageSummary, table: pa.Table, content: dict[str, Any], folder: Path, new: bool) -> None:
    summary.line("as of", content["as_of"])
    summary.line("customers in, rows out", f"{content['customers']:,}, {table.num_rows:,}")
    for name in BANDS:
        summary.line(name, promised(content["bands"][name]))
    summary.line("grade", f"{content['grade']['letter']}: {content['grade']['sentence']}")
    summary.line("left alone to measure by", content["groups"]["holdout"])
    summary.line("already lapsed, not listed", content["already_lapsed"])
    summary.line("object to profiling, not listed", content["object_to_profiling"])
    if content["rolled_back_from"]:
        summary.warn(f"Scored by {content['model_version']}, brought back by hand from {content['rolled_back_from']}.")
    summary.line("dated folder", f"{folder}{'' if new else ' (as it was)'}")
    summary.line("list", LATEST / "risk_list.xlsx")
    summary.show()


if __name__ == "__main__":
    run_stage(main)
