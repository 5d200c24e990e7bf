"""The effect in simulated programmes: does its interval hold the truth, and what is claimed where there is none.

    python -m tests.bench.bench_loop [--repetitions 200]

Prints a table and writes docs/bench/loop.md. Lists are those of a perfect model (pipeline/simulation/programme.py), the
customers, their hidden states and their contacts those of the simulated shop; the statistics are those of the stage
`measure`. The truth of a programme is the mean true effect on the customers whom the reading counts as contacted.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from tqdm import tqdm

from models.effect import counts_of, effect
from models.split import check_split
from pipeline.simulation.kinds import Setting
from pipeline.simulation.programme import run_programme
from tests.bench.scale.machine import machine

OUT = Path("docs/bench/loop.md")
SHARE, WEEK = 0.2, 7


def main() -> None:
    """Run all repetitions of both worlds and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=200)
    parser.add_argument("--customers", type=int, default=1200)
    parser.add_argument("--weeks", type=int, default=26)
    args = parser.parse_args()
    rows = []
    for name, size in (("contacts win persuadables back", 0.8), ("contacts do nothing", 0.0)):
        settings = [
            Setting(seed=seed, customers=args.customers, effect=size, weeks=args.weeks)
            for seed in range(args.repetitions)
        ]
        with ProcessPoolExecutor() as pool:
            rows.append((name, list(tqdm(pool.map(_read, settings), name, len(settings)))))
    text = _page(rows, args)
    OUT.write_text(text, encoding="utf-8")
    print(text)


def _read(setting: Setting) -> dict[str, float | bool]:
    """The last reading of a programme beside the truth, and whether anything was claimed at any weekly reading."""
    first = run_programme(setting).first_only()
    contact, share = ~first.held, np.full(len(first.held), SHARE)
    whole = effect(counts_of(contact, first.left, share), check_split(contact, share))
    kept, always = whole.difference.kept, whole.always
    truth = float(first.kept[contact].mean())
    claims = []
    for now in np.unique(first.day):
        known = first.day <= now
        known_contact = contact[known]
        reading = effect(
            counts_of(known_contact, first.left[known], share[known]), check_split(known_contact, share[known])
        )
        claims.append(reading.claimed)
    return {
        "covered": kept is not None and kept.low <= truth <= kept.high,
        "covered_always": always is not None and always.low <= truth <= always.high,
        "claimed_kept": "kept" in claims,
        "claimed_lost": "lost" in claims,
        "chosen": len(first.held),
        "truth": truth,
        "estimate": np.nan if kept is None else kept.value,
    }


def _page(rows: list[tuple[str, list[dict[str, float | bool]]]], args: argparse.Namespace) -> str:
    """The page of results."""
    about = machine()
    lines = [
        "# The effect of contacting in simulated programmes",
        "",
        f"`python -m tests.bench.bench_loop --repetitions {args.repetitions} --customers {args.customers}`: "
        f"{args.repetitions} programmes of each world, "
        f"{args.customers:,} customers, {args.weeks} weekly lists, {SHARE:.0%} held back; {about['processor']}.",
        "",
        "| world | customers chosen | true effect, points | estimate, points | 95% interval holds the truth | "
        "interval for all readings holds it | claimed to keep at any weekly reading | claimed to drive away |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, found in rows:
        mean = {key: float(np.nanmean([float(item[key]) for item in found])) for key in found[0]}
        lines.append(
            f"| {name} | {mean['chosen']:,.0f} | {100 * mean['truth']:.1f} | {100 * mean['estimate']:.1f} | "
            f"{mean['covered']:.1%} | {mean['covered_always']:.1%} | {mean['claimed_kept']:.1%} | "
            f"{mean['claimed_lost']:.1%} |"
        )
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
