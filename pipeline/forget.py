"""Erasure: `python -m pipeline.forget`, the id on standard input. Its order makes every second run finish a first.

Tombstone, lists, other stores, DVC's cache: a kill in between leaves lists whole and nobody who could come back.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from pipeline.errors import PublishError, run_stage
from pipeline.privacy.amended import amend_lists
from pipeline.privacy.asked import Asked, as_pseudonyms, find_asked, read_ids
from pipeline.privacy.cache import clear_cache, refuse_running
from pipeline.privacy.dvc_cache import remotes
from pipeline.privacy.stores import clear_stores
from pipeline.protection.forgotten import FORGOTTEN, add_forgotten
from pipeline.protection.keys import read_key, tombstones
from pipeline.protection.protect import refuse_other_key
from pipeline.remote.copies import copy_lists
from pipeline.settings import Settings, load_settings
from pipeline.summary import StageSummary
from pipeline.tables import MIRROR


def main() -> None:
    """Remove people from everything that is within reach, keep them out, and say what is out of reach."""
    summary = StageSummary("forget")
    pseudonymous = as_pseudonyms(sys.argv[1:])
    settings = load_settings()
    key = read_key("forgetting leaves a keyed tombstone")
    refuse_other_key(key)
    refuse_running()
    asked = find_asked(settings, read_ids(), key, pseudonymous)
    new = add_forgotten(key, tombstones(key, asked.pseudonyms))
    lists = amend_lists(asked.person, settings)
    sources = [Path(source) for source in settings.sources()]
    stores = clear_stores(asked.person, sources, settings.events.columns.get("customer_id", "customer_id"))
    cached = clear_cache(asked.person)
    if MIRROR.exists():
        shutil.rmtree(MIRROR)  # copies of what a store still holds: the next run fetches what it then holds
        stores[str(MIRROR)] = 0
    _say(summary, asked, new, {**lists, **stores}, cached)
    if settings.lists.copy_to:
        _amend_copies(summary, settings.lists.copy_to, settings.lists.keep_days)
    _say_rest(summary, asked, settings)
    summary.show()


def _amend_copies(summary: StageSummary, place: str, keep_days: int | None) -> None:
    """The copies of the lists lose the same rows; what cannot be reached or is not known here is named."""
    try:
        copied = copy_lists(place, keep_days)
    except PublishError as error:
        summary.warn(f"Out of reach: the copies of the lists, which still hold them. {error} Or run make forget again.")
        return
    summary.line(f"lists amended in {place}", len(copied.written))
    if copied.left:
        summary.warn(
            f"Out of reach: {', '.join(copied.left)} in {place}, which are not here or are damaged here. Delete them "
            "there if they hold the person."
        )
    summary.warn(f"Out of reach: earlier versions and replicas of {place}, if the store keeps any. Delete them there.")


def _say(summary: StageSummary, asked: Asked, new: int, removed: dict[str, int], cached: dict[str, int]) -> None:
    summary.line("people asked about", len(asked.pseudonyms))
    summary.line(f"tombstones added to {FORGOTTEN}", new)
    for name, rows in removed.items():
        summary.line(name, f"{rows:,} rows removed" if rows else "held copies: removed")
    for name, number in cached.items():
        summary.line(f"DVC's cache: {name} deleted", number)
    if not removed and not any(cached.values()):
        where = "only the source holds them" if asked.source.files else "nothing held them"
        summary.warn(f"Nothing was removed: {where}. The tombstone keeps them out from now on.")


def _say_rest(summary: StageSummary, asked: Asked, settings: Settings) -> None:
    """What no command here can reach, each with what to do."""
    for name, rows in asked.source.files.items():
        summary.warn(
            f"Out of reach: {name} still holds {rows:,} of their rows. Ingest ignores them; delete them there."
        )
    for sentence in asked.source.unread:
        summary.warn(f"Not asked: {sentence}, so look there yourself.")
    tracked = _tracked_by_git(settings)
    if tracked:
        summary.warn(
            f"Out of reach: git's history of {', '.join(tracked)}. Rewrite it (git filter-repo), or delete it."
        )
    for name in remotes():
        summary.warn(
            f"Out of reach: DVC's remote {name}. After `dvc repro`, a commit and `dvc push`: "
            f"dvc gc --workspace --cloud --remote {name}, which leaves it the present version only."
        )
    if settings.database.url:
        summary.warn("Out of reach: the database. Delete them there; a pull brings their rows, and ingest drops them.")
    summary.warn(
        "Out of reach: other clones and their caches, backups, and lists that were opened, copied or mailed. Models, "
        "calibrations and MLflow hold no ids."
    )
    summary.warn(
        f"Now: dvc repro, then git add {FORGOTTEN} dvc.lock, and commit. The tombstone must reach every clone."
    )


def _tracked_by_git(settings: Settings) -> list[str]:
    """Sources that git has; their history holds everybody who was ever in them."""
    sources = [name for name in settings.sources() if Path(name).exists()]
    command = ["git", "ls-files", "--", *sources]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    except OSError:
        return []
    return [name for name in done.stdout.splitlines()[:5] if not name.endswith(("no_customers.csv", "no_contacts.csv"))]


if __name__ == "__main__":
    run_stage(main)
