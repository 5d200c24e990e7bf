"""The report of bench_quality: JSON, a table in Markdown and a plot, in docs/bench/."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

FOLDER = Path(__file__).resolve().parents[2] / "docs/bench"


def write_report(new: dict[str, Any]) -> None:
    """Merge what was run into what the last run wrote, and write the three files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / "quality.json"
    old = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"data_sets": {}, "worlds": {}}
    merged = {part: old[part] | new[part] for part in ("data_sets", "worlds")}
    path.write_text(json.dumps(_rounded(merged), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    text = "\n".join([*_head(), *_data_sets(merged["data_sets"]), *_worlds(merged["worlds"])]) + "\n"
    (FOLDER / "quality.md").write_text(text, encoding="utf-8")
    if merged["data_sets"]:
        _figure(merged["data_sets"]).savefig(FOLDER / "quality.png", dpi=110)
    print(text)
    print(f"written: {path}, quality.md, quality.png")


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return round(value, 5) if isinstance(value, float) else value


def _head() -> list[str]:
    return [
        "# How far the probabilities can be trusted",
        "",
        "Made by `make bench-quality`; every figure out of time, everything refitted at each origin. Ebb is the whole",
        "procedure, choices included. Log loss: mean over origins / over their later half. ECE: 15 equal bins, later",
        "half pooled. Differences are Ebb minus the other, with 95% intervals over origins; below zero Ebb is better.",
        "",
    ]


def _data_sets(found: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for name, block in found.items():
        lines += [f"## {name}: {len(block['origins'])} origins, {block['origins'][0]} to {block['origins'][-1]}", ""]
        lines += [
            "| | log loss | worst origin | ECE | mean bias | worst bias | AUC | lift | Ebb minus it, all | later half |"
        ]
        lines += ["|---|---|---|---|---|---|---|---|---|---|"]
        for key, row in block["table"].items():
            against = block["against"].get(key)
            shown = [_interval(against[part]) for part in ("all", "later")] if against else ["", ""]
            bias = f"{100 * row['mean_absolute_bias']:.1f} | {100 * row['worst_bias']:+.1f}"
            lines.append(
                f"| {'**Ebb**' if key == 'ebb' else key} | {row['log_loss']:.4f} / {row['log_loss_later']:.4f} "
                f"| {row['worst_log_loss']:.4f} | {row['ece_later_pooled']:.3f} | {bias} "
                f"| {row['auc']:.3f} | {row['lift']:.2f} | {shown[0]} | {shown[1]} |"
            )
        promises = block["promises"]
        lines += [
            "",
            f"Blends chosen: {', '.join(block['blends'])}. Noise floor of the ECE: {block['noise_floor_later']:.3f}. "
            f"Promises kept: {100 * promises['kept_later']:.0f}% of {promises['bands_later']} bands of the later half, "
            f"{100 * promises['kept_earlier']:.0f}% before; mean width {100 * promises['mean_width']:.0f} points.",
            "",
        ]
    return lines


def _interval(values: list[float]) -> str:
    return f"{values[0]:+.4f} ({values[1]:+.4f} to {values[2]:+.4f})"


def _worlds(found: dict[str, Any]) -> list[str]:
    lines = [
        "## Worlds whose truth is known",
        "",
        "| world, customers | recovered | draws | blends |",
        "|---|---|---|---|",
    ]
    for name in sorted(found, key=lambda key: (key.split()[0], int(key.split()[1]))):
        row = found[name]
        blends = ", ".join(sorted(set(row["blends"])))
        lines.append(f"| {name} | {np.mean(row['recovered']):.1f}% | {len(row['recovered'])} | {blends} |")
    return lines


def _figure(found: dict[str, Any]) -> Figure:
    """Log loss and bias of Ebb, BG/NBD and RFM logistic at every origin."""
    figure = Figure(figsize=(4 * len(found), 6), layout="constrained")
    axes = figure.subplots(2, len(found), squeeze=False)
    looks = {"ebb": ("#0b7285", 2.5), "bgnbd": ("#9aa5b1", 1.2), "rfm_logistic": ("#1b2a41", 1.0)}
    for column, (name, block) in enumerate(found.items()):
        for row, what in enumerate(("log_loss", "bias")):
            for key, (colour, width) in looks.items():
                values = [item[what] for item in block["rows"][key]]
                axes[row][column].plot(block["origins"], values, color=colour, linewidth=width, label=key)
            axes[row][column].tick_params(axis="x", rotation=70, labelsize=6)
            axes[row][column].spines[["top", "right"]].set_visible(False)
        axes[0][column].set_title(name, loc="left")
        axes[1][column].axhline(0, color="#9aa5b1", linewidth=0.8)
    axes[0][0].set_ylabel("log loss")
    axes[1][0].set_ylabel("promised minus realised")
    axes[0][0].legend(frameon=False)
    return figure
