"""Access: `python -m pipeline.access`, one id on standard input; all that is held and predicted, as JSON on stdout.

Nothing is written. GDPR Art. 15: the data, where they lie, the predictions, and the logic involved.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipeline.errors import ArtifactError, ConfigError, run_stage
from pipeline.folders import MANIFEST
from pipeline.privacy.asked import Asked, as_pseudonyms, find_asked, read_ids
from pipeline.privacy.holds import OWNER, Person, holds
from pipeline.privacy.stores import PULLED, stored_files
from pipeline.protection.forgotten import read_forgotten
from pipeline.protection.keys import key_if_set, read_key, tombstones
from pipeline.protection.protect import KEY_FILE
from pipeline.published import LATEST, dated_folders
from pipeline.settings import Settings, load_settings
from pipeline.tables import CATALOG, LISTS, REPORTS, read_json

SHOWN = ("as_of", "horizon_end", "valid_until", "model_version", "grade", "amended")


def main() -> None:
    """Print what is held on one person. Raises ConfigError for several ids, or where a key is needed and missing."""
    pseudonymous = as_pseudonyms(sys.argv[1:])
    settings = load_settings()
    key = read_key("customers have pseudonyms") if KEY_FILE.exists() or pseudonymous else key_if_set()
    names = read_ids()
    if len(names) != 1:
        raise ConfigError(f"standard input holds {len(names)} ids: ask about one person at a time.")
    asked = find_asked(settings, names, key, pseudonymous)
    marks = {mark for _, mark in read_forgotten()}
    forgotten = bool(key and marks.intersection(tombstones(key, asked.pseudonyms)))
    sys.stdout.write(
        json.dumps(_answer(asked, settings, forgotten), indent=2, ensure_ascii=False, default=_plain) + "\n"
    )


def _answer(asked: Asked, settings: Settings, forgotten: bool) -> dict[str, Any]:
    owner = settings.events.columns.get("customer_id", OWNER)
    held, elsewhere = {}, []
    for path in stored_files([Path(source) for source in settings.sources()]):
        if path.is_relative_to(LISTS) or not holds(path, asked.person, anywhere=True):
            continue
        if path.suffix == ".parquet":
            held[str(path)] = _rows(path, asked.person, owner if path.is_relative_to(PULLED) else OWNER)
        else:
            elsewhere.append(str(path))
    lists = _lists(asked.person)
    return {
        "about": _about(settings),
        "ids": sorted(asked.person.ids),
        "forgotten": forgotten,
        "found": bool(held or elsewhere or lists or asked.source.files),
        "rows_in_sources": asked.source.files,
        "not_asked": asked.source.unread,
        "predictions": lists,
        "held": held,
        "other_files": elsewhere,
    }


def _about(settings: Settings) -> dict[str, Any]:
    """What a person needs to understand the rest; Art. 15(1)(a) to (d) and (h). Plain words, no figures of others."""
    churn = settings.churn
    return {
        "what_this_is": "Everything this system holds on one customer, and every prediction that was made. A "
        "probability is an estimate for a group of customers with the same history, no finding about a person.",
        "predicted": f"Whether a customer who was active in the {churn.active_within_days} days before a list will "
        f"leave (definition: {churn.definition}) in the {churn.horizon_days} days that begin {churn.lead_days} days "
        "after it.",
        "logic": "Counts, amounts and gaps of the customer's own events, and attributes where a customers table gives "
        "them, go into statistical models that were fitted on past customers. reason_1 to reason_3 of each list name "
        "what raised this probability most. recommended_action is what the rules in params.yaml (campaign) propose for "
        "such a customer, why_not says why nothing is done. Who a list is acted on for, people decide.",
        "logic_in_full": [str(path) for path in (REPORTS / "model_card.md", CATALOG) if path.exists()],
        "kept": "past lists for ever" if settings.lists.keep_days is None else f"lists {settings.lists.keep_days} days",
        "purpose_and_recipients": "docs/privacy.md, as your organisation completed it",
    }


def _lists(person: Person) -> list[dict[str, Any]]:
    """A row per dated list that holds the person: what was predicted, how far that list could be trusted, its files."""
    found = []
    for folder in [*(folder for _, _, folder in dated_folders()), LATEST]:
        path = folder / "risk_list.parquet"
        if not path.is_file() or not holds(path, person):
            continue
        try:
            manifest = read_json(folder / MANIFEST)
        except ArtifactError:
            manifest = {}
        told = {name: manifest[name] for name in SHOWN if name in manifest}
        files = sorted(one.name for one in folder.iterdir() if one.is_file() and holds(one, person, anywhere=True))
        found += [
            {"list": str(folder), "told_with_it": told, "files": files, "row": row} for row in _rows(path, person)
        ]
    return found


def _rows(path: Path, person: Person, owner: str = OWNER) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            rows += table.filter(person.rows(table, owner)).to_pylist()
    return rows


def _plain(value: object) -> object:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else repr(value)


if __name__ == "__main__":
    run_stage(main)
