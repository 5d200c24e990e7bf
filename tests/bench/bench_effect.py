"""Whether the intervals of the effect hold the truth, how often nothing is called something, and how long it takes.

    python -m tests.bench.bench_effect          # about two minutes of a core

Everything is drawn with a fixed seed: the report is the same in every run. Writes docs/bench/effect.md.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.compliance import compliance
from models.effect import FEWEST_EXPECTED, Difference, counts_of, difference, weeks_to_claim
from models.intervals import Estimate
from models.means import difference_of_means
from models.returns import Prices, returns
from models.sequential import always_valid
from models.table import Floats
from tests.drawn_arms import Truth, drawn, weekly

REPORT = Path(__file__).resolve().parents[2] / "docs/bench/effect.md"
REPEATS, PROGRAMMES, WEEKS = 1000, 4000, 26
RATES = ((0.2, 0.0), (0.2, 0.05), (0.5, 0.0), (0.5, 0.05), (0.5, 0.1), (0.8, 0.05), (0.9, 0.1))
SIZES = (300, 1000, 5000)
CHOSEN = (30, 100, 300, 1000, 2000)
COLUMNS = ("kept, one look", "kept, always", "saved customers", "saved value", "of those reached", "Welch's")
SEASON = 0.4 + 0.25 * np.sin(2 * np.pi * np.arange(WEEKS) / 52)

HEADER = f"""# Was it worth it: do the intervals hold, and is nothing ever called something?

    python -m tests.bench.bench_effect

Customers are drawn with a known truth (`tests/drawn_arms.py`): one in ten is held back, 70% of the contact arm and 5%
of the holdout are really contacted, who stays spends a lognormal amount (sigma 1). Fixed seed.

## Coverage of the 95% intervals

{REPEATS:,} repetitions a row. *Left*: share that leaves without contact; *kept*: what the draw keeps. *Always*: the
interval for any number of readings, read once, so that it has to hold in more than 95%. *Of those reached*: the effect
on those whom the draw made be contacted. *Told*: repetitions in which money and those reached are told at all (enough
leavers, stayers and spenders to be expected in the smaller arm). *Welch's*: the textbook interval for the same saved
value, which is not used: see `models/amounts.py`. To hold: 92 to 98%.
"""


def holds(interval: Estimate | None, truth: float) -> float:
    """1 or 0; NaN where nothing is told."""
    return np.nan if interval is None else float(interval.low <= truth <= interval.high)


def one(truth: Truth, customers: int, random: np.random.Generator) -> list[float]:
    """Which intervals of one drawn programme hold the truth, by column."""
    found = drawn(truth, customers, random)
    ledger = found.ledger
    contacted = int(ledger.contact.sum())
    counts = counts_of(ledger.contact, ledger.left, ledger.share).comparable()
    money = returns(ledger, Prices(0.5, 5.0))
    reached = compliance(ledger.contact, found.reached, ledger.left, ledger.share).kept
    welch = difference_of_means(ledger.spend, ledger.contact, ledger.share) if money else None
    return [
        holds(difference(counts).kept, truth.kept),
        holds(always_valid(counts), truth.kept),
        holds(money and money.saved_customers, truth.kept * contacted),
        holds(money and money.saved_value, truth.kept * truth.mean * contacted),
        holds(reached, truth.kept_of_reached),
        holds(welch and welch.interval(), truth.kept * truth.mean),
    ]


def coverage() -> list[str]:
    """The table of coverage."""
    random = np.random.default_rng(20)
    lines = [f"| left | kept | customers | {' | '.join(COLUMNS)} | told |", "|---" * (len(COLUMNS) + 4) + "|"]
    everything = []
    for leaving, kept in RATES:
        for size in SIZES:
            truth = Truth(leaving, kept, reached=0.7, anyway=0.05)
            rows = np.array([one(truth, size, random) for _ in range(REPEATS)])
            told = float(np.isfinite(rows[:, 3]).mean())
            held = np.nanmean(rows, axis=0)
            everything.append([*held, told])
            shown = " | ".join(f"{each:.1%}" for each in held)
            lines.append(f"| {leaving:.0%} | {kept:.0%} | {size:,} | {shown} | {told:.0%} |")
            print(lines[-1], flush=True)
    table = np.array(everything)
    ends = [f"{name} {table[:, i].min():.1%} to {table[:, i].max():.1%}" for i, name in enumerate(COLUMNS)]
    return [*lines, "", f"Lowest to highest: {', '.join(ends)}."]


def false_claims() -> list[str]:
    """The table of programmes without effect in which something is claimed at any reading."""
    random = np.random.default_rng(21)
    rates: dict[str, Floats] = {f"{rate:.0%}": np.full(WEEKS, rate) for rate in (0.05, 0.2, 0.5, 0.8, 0.95)}
    rates["15 to 65%, by season"] = SEASON
    lines = ["| left | " + " | ".join(f"{chosen:,} a week" for chosen in CHOSEN) + " |", "|---" * 6 + "|"]
    worst, unguarded = [0.0, 0.0], 0.0
    for name, leaving in rates.items():
        cells = []
        for chosen in CHOSEN:
            found = weekly(leaving, 0.0, chosen, PROGRAMMES, random)
            always = float((found.claimed() != 0).any(axis=1).mean())
            naive = float(found.claimed_by_one_look().any(axis=1).mean())
            unguarded = max(unguarded, float((found.claimed(fewest=0) != 0).any(axis=1).mean()))
            worst = [max(worst[0], always), max(worst[1], naive)]
            cells.append(f"{always:.1%} ({naive:.0%})")
        lines.append(f"| {name} | {' | '.join(cells)} |")
        print(lines[-1], flush=True)
    rule = f"without the rule of {FEWEST_EXPECTED} leavers and stayers to be expected in each arm"
    return [*lines, "", f"Highest: {worst[0]:.1%} ({worst[1]:.0%}); {rule}: {unguarded:.1%}."]


def weeks_until() -> list[str]:
    """The table of weeks until an effect is claimed."""
    random = np.random.default_rng(22)
    lines = [
        "| left | kept | chosen a week | half of programmes | 80% of programmes | foretold for 80% | wrong sign |",
        "|---" * 7 + "|",
    ]
    for leaving, kept in ((0.2, 0.05), (0.6, 0.05), (0.2, 0.1), (0.6, 0.1)):
        for chosen in (100, 300, 1000, 2000):
            found = weekly(np.full(208, leaving), kept, chosen, 1000, random).claimed()
            first = np.sort(np.where((found != 0).any(axis=1), (found != 0).argmax(axis=1) + 1, 9999))
            said = ["over 208" if week == 9999 else str(week) for week in (first[499], first[799])]
            held = chosen // 10
            week_one = Difference(chosen - held, 0, held, round(leaving * held), 0, None)
            foretold = weeks_to_claim(week_one, kept, chosen - held, held)
            ahead = "-" if foretold is None else str(foretold + 1)
            wrong = float((found == -1).any(axis=1).mean())
            cells = f"{chosen:,} | {said[0]} | {said[1]} | {ahead} | {wrong:.1%}"
            lines.append(f"| {leaving:.0%} | {kept:.0%} | {cells} |")
            print(lines[-1], flush=True)
    return lines


def main() -> None:
    """Draw everything and write the report."""
    parts = [HEADER, *coverage(), ""]
    parts += [f"## Nothing called something\n\nNo effect, read every week for {WEEKS} weeks, one in ten held back:"]
    parts += [
        f"share of {PROGRAMMES:,} programmes in which anything is claimed at any reading. In brackets: what reading"
    ]
    parts += ["the interval for one look every week would claim. To hold: at most 5%.", "", *false_claims(), ""]
    parts += [
        "## Weeks until an effect is claimed\n\nWeekly lists of new customers, outcomes known; 1,000 programmes a row."
    ]
    parts += ["*Foretold*: by `models.effect.weeks_to_claim` (a single reading at that week).", "", *weeks_until()]
    REPORT.write_text("\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
