"""The plots of the pages: how risk is spread, where the value at risk lies, and why customers are at risk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from pipeline.pages.svg import COLOURS, drawing
from pipeline.pages.telling import MARKS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, SIZE, SMALL = 460, 12.5, 11.5  # points: on a phone the drawing shrinks to three quarters and is still read


def risk_plot(counts: Sequence[int | None], edges: tuple[float, float], words: dict[str, str]) -> Markup:
    """How many customers have which chance of leaving, one bar per entry of `counts`, which divide 0 to 1 evenly.

    None: a group too small to be told, no bar. `edges`: where medium and high begin; bars have the colour of the band
    in which they lie. `words`: title, across, up and the bands, in the page's language.
    """
    figure, axes = _figure(270, (0.085, 0.175, 0.875, 0.68))
    width, (medium, high) = 1 / len(counts), edges
    for number, count in enumerate(counts):
        middle = (number + 0.5) * width
        band = "high" if middle >= high else "medium" if middle >= medium else "low"
        if count:
            axes.bar(middle, count, width=width * 0.86, color=COLOURS[band], clip_on=False)
    most = max([count or 0 for count in counts] + [1])
    axes.set(xlim=(0, 1), ylim=(0, most * 1.04))
    for at in edges:
        axes.plot([at, at], [0, most * 1.16], color=COLOURS["soft"], linewidth=1, linestyle=(0, (3, 3)), clip_on=False)
    for band, start, end in (("low", 0, medium), ("medium", medium, high), ("high", high, 1)):
        _write(axes, (start + end) / 2, most * 1.1, f"{MARKS[band]} {words[band]}", COLOURS[band], weight="bold")
    _baseline(axes)
    for step in range(6):
        _write(axes, step / 5, -most * 0.07, words[f"at {step}"], COLOURS["soft"], size=SMALL)
    _write(axes, 0.5, -most * 0.2, words["across"], COLOURS["soft"])
    for share in (0.5, 1.0):
        value = most * share
        axes.plot([0, 1], [value, value], color=COLOURS["line"], linewidth=0.7, zorder=0)
    _write(axes, -0.012, most, words["most"], COLOURS["soft"], side="right", size=SMALL)
    return drawing(figure, "plot-risk", words["title"])


def bars_plot(name: str, rows: Sequence[tuple[str, float | None, str, str]], title: str) -> Markup:
    """One bar per row (label, length or None, text at its end, colour), from the top; None: too small to be told."""
    height = 30
    figure, axes = _figure(height * max(len(rows), 1) + 8, (0.0, 0.0, 1.0, 1.0))
    longest = max([value or 0 for _, value, _, _ in rows] + [1e-9])
    axes.set(xlim=(0, WIDTH), ylim=(len(rows) * height + 4, -4))
    label_end, room = 188, 168
    for number, (label, value, text, colour) in enumerate(rows):
        middle, length = (number + 0.5) * height, (value or 0) / longest * room
        _write(axes, label_end - 8, middle, label, COLOURS["ink"], side="right")
        axes.barh(middle, max(length, 1.5 if value else 0), left=label_end, height=17, color=COLOURS[colour])
        _write(axes, label_end + length + 8, middle, text, COLOURS["soft"], side="left")
    axes.plot([label_end, label_end], [0, len(rows) * height], color=COLOURS["line"], linewidth=1)
    return drawing(figure, name, title)


def _figure(height: float, place: tuple[float, float, float, float]) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure  # noqa: PLC0415  # see svg.drawing

    figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72)
    figure.patch.set_visible(False)
    axes = figure.add_axes(place)
    axes.set_axis_off()
    return figure, axes


def _baseline(axes: Axes) -> None:
    axes.plot([0, 1], [0, 0], color=COLOURS["soft"], linewidth=1, clip_on=False)


def _write(  # a text, where it stands and how it looks
    axes: Axes, x: float, y: float, text: str, colour: str, *, side: str = "center", size: float = SIZE,
    weight: str = "normal",
) -> None:  # fmt: skip
    # A dollar sign is money, not mathematics.
    axes.text(x, y, text, color=colour, ha=side, va="center", fontsize=size, fontweight=weight, parse_math=False)
