"""Where risk and value lie, from the list itself: the plots, and the same numbers as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pyarrow as pa
from markupsafe import Markup

from pipeline.pages.plots import bars_plot, risk_plot
from pipeline.pages.sentences import Briefing, unit
from pipeline.pages.sheets import Sheet
from pipeline.pages.telling import Telling, too_small
from pipeline.sections.acting import BANDS, TIERS

BARS = 20  # of five points each
Cell = tuple[str, str]  # band, tier


def risk(table: pa.Table, briefing: Briefing, telling: Telling) -> tuple[Markup, Sheet]:
    """The plot of how many customers have which chance of leaving, and its numbers, one row per bar that has any."""
    counts = histogram(table)
    hidden = too_small(dict(enumerate(counts)), telling.least)
    at = [telling.texts.percent(number / BARS) for number in range(BARS + 1)]
    words: dict[str, str] = {band: telling.word("band", band) for band in BANDS}
    words |= {f"at {step}": at[step * BARS // 5] for step in range(6)}
    shown = [None if number in hidden else count for number, count in enumerate(counts)]
    words |= {"title": telling.say("plot-risk"), "across": telling.say("plot-chance")}
    words["most"] = telling.texts.number(max([count or 0 for count in shown] + [0]))
    rows = [
        [
            telling.say("plot-range", **{"from": at[number], "to": at[number + 1]}),
            telling.count(count, number in hidden),
        ]
        for number, count in enumerate(counts)
        if count
    ]
    edges = (briefing["cut"]["medium"], briefing["cut"]["high"])
    head = [telling.say("plot-chance"), telling.say("plot-customers")]
    return risk_plot(shown, edges, words), Sheet(telling.say("plot-risk"), head, rows)


def histogram(table: pa.Table) -> list[int]:
    """How many customers have a chance of leaving in each twentieth of 0 to 1; the last includes 1."""
    chance = table["churn_probability"].to_numpy()
    # A chance that is written 0.35 lies in the bar that begins there, whatever its binary form is.
    bar = np.minimum(np.floor(chance * BARS + 1e-9), BARS - 1).astype(np.int64)
    return np.bincount(bar, minlength=BARS).tolist()


def value(table: pa.Table, briefing: Briefing, telling: Telling) -> tuple[Markup, Sheet]:
    """The plot of value at risk by band and tier, of customers where amounts are not known, and its numbers."""
    counts, amounts = by_band_and_tier(table)
    hidden, money = hidden_cells(counts, telling.least), briefing["money"]["known"]
    title = telling.say(f"plot-{unit(briefing)}" if money else "plot-frequency")
    plotted, rows = [], []
    for band in BANDS:
        for tier in TIERS:
            cell, count = (band, tier), counts[band, tier]
            names, customers = (
                [telling.band(band), telling.word("tier", tier)],
                telling.count(count, (band, tier) in hidden),
            )
            amount = telling.amount(amounts[cell], count, cell in hidden)
            length = None if cell in hidden else amounts[cell] if money else float(count)
            text = customers if cell in hidden or not money else amount
            plotted.append((" · ".join(names), length, text, band))
            rows.append([*names, customers, *([amount] if money else [])])
    head = [telling.column("risk_band"), telling.column("value_tier"), telling.say("plot-customers")]
    head += [telling.say(f"tile-{unit(briefing)}")] if money else []
    return bars_plot("plot-value", plotted, title), Sheet(title, head, rows, texts=2)


def by_band_and_tier(table: pa.Table) -> tuple[dict[Cell, int], dict[Cell, float]]:
    """Customers and value at risk of every band and tier; unknown amounts count as nothing."""
    bands, tiers = (np.asarray(table[name].to_pylist(), object) for name in ("risk_band", "value_tier"))
    at_risk = np.nan_to_num(table["value_at_risk"].to_numpy())
    counts: dict[Cell, int] = {}
    amounts: dict[Cell, float] = {}
    for band in BANDS:
        for tier in TIERS:
            inside = (bands == band) & (tiers == tier)
            counts[band, tier], amounts[band, tier] = int(inside.sum()), round(float(at_risk[inside].sum()), 2)
    return counts, amounts


def hidden_cells(counts: Mapping[Cell, int], least: int) -> set[Cell]:
    """The cells not to be told, as few as will do, so that none can be worked out from the sizes of bands or tiers.

    In every band and every tier either nothing is hidden, or everything, or at least two cells of `least` customers or
    more together. Nine cells have 512 sets of cells, so all are tried; of the smallest the one of fewest customers.
    """
    lines = [[(band, tier) for tier in TIERS] for band in BANDS] + [[(band, tier) for band in BANDS] for tier in TIERS]
    people = [cell for cell, count in counts.items() if count]
    small = {cell for cell in people if counts[cell] < least}
    others = [cell for cell in people if cell not in small]
    for more in range(len(others) + 1):
        found = [small | set(chosen) for chosen in combinations(others, more)]
        safe = [cells for cells in found if all(_is_safe(line, cells, counts, least) for line in lines)]
        if safe:
            return min(safe, key=lambda cells: sum(counts[cell] for cell in cells))
    return small | set(others)


def _is_safe(line: Sequence[Cell], hidden: set[Cell], counts: Mapping[Cell, int], least: int) -> bool:
    inside = [counts[cell] for cell in line if cell in hidden]
    told = [cell for cell in line if counts[cell] and cell not in hidden]
    return not inside or not told or (len(inside) > 1 and sum(inside) >= least)
