"""`make demo-loop`: the loop on a simulated shop whose truth is known: what was promised, what came, what was true."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from pipeline.errors import run_stage
from pipeline.simulation.kinds import Setting
from pipeline.simulation.played import Played, Week, play
from pipeline.tables import DATA, write_json

FOLDER = DATA / "demo_loop"


def main() -> None:
    """Play it in data/demo_loop, and print a line per week and what it all shows."""
    args = _arguments()
    setting = Setting(seed=args.seed, customers=args.customers, effect=args.effect, weeks=args.weeks)
    played = Played()
    bar = tqdm(play(args.folder, setting), "weeks", setting.weeks + 1, disable=not sys.stderr.isatty())
    for played in bar:
        bar.set_postfix_str(str(played.weeks[-1].as_of))
    console = Console(width=150, highlight=False)
    console.print(_table(played))
    for sentence in sentences(played, setting):
        console.print(sentence)
    write_json(record(played), args.folder / "loop.json")
    console.print(
        f"The last page: {args.folder / 'data/lists/latest/report.html'}; all figures: {args.folder}/loop.json"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weeks", type=int, default=40, help="lists to draw")
    parser.add_argument("--customers", type=int, default=5000)
    parser.add_argument(
        "--effect", type=float, default=0.8, help="chance that a contact wins a persuadable back; 0: none"
    )
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    return parser.parse_args()


def _table(played: Played) -> Table:
    """A line per list: promise, truth and outcome in leavers; the effect as read on that day beside the true one."""
    table = Table(title="Weeks of the loop (*: learnt anew)", box=None, padding=(0, 1))
    heads = ("list of", "customers", "promised to leave", "truth, left alone", "left", "kept", "contacted")
    for name in (*heads, "effect so far, points", "true", "claimed"):
        table.add_column(name, justify="left" if name == "list of" else "right")
    for week in played.weeks:
        table.add_row(*_line(week, played))
    return table


def _line(week: Week, played: Played) -> list[str]:
    came = played.receipts.get(str(week.as_of))
    if not week.promise:
        return ["at the end", *[""] * 6, *_effect(week)]
    low, high = week.promise["low"], week.promise["high"]
    said = f"{week.promise['expected_leavers']:,.0f} ({low:,.0f} to {high:,.0f})"
    left, kept = ("", "") if came is None else (f"{came['groups']['all']['left']:,}", _kept(came))
    line = [f"{week.as_of}{' *' if week.retrained else ''}", f"{week.customers:,}", said, f"{week.truth:,.0f}"]
    return [*line, left, kept, f"{week.asked:,}", *_effect(week)]


def _kept(came: dict[str, Any]) -> str:
    return "yes" if came["groups"]["all"]["kept"] else "NO"


def _effect(week: Week) -> list[str]:
    if week.effect is None or week.true_effect is None or week.effect["kept"] is None:
        return ["", "", ""]
    always = week.effect["always"] or week.effect["kept"]
    told = f"{100 * always['value']:+.1f} ({100 * always['low']:+.1f} to {100 * always['high']:+.1f})"
    return [told, f"{100 * week.true_effect:+.1f}", week.effect["claimed"]]


def record(played: Played) -> dict[str, Any]:
    """Everything as plain data."""
    return {
        "weeks": [
            {
                "as_of": str(week.as_of), "customers": week.customers, "promise": week.promise, "truth": week.truth,
                "contacted": week.asked, "retrained": week.retrained, "effect": week.effect,
                "true_effect": week.true_effect,
            }
            for week in played.weeks
        ],
        "receipts": played.receipts,
        "true_effect_at_the_top": dict(played.at_the_top),
    }  # fmt: skip


def sentences(played: Played, setting: Setting) -> list[str]:
    """What it shows: promises kept, intervals that hold the truth, and when the effect was first claimed."""
    groups = [item["groups"] for item in played.receipts.values()]
    kept = [group["kept"] for one in groups for name, group in one.items() if name != "all"]
    read = [week for week in played.weeks if week.effect and week.true_effect is not None and week.effect["always"]]
    holds = [week.effect["always"]["low"] <= week.true_effect <= week.effect["always"]["high"] for week in read]  # type: ignore[index]
    claims = [week for week in read if week.effect and week.effect["claimed"] != "nothing shown"]
    lists = [week for week in played.weeks if week.promise]
    true = sum(week.promise["low"] <= week.truth <= week.promise["high"] for week in lists)
    alone = [item["left_alone"]["kept"] for item in played.receipts.values() if item["left_alone"]]
    said = [
        f"Promises, which are of customers left alone: {true} of {len(lists)} hold the true number of leavers, and "
        f"{sum(alone)} of {len(alone)} came true among those left alone.",
        f"Of bands with the contacted in them, {sum(kept)} of {len(kept)} came true: contacts keep some.",
        f"Effect: on {sum(holds)} of {len(holds)} readings the interval holds the true effect.",
    ]
    if claims:
        weeks = (claims[0].as_of - played.weeks[0].as_of).days // 7
        said.append(f"First claimed after {weeks} weeks: {claims[0].effect['claimed']}.")  # type: ignore[index]
    else:
        said.append(
            "Nothing was ever claimed" + (", as it should be: contacts do nothing here." if not setting.effect else ".")
        )
    top = played.at_the_top
    if top:
        told = ", ".join(f"by {name} {100 * top[name]:.1f}" for name in ("uplift", "risk", "truth"))
        said.append(
            f"Points of retention that contacting the top third of later customers truly brings: {told}; "
            f"all of them {100 * top['all']:.1f}. The order by uplift learnt from the earlier half alone."
        )
    return said


if __name__ == "__main__":
    run_stage(main)
