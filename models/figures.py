"""Plots for people who look at runs in MLflow; DVC draws its own from the same points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.curves import Points

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK, QUIET, ACCENT = "#1b2a41", "#9aa5b1", "#0b7285"


def _figure(width: float, height: float) -> Figure:
    from matplotlib.figure import Figure  # noqa: PLC0415  # half a second, and only a run that is recorded needs it

    return Figure(figsize=(width, height), layout="constrained")


def _axes(title: str, x: str, y: str) -> tuple[Figure, Any]:
    figure = _figure(6.4, 4.4)
    axes = figure.subplots()
    axes.set_title(title, loc="left", color=INK)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def all_figures(points: dict[str, Any]) -> dict[str, Figure]:
    """One figure per set of points that `pipeline.evaluate` writes."""
    return {
        "reliability": reliability_figure(points["reliability"]),
        "gain": gain_figure(points["gain"]),
        "precision_recall": precision_recall_figure(points["precision_recall"]),
        "scores_by_slice": scores_figure(points["scores_by_slice"]),
        "backtest": backtest_figure(points["backtest"]),
    }


def reliability_figure(rows: Points) -> Figure:
    """Promised against realised churn with 95% intervals, over the band that chance alone would fill."""
    figure, axes = _axes("Promised and realised churn, newest test slice", "promised", "realised")
    x, y = [float(row["promised"]) for row in rows], [float(row["realised"]) for row in rows]
    below = [float(row["realised"]) - float(row["low"]) for row in rows]
    above = [float(row["high"]) - float(row["realised"]) for row in rows]
    axes.plot([0, 1], [0, 1], color=QUIET, linewidth=1)
    noise = [[float(row[name]) for row in rows] for name in ("noise_low", "noise_high")]
    axes.fill_between(x, *noise, color=QUIET, alpha=0.3, linewidth=0, label="chance alone (95%)")
    axes.legend(frameon=False)
    axes.errorbar(x, y, yerr=[below, above], fmt="o", color=ACCENT, capsize=2)
    return figure


def gain_figure(rows: Points) -> Figure:
    """Share of leavers found by share of customers contacted."""
    figure, axes = _axes("Leavers found, most at risk first", "share of customers contacted", "share of leavers found")
    x = [row["contacted"] for row in rows]
    axes.plot(x, [row["found"] for row in rows], color=ACCENT, label="model")
    axes.plot(x, [row["perfect"] for row in rows], color=INK, linewidth=1, linestyle="--", label="perfect")
    axes.plot([0, 1], [0, 1], color=QUIET, linewidth=1, label="by chance")
    axes.legend(frameon=False)
    return figure


def precision_recall_figure(rows: Points) -> Figure:
    """Precision by recall."""
    figure, axes = _axes("Precision and recall", "recall", "precision")
    axes.plot([row["recall"] for row in rows], [row["precision"] for row in rows], color=ACCENT)
    axes.set_ylim(0, 1.02)
    return figure


def scores_figure(rows: Points) -> Figure:
    """Distribution of probabilities, a line per slice."""
    figure, axes = _axes("Churn probabilities by slice", "churn probability", "share of customers")
    slices = list(dict.fromkeys(row["slice"] for row in rows))
    for number, name in enumerate(slices):
        part = [row for row in rows if row["slice"] == name]
        axes.step(
            [row["probability"] for row in part],
            [row["share"] for row in part],
            where="post",
            color=ACCENT if number == len(slices) - 1 else QUIET,
            label=str(name) if number == len(slices) - 1 else None,
        )
    axes.legend(frameon=False)
    return figure


def backtest_figure(rows: list[dict[str, Any]]) -> Figure:
    """Log loss of the procedure and of each baseline, and its level, at every past origin."""
    figure = _figure(8, 6)
    above, below = figure.subplots(2, 1, sharex=True)
    above.set_title("Log loss at past dates, everything refitted at each", loc="left", color=INK)
    days = [row["origin"] for row in rows]
    names = list(dict.fromkeys(name for row in rows for name in row["log_loss"]))
    for number, name in enumerate(names):
        look = {"color": ACCENT, "linewidth": 2.5} if name == "model" else {"color": f"C{number}", "linewidth": 1}
        above.plot(days, [row["log_loss"].get(name, float("nan")) for row in rows], label=name, **look)
    if names:
        above.legend(frameon=False, ncols=3, fontsize=8)
    below.set_title("Promised and realised share of leavers", loc="left", color=INK)
    below.plot(days, [row["mean_probability"] for row in rows], color=ACCENT, label="promised")
    below.plot(days, [row["base_rate"] for row in rows], color=INK, linestyle="--", label="left")
    below.tick_params(axis="x", rotation=60, labelsize=7)
    if names:
        below.legend(frameon=False)
    for axes in (above, below):
        axes.spines[["top", "right"]].set_visible(False)
    return figure
