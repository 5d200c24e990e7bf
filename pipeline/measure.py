"""Stage: did it come true, and was it worth it? Outcomes of past lists, receipts, and what contacting achieved."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pyarrow.compute as pc

from models.bands import BANDS
from models.promise import Spread
from pipeline.contacting.past_lists import PastList, past_lists
from pipeline.errors import run_stage
from pipeline.measuring.choices import of_question
from pipeline.measuring.effects import effects
from pipeline.measuring.outcomes import Looked, look, write_outcomes
from pipeline.measuring.receipts import pace_of, told_of_closed, told_of_open
from pipeline.measuring.replayed import SHOWN, replayed_dates, replayed_receipts
from pipeline.settings import Settings, load_settings
from pipeline.summary import StageSummary
from pipeline.tables import (
    CALIBRATION,
    CHOSEN_TABLE,
    EVENTS_OPEN,
    MEASURED,
    PLOTS,
    REPORTS,
    read_json,
    read_table,
    write_json,
    write_text,
)


def main() -> None:
    """Write data/outcomes, data/reports/measurement.json and the points of its plots."""
    summary = StageSummary("measure")
    settings = load_settings()
    as_of = date.fromisoformat(read_json(EVENTS_OPEN / "as_of.json")["as_of"])
    lists = past_lists(before=as_of).lists[-settings.measure.lists :]
    looked = look(lists, as_of, replayed_dates(settings) if lists else [], settings)
    write_outcomes(looked.closed)
    measured = _measured(as_of, lists, looked, settings)
    write_json(measured, MEASURED)
    write_json(_figures(measured), REPORTS / "measurement.json")
    write_text(_receipts_csv(measured["receipts"]), PLOTS / "receipts.csv")
    _say(summary, measured)


def _measured(as_of: date, lists: list[PastList], looked: Looked, settings: Settings) -> dict[str, Any]:
    """Everything that was found out, as the list's page tells it."""
    spread = Spread.from_json(read_json(CALIBRATION / "shipped_calibration.json")["spread"])
    chosen, alike = read_table(CHOSEN_TABLE), _alike(lists, looked, settings)
    yes = chosen.filter(pc.equal(chosen.column("arm"), "contact"))
    receipts = []
    for one in looked.closed:
        asked = yes.filter(pc.equal(yes.column("list"), one.past.name)).column("customer_id").combine_chunks()
        receipts.append(told_of_closed(one, asked, spread))
    pace, silence = pace_of(looked, settings), settings.churn.silence
    return {
        "as_of": str(as_of),
        "lists": {"measured": len(lists), "closed": len(looked.closed), "open": len(looked.open)},
        "receipts": [*replayed_receipts()[: max(SHOWN - len(receipts), 0)], *receipts],
        "interim": [told_of_open(one, pace, spread, silence) for one in looked.open],
        "effect": effects(of_question(chosen, alike), looked.closed, settings),
        "one_question": {"lists": alike, "closed": [one.past.name for one in looked.closed if one.past.name in alike]},
        "revised": {one.past.name: one.revised for one in looked.closed if one.revised},
        "other_question": looked.unlike,
        "contacts": read_json(REPORTS / "contacts.json"),
    }


def _alike(lists: list[PastList], looked: Looked, settings: Settings) -> list[str]:
    """Lists whose effect may be added up: the same question, the same horizon and lead."""
    churn = settings.churn
    now = (churn.lead_days, churn.horizon_days)
    return [
        one.name
        for one in lists
        if one.name not in looked.unlike
        and (one.settings["churn"]["lead_days"], one.settings["churn"]["horizon_days"]) == now
    ]


def _figures(measured: dict[str, Any]) -> dict[str, Any]:
    """Numbers alone, for `dvc metrics`: the newest receipt, how many promises held, and the effect."""
    receipts, effect = measured["receipts"], measured["effect"]
    newest = receipts[-1] if receipts else None
    groups = [group for item in receipts for name, group in item["groups"].items() if name in BANDS]
    kept = sum(group["kept"] for group in groups)
    found: dict[str, Any] = {
        **{f"lists_{name}": number for name, number in measured["lists"].items()},
        "receipts": len(receipts),
        "receipts_of_lists": sum(item["kind"] == "list" for item in receipts),
        "promises_kept": round(kept / len(groups), 6) if groups else None,
        "outcomes_revised": sum(measured["revised"].values()),
    }
    if newest is not None:
        found |= {
            f"newest_{name}_{what}": group[what]
            for name, group in newest["groups"].items()
            for what in ("customers", "promised", "realised")
        }
        found |= {f"newest_{name}": value for name, value in newest["figures"].items()}
    if effect is not None:
        known = effect["kept"] or {"value": None, "low": None, "high": None}
        found |= {f"kept_more{end}": known[name] for end, name in (("", "value"), ("_low", "low"), ("_high", "high"))}
        found |= {"contacted": effect["contacted"], "held_back": effect["held_back"]}
        found["split_p_value"] = effect["split"]["p_value"]
    return found


def _receipts_csv(receipts: list[dict[str, Any]]) -> str:
    """A line per list and group: what was promised and what came, as shares."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["as_of", "kind", "band", "series", "share"])
    for item in receipts:
        for name, group in item["groups"].items():
            writer.writerow([item["as_of"], item["kind"], name, f"{name}, promised", group["promised"]])
            writer.writerow([item["as_of"], item["kind"], name, f"{name}, left", group["realised"]])
    return buffer.getvalue()


def _say(summary: StageSummary, measured: dict[str, Any]) -> None:
    lists = measured["lists"]
    summary.line("lists closed, still open", f"{lists['closed']}, {lists['open']}")
    for item in measured["receipts"][-SHOWN:]:
        said = "; ".join(_sentence(name, group) for name, group in item["groups"].items() if name in BANDS)
        summary.line(f"{item['as_of']}{' (replay)' if item['kind'] == 'replay' else ''}", said)
    for item in measured["interim"]:
        high = item["groups"].get("high")
        if high and item["silence"]:
            summary.line(
                f"{item['as_of']}, after {item['weeks']} of {item['of_weeks']} weeks",
                f"{high['back']} of {high['customers']:,} High are back, {high['low']} to {high['high']} were expected",
            )
    _say_effect(summary, measured["effect"])
    for name, number in measured["revised"].items():
        summary.warn(f"Late events changed the outcome of {number:,} customers of the list of {name}.")
    if measured["other_question"]:
        summary.warn(f"Not measured, since leaving meant something else: {', '.join(measured['other_question'])}.")
    summary.show()


def _sentence(name: str, group: dict[str, Any]) -> str:
    return (
        f"{name}: said {group['promised']:.0%}, {group['realised']:.0%} left "
        f"({group['low']:.0%} to {group['high']:.0%}), {group['customers']:,} customers"
    )


def _say_effect(summary: StageSummary, effect: dict[str, Any] | None) -> None:
    if effect is None:
        summary.line("effect of contacting", "no list with contacts has closed yet")
    elif effect["split"]["broken"]:
        split = effect["split"]
        summary.warn(
            f"The split is broken: {split['observed']:,} of {split['chosen']:,} were held back where "
            f"{split['expected']:,.0f} were to be (p = {split['p_value']:.1g}). Nothing is claimed of the contacts."
        )
    elif effect["kept"]:
        kept = effect["kept"]
        summary.line(
            "effect of contacting",
            f"{effect['claimed']}: {100 * kept['value']:+.1f} points of retention ({100 * kept['low']:+.1f} to "
            f"{100 * kept['high']:+.1f}), {effect['contacted']:,} contacted, {effect['held_back']:,} held back",
        )


if __name__ == "__main__":
    run_stage(main)
