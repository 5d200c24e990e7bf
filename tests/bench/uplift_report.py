"""docs/bench/uplift.md from what bench_uplift found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).resolve().parents[2] / "docs/bench"
ORDERS = {
    "x": "X-learner",
    "x_published": "X-learner, weights as published",
    "t": "T-learner",
    "response": "response model",
    "history": "past spend",
}

HEADER = """# Whom contacts keep: the uplift model on a real test, and in worlds whose truth is known

    EBB_DATASETS=<folder> python -m tests.bench.bench_uplift

The Hillstrom e-mail test: 64,000 customers, a third each sent the men's e-mail, the women's, or none, by a draw. A
*visit* in the two weeks after is what is to be kept; recency, history, mens, womens, newbie, zip_code and channel are
what is known before. {splits} times a random half is learnt from and the other judged on. In brackets: a t interval
of the mean over splits, its variance corrected for the halves' overlap (Nadeau and Bengio, Machine Learning 52, 2003);
*range*: the lowest and the highest split. *Response model*: P(visit | contacted), as many trees of the same kind.
"""


def mean_interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Mean over splits with its corrected 95% interval: halves overlap, so splits know less than they seem to."""
    from scipy.stats import t

    each = np.array(values, np.float64)
    n = len(each)
    half = float(t.ppf(0.975, n - 1)) * np.sqrt((1 / n + 1.0) * each.var(ddof=1)) if n > 1 else np.nan
    return float(each.mean()), float(each.mean() - half), float(each.mean() + half)


def _cell(values: Sequence[float], scale: float, digits: int = 2) -> str:
    mean, low, high = (scale * figure for figure in mean_interval(values))
    return f"{mean:+.{digits}f} ({low:+.{digits}f} to {high:+.{digits}f})"


def _range(values: Sequence[float], scale: float, digits: int = 2) -> str:
    return f"{scale * min(values):+.{digits}f} to {scale * max(values):+.{digits}f}"


def effects(report: dict[str, Any]) -> list[str]:
    lines = [
        "## The average effect is the plain difference of means",
        "",
        "On the unseen halves, beside a difference of means with Welch's interval by SciPy. Spend in dollars.",
        "",
        "| e-mail | outcome | effect, mean of the splits | its interval, mean of the splits | Welch's | "
        "largest difference of the effects in any split |",
        "|---|---|---|---|---|---|",
    ]
    for emails, rows in report["emails"].items():
        for outcome, scale, unit in (("visit", 100, " points"), ("spend", 1, "")):
            own = [row[f"all.{outcome}"] for row in rows]
            plain = [row["plain"][outcome] for row in rows]
            most = max(abs(a["value"] - round(b["value"], 6)) for a, b in zip(own, plain, strict=True))
            shown = [
                " to ".join(f"{scale * np.mean([one[end] for one in each]):.2f}" for end in ("low", "high"))
                for each in (own, plain)
            ]
            value = scale * np.mean([one["value"] for one in own])
            lines.append(f"| {emails} | {outcome} | {value:.2f}{unit} | {shown[0]} | {shown[1]} | {most:.1g} |")
    exact = max(row["exact"] for rows in report["emails"].values() for row in rows)
    return [*lines, "", f"Before rounding for the report the largest difference is {exact:.1g}.", ""]


def qini(report: dict[str, Any], part: str, title: str, text: str) -> list[str]:
    lines = [
        f"## {title}",
        "",
        text,
        "",
        "| e-mail | order | area over random, x 1000 | range | coefficient | X-learner's area minus this, x 1000 | "
        "higher in splits |",
        "|---|---|---|---|---|---|---|",
    ]
    for emails, rows in report[part].items():
        for order, shown in ORDERS.items():
            area = [row[f"{order}.visit.area"]["value"] for row in rows]
            coefficient = [row["coefficient"][order] for row in rows]
            beside = "| |"
            if order != "x":
                less = [row[f"x-{order}.visit.area"]["value"] for row in rows]
                beside = f"| {_cell(less, 1000)} | {sum(each > 0 for each in less)} of {len(less)} |"
            figures = f"{_cell(area, 1000)} | {_range(area, 1000)} | {np.mean(coefficient):+.3f} {beside}"
            lines.append(f"| {emails} | {shown} | {figures}")
    return [*lines, "", *_said(report[part]), ""]


def _said(emails: dict[str, list[dict[str, Any]]]) -> list[str]:
    """In a line each: of which e-mails the X-learner's order is better or worse, the whole interval."""
    lines = []
    for beside, shown in (("x", "a random order"), ("x-response", "the response model"), ("x-t", "the T-learner")):
        found: dict[str, list[str]] = {"better": [], "worse": [], "neither": []}
        for name, rows in emails.items():
            _, low, high = mean_interval([row[f"{beside}.visit.area"]["value"] for row in rows])
            found["better" if low > 0 else "worse" if high < 0 else "neither"].append(name)
        said = "; ".join(f"{key}: {', '.join(names) or 'none'}" for key, names in found.items())
        lines.append(f"- The X-learner beside {shown}, by the whole interval: {said}.")
    return lines


def capacity(report: dict[str, Any]) -> list[str]:
    lines = [
        f"## With places for {report['share']:.0%} of the customers",
        "",
        "Visits added per 100 contacts, and dollars per contact (spend less an assumed 0.10 for the e-mail), on the "
        "unseen halves. *Verdict*: the rule of `models/saveable.py`, X-learner against the response model as the "
        "order in use, in each split.",
        "",
        "| e-mail | learnt from | X-learner | T-learner | response model | everybody | verdict by visits | "
        "dollars: X-learner | response model | verdict by dollars |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for part, learnt in (("emails", "half"), ("thinned", f"{report['thin'][0]:,} left alone")):
        for emails, rows in report[part].items():
            visits = [np.mean([row[f"{key}.visit.at"]["value"] for row in rows]) for key in ("x", "t", "response")]
            visits.append(np.mean([row["all.visit"]["value"] for row in rows]))
            money = [np.mean([row[f"{key}.profit.at"]["value"] for row in rows]) for key in ("x", "response")]
            said = [
                ", ".join(f"{key} {n}" for key, n in sorted(Counter(row[f"verdict.{name}"] for row in rows).items()))
                for name in ("visit", "profit")
            ]
            shown = " | ".join(f"{100 * each:.1f}" for each in visits)
            lines.append(f"| {emails} | {learnt} | {shown} | {said[0]} | {money[0]:.2f} | {money[1]:.2f} | {said[1]} |")
    return [*lines, ""]


def broken(report: dict[str, Any]) -> list[str]:
    lines = [
        "## The split broken on purpose",
        "",
        "The women's e-mail against none. Of a broken split nothing is claimed, whatever the figures seem to show. A "
        "loss that takes as many from both sides leaves the ratio as it is, and cannot be seen by it.",
        "",
        "| what is done | customers | contacted | what the e-mail would seem to add, visits per 100 | check |",
        "|---|---|---|---|---|",
    ]
    for row in report["broken"]:
        seeming = f"{100 * row['value']:+.2f} ({100 * row['low']:+.2f} to {100 * row['high']:+.2f})"
        said = "**broken: nothing is claimed**" if row["broken"] else "sound"
        lines.append(f"| {row['way']} | {row['customers']:,} | {row['contacted']:,} | {seeming} | {said} |")
    return [*lines, ""]


def worlds(report: dict[str, Any]) -> list[str]:
    lines = [
        "## Worlds whose truth is known",
        "",
        "`tests/uplift_world.py`: in *persuadable* contacts keep those who read what they are sent, not those at the "
        "highest risk; in *like_risk* they keep three in ten of all who would leave; in *same* they take ten points "
        "off everybody's chance of leaving; in *zero* nothing. Everybody is worth the same. What a contact truly saves "
        "on average, per 100 contacts, with places for three tenths of 20,000 other customers; and in how many worlds "
        "the verdict allows the order instead of risk.",
        "",
        "| effect | customers, left alone | X-learner | weights as published | T-learner | by risk | by the truth | "
        "by chance | order allowed (95% Wilson) |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    from scipy.stats import binomtest

    for row in report["worlds"]:
        saved = " | ".join(f"{100 * row[key]:.1f}" for key in ("x", "x_published", "t", "risk", "truth", "random"))
        band = binomtest(row["usable"], row["worlds"]).proportion_ci(method="wilson")
        said = f"{row['usable']} of {row['worlds']} ({band.low:.1%} to {band.high:.1%})"
        lines.append(f"| {row['effect']} | {row['customers']:,}, {row['holdout']:.0%} | {saved} | {said} |")
    return [*lines, ""]


def write_report(report: dict[str, Any]) -> None:
    """The page: means over all that the report holds split by split."""
    text = [
        HEADER.format(splits=report["splits"]),
        *effects(report),
        *qini(
            report,
            "emails",
            "Qini on the unseen half",
            "The area between the curve of visits added, per contacted customer, and a random order's line (0). The "
            "coefficient is that as a share of the best order there could be, which knows who visited.",
        ),
        *qini(
            report,
            "thinned",
            "The same, learnt from as few as lists have",
            f"{report['thin'][0]:,} left alone and {report['thin'][1]} times as many contacted, drawn from the "
            "learning half; judged on the whole other half.",
        ),
        *capacity(report),
        *broken(report),
        *worlds(report),
    ]
    (FOLDER / "uplift.md").write_text("\n".join(text), encoding="utf-8")
