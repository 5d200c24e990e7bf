"""The cohorts as a drawing: how many of those who joined in a month were active in each month since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from pipeline.pages.kpi_part import cohort_numbers
from pipeline.pages.kpi_told import Row
from pipeline.pages.svg import COLOURS, drawing
from pipeline.pages.telling import Telling

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, SMALL = 460, 11.5  # as pipeline/pages/plots.py
LINE, CELL, LEFT, TOP = 22, 28, 120, 22
FAINTEST, STRONGEST = 0.08, 0.75  # how opaque the least and the highest share are: numbers on them stay readable


def heatmap(kpis: Row, telling: Telling) -> Markup:
    """One line per cohort, oldest first, one field per month since; the share in whole percent stands in each field.

    Empty where no cohort is older than a month. Groups too small to be told, and months to come, have no field.
    """
    sheet = cohort_numbers(kpis, telling, (WIDTH - LEFT) // CELL)
    if kpis["month"] is None or not sheet.rows:
        return Markup("")
    from matplotlib.figure import Figure  # noqa: PLC0415  # see svg.drawing

    lines, columns = len(sheet.rows), len(sheet.head) - 2
    height = TOP + LINE * lines + 24
    figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72)
    figure.patch.set_visible(False)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set(xlim=(0, WIDTH), ylim=(height, 0))
    highest = max((share for line in sheet.bars for share in line.values()), default=1.0) or 1.0
    for number, (texts, shares) in enumerate(zip(sheet.rows, sheet.bars, strict=True)):
        _line(axes, TOP + LINE * number, texts, {at - 2: share for at, share in shares.items()}, highest)
    for column in range(columns):
        _write(axes, LEFT + CELL * (column + 0.5), TOP / 2, telling.texts.number(column + 1), "soft")
    _write(axes, 2, TOP / 2, sheet.head[0], "soft", "left")
    _write(axes, LEFT - 6, TOP / 2, sheet.head[1], "soft", "right")
    _write(axes, LEFT + CELL * columns / 2, height - 11, telling.say("kpi-cohorts-across"), "soft")
    return drawing(figure, "plot-cohorts", sheet.caption)


def _line(axes: Axes, top: float, texts: list[str], shares: dict[int, float], highest: float) -> None:
    from matplotlib.colors import to_rgb  # noqa: PLC0415
    from matplotlib.patches import Rectangle  # noqa: PLC0415

    middle, colour = top + LINE / 2, to_rgb(COLOURS["low"])
    _write(axes, 2, middle, texts[0], "ink", "left")
    _write(axes, LEFT - 6, middle, texts[1], "soft", "right")
    for column, share in shares.items():
        strength = FAINTEST + (STRONGEST - FAINTEST) * share / highest
        place = (LEFT + CELL * column + 1, top + 1)
        axes.add_patch(Rectangle(place, CELL - 2, LINE - 2, facecolor=(*colour, strength), linewidth=0))
        _write(axes, LEFT + CELL * (column + 0.5), middle, texts[column + 2].rstrip("%\u00a0 "), "ink")


def _write(axes: Axes, x: float, y: float, text: str, colour: str, side: str = "center") -> None:
    axes.text(x, y, text, color=COLOURS[colour], ha=side, va="center", fontsize=SMALL, parse_math=False)
