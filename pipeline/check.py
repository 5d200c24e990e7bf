"""`make repro` asks this first: whatever in params.yaml or the source would stop the run later."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from features.build import catalog
from pipeline.engines.session import refuse_without_spark
from pipeline.errors import ConfigError, run_stage
from pipeline.lock_file import mend_lock
from pipeline.remote.copies import SETTING as COPY_TO
from pipeline.remote.mirror import is_behind
from pipeline.remote.store import open_store
from pipeline.sections.remote import is_remote
from pipeline.settings import load_settings
from pipeline.sources.files import find_files, list_remote
from pipeline.sources.secrets import address_of
from pipeline.tables import PULLED, REPORTS


def main() -> None:
    """Check settings, feature names and the source's place; clear what an experiment or a kill left in DVC's way."""
    mended = mend_lock()
    if mended:
        sys.stdout.write(f"{mended}\n")
    settings = load_settings()
    refuse_without_spark(settings.engine)
    try:
        catalog(settings.feature_spec())
    except ValueError as error:
        raise ConfigError(f"params.yaml: {error}.") from None
    if PULLED in (Path(settings.events.source), *Path(settings.events.source).parents):
        address_of(settings.database)  # the stage pull brings the rows
    elif is_remote(settings.events.source):
        _look(settings.events.source, settings.events.pattern, "events.source")
    else:
        find_files(settings.events.source, settings.events.pattern)
    for source, setting in (
        (settings.customers.source, "customers.source"),
        (settings.contacts.source, "contacts.source"),
    ):
        if is_remote(source):
            _look(source, None, setting)
    if settings.lists.copy_to:
        open_store(settings.lists.copy_to, COPY_TO)
    _forget_experiment()


def _look(source: str, pattern: str | None, setting: str) -> None:
    """See that a store can be read; and make DVC run ingest again where an object came while it last ran.

    DVC notes what lies in the store when a stage has ended, so that it would take such an object for read.
    """
    if is_behind(open_store(source, setting), list_remote(source, pattern, setting)):
        (REPORTS / "ingest.json").unlink(missing_ok=True)


def _forget_experiment() -> None:
    """After `dvc exp apply` DVC takes promote for done, though it only said no: without its report it runs again."""
    report = REPORTS / "promotion.json"
    try:
        decision = json.loads(report.read_text(encoding="utf-8"))["decision"]
    except (OSError, ValueError, KeyError):
        return  # no report, or a damaged one: DVC sees that by itself
    if decision == "experiment":
        report.unlink()


if __name__ == "__main__":
    run_stage(main)
