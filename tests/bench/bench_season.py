"""How well the season's clock is read in shops that grow or shrink: `python -m tests.bench.bench_season`.

Prints the error of the 52 factors (root mean square, the true ones have mean 1) by how fast newcomers grow, how many
days are known and whether records begin with the shop or two years into its life: as counted, and with growth out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.season import WEEKS, YEAR, Activity, seasonal
from models.table import Floats, Ints

CUSTOMERS, SEEDS = 8000, 3
GROWTHS, DAYS = (-0.3, 0.0, 0.5, 1.0), (400, 480, 600, 728, 910)
BEFORE = 2 * YEAR  # days of the shop's life that records may miss


@dataclass(frozen=True)
class Shop:
    """Customers by number: day of coming, purchases a day, day of leaving; and the season of each day."""

    first: Ints
    rate: Floats
    gone: Floats
    season: Floats


def shop(growth: float, days: int, random: np.random.Generator) -> Shop:
    """Newcomers grow by e to the `growth` a year; Gamma rates of buying and leaving; a Christmas and a mild summer."""
    share = random.random(CUSTOMERS)
    first = (np.log1p(share * np.expm1(growth * days / YEAR)) / growth * YEAR) if growth else share * days
    rate, hazard = random.gamma(1.2, 1 / 25, CUSTOMERS), random.gamma(0.7, 1 / 120, CUSTOMERS)
    day = np.arange(days) % YEAR
    season = 1 + 0.8 * np.exp(-0.5 * ((day - 340) / 14) ** 2) + 0.15 * np.sin(2 * np.pi * day / YEAR)
    return Shop(first.astype(np.int64), rate, first + random.exponential(1 / hazard), season / season[:YEAR].mean())


def activity(made: Shop, begins: int, random: np.random.Generator) -> Activity:
    """What records see that begin on a day: who is active, and who was never seen before."""
    days = len(made.season)
    seen, active, newcomers = np.zeros(CUSTOMERS, bool), np.zeros(days, np.int64), np.zeros(days, np.int64)
    for day in range(days):
        here = (made.first < day) & (made.gone > day)
        buys = (here & (random.random(CUSTOMERS) < -np.expm1(-made.rate * made.season[day]))) | (made.first == day)
        if day >= begins:
            active[day], newcomers[day] = buys.sum(), (buys & ~seen).sum()
            seen |= buys
    return Activity(0, active[begins:], newcomers[begins:])


def as_counted(known: Activity) -> Floats:
    """Each week against its year's mean, whatever the shop grew by."""
    years = len(known.active) // YEAR
    weekly = known.active[-years * YEAR :].reshape(years, WEEKS, 7).sum(axis=2).astype(np.float64)
    found: Floats = (weekly / weekly.mean(axis=1, keepdims=True)).mean(axis=0)
    return found


def errors(growth: float, days: int, before: int) -> tuple[float, float]:
    """As counted and with growth out, averaged over seeds."""
    found = []
    for seed in range(SEEDS):
        random = np.random.default_rng(seed)
        made = shop(growth, days + before, random)
        known, truth = activity(made, before, random), made.season[-YEAR:].reshape(WEEKS, 7).mean(axis=1)
        guesses = as_counted(known), np.array(seasonal(known, 1.0).weeks)
        found.append([float(np.sqrt(np.mean((guess - truth / truth.mean()) ** 2))) for guess in guesses])
    counted, without = np.mean(found, axis=0)
    return float(counted), float(without)


def main() -> None:
    """Print the table."""
    print("| records begin | newcomers a year | days known | as counted | growth out |\n|---|---|---|---|---|")
    for before, words in ((0, "with the shop"), (BEFORE, "two years later")):
        for growth in GROWTHS:
            for days in DAYS:
                counted, without = errors(growth, days, before)
                print(f"| {words} | {np.expm1(growth):+.0%} | {days} | {counted:.3f} | {without:.3f} |", flush=True)


if __name__ == "__main__":
    main()
