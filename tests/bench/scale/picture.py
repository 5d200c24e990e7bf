"""The results as one picture: CPU by number of events, CPU by number of snapshots, and the targets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.bench.scale.plan import SNAPSHOTS
from tests.bench.scale.report import targets
from tests.bench.scale.targets import MET, NOT_MET, TARGETS

OURS, LIMIT, OTHERS = "#0b7285", "#9aa5b1", ("#c2410c", "#7c3aed", "#1b2a41", "#ca8a04")
SEVEN = 7


def draw(found: dict[str, Any], path: Path) -> None:
    """Write the PNG."""
    from matplotlib.figure import Figure

    rows = found["families"].get("featurize", {}).get("rows", [])
    figure = Figure(figsize=(15, 5), layout="constrained")
    by_events, by_snapshots, bars = figure.subplots(1, 3)
    _by_events(by_events, [row for row in rows if row["windows"] == SEVEN and row["snapshots"] == SNAPSHOTS])
    _by_snapshots(by_snapshots, [row for row in rows if row["windows"] == SEVEN])
    _bars(bars, targets(found))
    for axes in (by_events, by_snapshots, bars):
        axes.spines[["top", "right"]].set_visible(False)
    figure.suptitle(f"Ebb at scale, {found['size']} size, {found['machine']['cores']} cores", x=0.01, ha="left")
    figure.savefig(path, dpi=110, metadata={"Software": None})


def _by_events(axes: Any, rows: list[dict[str, Any]]) -> None:
    names = list(dict.fromkeys(row["what"] for row in rows if "cpu_s" in row and row["what"] != "featuretools"))
    colours = iter(OTHERS)
    for name in names:
        points = sorted({row["events"]: row["cpu_s"] for row in rows if row["what"] == name and "cpu_s" in row}.items())
        colour = OURS if name.startswith("Ebb") else LIMIT if name.startswith("limit") else next(colours)
        style = "--" if name.endswith("sorted file") else "-"
        axes.loglog(*zip(*points, strict=True), style, marker="o", markersize=4, color=colour, label=name)
    axes.set(xlabel="events", ylabel="CPU seconds")
    axes.set_title(f"{SNAPSHOTS} snapshots, {SEVEN} lookbacks", loc="left")
    if names:
        axes.legend(frameon=False, fontsize=8)


def _by_snapshots(axes: Any, rows: list[dict[str, Any]]) -> None:
    largest = max((row["events"] for row in rows if row["snapshots"] != SNAPSHOTS), default=None)
    for name, colour in (("Ebb, from blocks", OURS), ("limit: scan + write alone", LIMIT)):
        several = [row for row in rows if row["what"] == name and row["events"] == largest]
        points = sorted((row["snapshots"], row["cpu_s"]) for row in several)
        if points:
            axes.plot(*zip(*points, strict=True), marker="o", markersize=4, color=colour, label=name)
    axes.set(xlabel="snapshots", ylabel="CPU seconds", ylim=(0, None))
    axes.set_title(f"{largest:,} events" if largest else "", loc="left")


def _bars(axes: Any, judged: list[dict[str, Any]]) -> None:
    """Measured over allowed: what is left of the line is reached."""
    shown = [one for one in judged if one["verdict"] in (MET, NOT_MET)]
    if not shown:
        axes.set_axis_off()
        axes.set_title("no target was measured at its size", loc="left", fontsize=10)
        return
    names = [f"{TARGETS[one['target']].what}{_at(one['events'])}" for one in shown]
    colours = [OURS if one["verdict"] == MET else OTHERS[0] for one in shown]
    axes.barh(range(len(shown)), [one["value"] / one["most"] for one in shown], color=colours)
    axes.set_yticks(range(len(shown)), names, fontsize=8)
    axes.invert_yaxis()
    axes.axvline(1, color="#1b2a41", linewidth=0.8)
    axes.set_title("measured over allowed", loc="left")


def _at(events: int | None) -> str:
    return f"\n{events:,} events" if events else ""
