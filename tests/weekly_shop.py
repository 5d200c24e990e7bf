"""A checkout of this project with a little shop in it, as a data team would set it up for a scheduler. A helper."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cut import Checkout, make_checkout
from little_shop import CHANGES
from workspace import Row, params, source_bytes, write_file

RECOGNISED = "zq"  # every customer's id begins with it, and nothing else of the shop's does


def with_recognised_ids(rows: Sequence[Row]) -> list[Row]:
    """The same customers under ids that a search finds."""
    return [(f"{RECOGNISED}{row[0]}", *row[1:]) for row in rows]


def shop_checkout(folder: Path, rows: Sequence[Row]) -> Checkout:
    """A git repository with the project, the shop's settings and its events; committed."""
    checkout = make_checkout(folder)
    events = {**params()["events"], "query": None, "collapse": None, "timezone": "UTC"}
    sections: dict[str, dict[str, Any]] = {"events": events, "engine": {"threads": 1}}
    for path, value in CHANGES.items():
        section, key = path.split(".")
        sections.setdefault(section, {})[key] = value
    checkout.set_params(**sections)
    bring(checkout, rows)
    checkout.commit()
    return checkout


def bring(checkout: Checkout, rows: Sequence[Row]) -> None:
    """The export of a week."""
    write_file(checkout.root, source_bytes("events.csv", with_recognised_ids(rows)))


def told(checkout: Checkout) -> dict[str, Any]:
    """The summary of the newest run."""
    found: dict[str, Any] = json.loads((checkout.root / "data/weekly/summary.json").read_text(encoding="utf-8"))
    return found
