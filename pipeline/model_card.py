"""data/reports/model_card.md: what the challenger is, how it was judged, and what it is not for. Made by every run."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.challenger import challenger_manifest
from pipeline.tables import REPORTS, read_json, write_text


def write_model_card(promotion: dict[str, Any]) -> None:
    """Render the card from the manifest, the evaluation, the calibration and the gate's decision."""
    # Markdown, never HTML: nothing in it comes from customers.
    environment = Environment(
        loader=PackageLoader("pipeline"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701
        keep_trailing_newline=True,
    )
    text = environment.get_template("model_card.md").render(
        model=challenger_manifest(),
        evaluation=read_json(REPORTS / "evaluation.json"),
        calibration=read_json(REPORTS / "calibration.json"),
        backtest=read_json(REPORTS / "backtest.json"),
        promotion=promotion,
    )
    write_text(text, REPORTS / "model_card.md")
