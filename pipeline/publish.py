"""Stage: this week's list, dated and kept, and `latest/` for those who only ever want the newest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.bands import BANDS
from pipeline.errors import PublishError, run_stage
from pipeline.experiment import in_experiment
from pipeline.language.catalogue import Texts
from pipeline.listing.assemble import assemble, rows_to_explain
from pipeline.listing.briefing import briefing
from pipeline.listing.checking import first_checks, last_checks, refuse
from pipeline.listing.decide import decide
from pipeline.listing.inputs import Inputs, past_of, read_inputs, rows_of, steps_since
from pipeline.listing.list_gate import failed
from pipeline.listing.movements import Today, compare
from pipeline.listing.render import render
from pipeline.listing.schema import FIGURES
from pipeline.listing.told import tell, uncertain
from pipeline.made_from import KEY as MADE_FROM
from pipeline.made_from import made_from
from pipeline.privacy.expiry import expire_lists
from pipeline.published import LATEST, publish_folder, refresh_latest
from pipeline.remote.copies import SETTING as COPY_TO
from pipeline.remote.copies import copy_lists
from pipeline.remote.store import open_store
from pipeline.settings import Settings, load_settings
from pipeline.summary import StageSummary, promised, whom
from pipeline.tables import LISTS

MOST_EXPLAINED = 1000  # of the top of the list, beside those who are to be contacted or held back


@dataclass(frozen=True)
class Made:
    """A list before it is published: its rows and its figures."""

    inputs: Inputs
    table: pa.Table
    briefing: dict[str, Any]


def main() -> None:
    """Write data/lists/<as_of>/ and data/lists/latest/. An experiment publishes nothing.

    Raises PublishError where the list does not pass its gate: `latest/` is then the last good list, marked stale.
    """
    summary = StageSummary("publish")
    settings = load_settings()
    if in_experiment():
        LISTS.mkdir(parents=True, exist_ok=True)
        summary.warn("An experiment never publishes: the last list stays. Run `make repro` on a branch to publish.")
        summary.show()
        return
    if settings.lists.copy_to:
        open_store(settings.lists.copy_to, COPY_TO)  # what it lacks is said before the work
    _pass(first_checks(settings), settings)
    made = _make(settings)
    _pass(last_checks(made.inputs, made.table, made.briefing, settings), settings)
    content = _manifest(made, settings)
    folder, new = publish_folder(
        made.inputs.as_of, lambda aside: render(aside, made.table, made.briefing, settings), content
    )
    refresh_latest()
    _say_expired(summary, [path.name for path in expire_lists(settings.lists.keep_days)])
    _copy(summary, settings)
    _say(summary, made, content, folder, new, settings.evaluation.capacity)


def _pass(checks: list[Any], settings: Settings) -> None:
    """Raise PublishError if a check failed; who reads the copies sees there, too, that the list is stale."""
    if not failed(checks):
        return
    try:
        refuse(failed(checks), settings)
    except PublishError as refused:
        try:
            _copy(None, settings)
        except PublishError as error:
            raise PublishError(f"{refused} {error}") from None
        raise


def _copy(summary: StageSummary | None, settings: Settings) -> None:
    """Bring the copies up to the lists here, where params.yaml asks for copies."""
    place = settings.lists.copy_to
    if not place:
        return
    copied = copy_lists(place, settings.lists.keep_days)
    if summary is not None:
        summary.line("copied", f"{place}: {', '.join(copied.written) or 'nothing new'}")
        if copied.removed:
            summary.warn(f"Removed from {place}, older than lists.keep_days: {', '.join(copied.removed)}.")


def _make(settings: Settings) -> Made:
    inputs = read_inputs(settings)
    decisions = decide(rows_of(inputs), past_of(inputs, settings), settings)
    between, warning = steps_since(inputs)
    today = Today(inputs.ids, inputs.scores.column("churn_probability").to_numpy(), decisions.risk_band)
    movements = compare(today, inputs.previous, between)
    texts = Texts(settings.report.language, settings.report.names)
    told = tell(inputs, rows_to_explain(decisions, MOST_EXPLAINED), texts, settings)
    table = assemble(inputs, decisions, movements, told, uncertain(inputs, texts), settings)
    warnings = [] if warning is None else [warning]
    return Made(inputs, table, briefing(inputs, table, decisions, movements, told, warnings, settings))


def _manifest(made: Made, settings: Settings) -> dict[str, Any]:
    told, scoring, inputs = made.briefing, made.inputs.scoring, made.inputs
    return {
        **{name: told[name] for name in ("as_of", "horizon_end", "valid_until", "model_version")},
        "champion": scoring["champion"],
        "rolled_back_from": scoring["rolled_back_from"],
        **{name: told[name] for name in ("customers", "already_lapsed", "object_to_profiling")},
        "bands": {name: told["promise"][name] for name in BANDS},
        "grade": {name: scoring["grade"][name] for name in ("letter", "sentence", "next_step")},
        "warnings": scoring["warnings"],
        "uncertain": told["uncertain"],
        "groups": {name: _count(made.table, "group", name) for name in ("contact", "holdout")},
        "holdout": {**settings.holdout.model_dump(), "programme": told["holdout"]["programme"]},
        "previous_list": inputs.previous.folder.name if inputs.previous else None,
        "briefing": FIGURES,
        MADE_FROM: made_from(settings, inputs.about, inputs.ingest),
    }


def _count(table: pa.Table, column: str, value: str) -> int:
    return int(pc.sum(pc.equal(table.column(column), value)).as_py() or 0)


def _say_expired(summary: StageSummary, names: list[str]) -> None:
    if names:
        summary.warn(
            f"{len(names)} lists were older than lists.keep_days and are removed, {names[0]} to {names[-1]}, from "
            "DVC's cache too. Remotes keep copies: dvc gc --workspace --cloud."
        )


def _say(summary: StageSummary, made: Made, content: dict[str, Any], folder: Path, new: bool, capacity: int) -> None:
    told = made.briefing
    summary.line("as of", content["as_of"])
    summary.line("customers in, rows out", f"{len(made.inputs.scores):,}, {len(made.table):,}")
    for name in BANDS:
        summary.line(name, promised(content["bands"][name]))
    summary.line("grade", f"{content['grade']['letter']}: {content['grade']['sentence']}")
    summary.line("this week", whom(told["contact"]))
    summary.line("already lapsed, not listed", content["already_lapsed"])
    summary.line("object to profiling, not listed", content["object_to_profiling"])
    if content["rolled_back_from"]:
        summary.warn(f"Scored by {content['model_version']}, brought back by hand from {content['rolled_back_from']}.")
    if told["cut"]["too_many_high"]:
        summary.warn(f"High holds {told['cut']['high_share']:.0%} of customers; {_proposed(told['cut']['proposals'])}.")
    if few := few_at_risk(made.table, capacity):
        summary.warn(few)
    summary.line("dated folder", f"{folder}{'' if new else ' (as it was)'}")
    summary.line("list", LATEST / "risk_list.xlsx")
    summary.show()


def few_at_risk(table: pa.Table, capacity: int) -> str:
    """What to do where high and medium would not fill half of a week's contacts; empty where they would.

    Edges that fit a shop in which every third leaves find nobody where one in twelve cancels in a month.
    """
    chances = table.column("churn_probability").to_numpy()
    at_risk, most = len(chances) - _count(table, "risk_band", "low"), min(capacity, len(chances))
    if 2 * at_risk >= most:
        return ""
    edge = np.partition(chances, len(chances) - most)[len(chances) - most]
    return (
        f"High and medium hold {at_risk:,} of {len(chances):,} customers, and {capacity:,} can be contacted "
        f"(evaluation.capacity): their chances begin at {edge:.2f}. Lower risk.medium and risk.high, or lengthen "
        "churn.horizon_days."
    )


def _proposed(proposals: list[dict[str, Any]]) -> str:
    texts = {
        "high": "with risk.high {value} it would hold {customers:,}",
        "capacity": "with risk.cut capacity the best {value:,} would be contacted",
    }
    return "; ".join(texts[item["kind"]].format(**item) for item in proposals) or "no other edge would help"


if __name__ == "__main__":
    run_stage(main)
