"""The results as a table, in Markdown and for the terminal alike."""

from __future__ import annotations

import re
from typing import Any

from tests.bench.scale.targets import MET, NOT_MET, TARGETS

TITLES = {
    "featurize": "Features, from events to the written matrix",
    "stages": "Stages at large sizes, under a limit of memory",
    "engines": "Engines",
    "ingest": "Ingest",
    "weekly": "A new week",
    "learning": "Training, scoring, SHAP",
    "imports": "Import of each stage",
    "demo": "The demo, dvc repro",
}
SHAPE = ("events", "snapshots", "windows")


def markdown(found: dict[str, Any]) -> str:
    """The whole page."""
    machine = found["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in machine["packages"].items() if number)
    lines = [
        f"# Ebb at scale: the {found['size']} size",
        "",
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']}, Python "
        f"{machine['python']}, {versions}.",
        "",
        "CPU is user + system seconds of whole processes with all that they start, imports included, and peak memory "
        "that of the largest process. Figures are medians of runs that take turns, and ratios are taken within a turn. "
        "`busy` is how many cores other work kept busy meanwhile: wall times mean little where it is not near 0. "
        "Rivals make the same features for the same customers and snapshots, from the same files; values of a sample "
        "are compared with ours, and the comparison is void where they differ. How it is done: tests/bench/scale.",
        "",
        "## Must reach",
        "",
        *table(["", "measured", "at most", "events", ""], [_target(one) for one in targets(found)]),
    ]
    for name, title in TITLES.items():
        if name in found["families"]:
            lines += ["", f"## {title}", "", *_family(found["families"][name])]
    return "\n".join(lines) + "\n"


def targets(found: dict[str, Any]) -> list[dict[str, Any]]:
    """What was judged, in the order of the targets."""
    judged = [one for family in found["families"].values() for one in family.get("targets", [])]
    return sorted(judged, key=lambda one: list(TARGETS).index(one["target"]))


def _target(one: dict[str, Any]) -> list[str]:
    target = TARGETS[one["target"]]
    verdict = f"**{one['verdict']}**" if one["verdict"] in (MET, NOT_MET) else one["verdict"]
    unit = f" {target.unit}" if target.unit else ""
    return [target.what, f"{one['value']:.3g}{unit}", f"{target.most:.3g}{unit}", number(one["events"]), verdict]


def _family(family: dict[str, Any]) -> list[str]:
    if "failed" in family:
        return [f"Not measured: {family['failed']}"]
    rows = family["rows"]
    shape = [name for name in SHAPE if any(name in row for row in rows)]
    heads = ["", *shape, "CPU s", "wall s", "peak MB", "busy", "runs", "ratio", ""]
    return table(heads, [_row(row, shape) for row in rows])


def _row(row: dict[str, Any], shape: list[str]) -> list[str]:
    cells = [row["what"], *(number(row.get(name)) for name in shape)]
    if "skipped" in row:
        return [*cells, "", "", "", "", "", "", f"skipped: {' '.join(row['skipped'].split())}"]
    figures = [f"{row[name]:.{digits}f}" if name in row else "" for name, digits in _FIGURES]
    ratio = _ratio(row["ratio"]["median"], row["of"]) if "ratio" in row else ""
    return [*cells, *figures, number(row.get("runs")), ratio, "; ".join(_notes(row))]


def _ratio(median: float, of: str) -> str:
    return f"Ebb takes {median:.3g} of its CPU" if of == "rival" else f"{median:.3g} of {of}"


_FIGURES = (("cpu_s", 2), ("wall_s", 2), ("peak_mb", 0), ("others_cores", 1))


def _notes(row: dict[str, Any]) -> list[str]:
    notes: list[str] = []
    if "features" in row and "rows_out" in row and "trees" not in row:
        notes.append(f"{row['rows_out']:,} rows x {row['features']} features")
    if "rows_per_cpu_s" in row:
        notes.append(f"{row['rows_per_cpu_s']:,} rows a CPU second of the work alone")
    if "agreement" in row:
        notes.append(agreed(row["agreement"]))
    if "parts_cpu_s" in row:
        notes.append(", ".join(f"{name} {seconds:.1f}" for name, seconds in row["parts_cpu_s"].items()))
    if row.get("memory_limit"):
        notes.append(f"memory_limit {row['memory_limit']}")
    if "same_bytes" in row:
        notes.append("the same bytes" if row["same_bytes"] else "OTHER BYTES")
    if row.get("retrained"):
        notes.append("a slice matured, so the training table was made anew")
    return notes


def agreed(agreement: dict[str, Any]) -> str:
    """In words, how a rival's table compares with ours."""
    if not agreement["agrees"]:
        return f"VOID: other values in {', '.join(agreement['differs'])}"
    names = agreement["columns"]
    kinds = dict.fromkeys(re.sub(r"_\d+d$", "", name) for name in names)
    which = f"{len(names)} columns" if len(kinds) > 9 else f"{', '.join(kinds)} of every lookback"
    return f"same values in {which}; {agreement['compared_rows']:,} of {agreement['rows']:,} rows compared"


def number(value: int | None) -> str:
    """With thousands separators; nothing where there is none."""
    return "" if value is None else f"{value:,}"


def table(heads: list[str], rows: list[list[str]]) -> list[str]:
    """A table of Markdown whose columns stand below each other."""
    widths = [max(len(row[at]) for row in [heads, *rows]) for at in range(len(heads) - 1)]
    lines = ["| " + " | ".join([*map(str.ljust, row, widths), row[-1]]) + " |" for row in [heads, *rows]]
    return [lines[0], "|" + "---|" * len(heads), *lines[1:]]
