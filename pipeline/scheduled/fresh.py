"""Whether the list in `latest/` may be acted on today. Here, in a weekly run, dates are held against the clock."""

from __future__ import annotations

from datetime import date
from typing import Any

from pipeline.errors import ArtifactError
from pipeline.folders import verify
from pipeline.published import LATEST, STALE
from pipeline.scheduled.ends import StaleError, StepError
from pipeline.tables import CURRENT_SUMMARY, read_json


def whole_list() -> dict[str, Any]:
    """The manifest of `latest/`, every file of it checked. Raises ArtifactError where it is missing or damaged."""
    if not LATEST.is_dir():
        raise ArtifactError(f"there is no list in {LATEST} yet: look at the messages above.")
    return verify(LATEST)


def refuse_old(manifest: dict[str, Any], today: date) -> None:
    """Raise StaleError where the list is marked stale or has run out, StepError where it is of a day to come."""
    as_of, valid_until = str(manifest["as_of"]), str(manifest["valid_until"])
    if manifest.get(STALE):
        raise StaleError(refusal(manifest[STALE], as_of))
    if today > date.fromisoformat(valid_until):
        raise StaleError(
            f"the list of {as_of} was valid until {valid_until}, and today is {today}: no newer events have come. "
            "Bring the newest export and run it again."
        )
    if today < date.fromisoformat(as_of):
        raise StepError(f"today is {today}, before the day of the list ({as_of}): is the machine's date right?")


def refused_today() -> str | None:
    """What the gate said of the list that this run made; None where it is not the gate that stopped publish."""
    try:
        manifest, made = whole_list(), read_json(CURRENT_SUMMARY)
    except ArtifactError:
        return None
    about = manifest.get(STALE)
    if about is None or about["as_of"] != made["as_of"]:  # no mark, or that of an earlier week
        return None
    return refusal(about, str(manifest["as_of"]))


def refusal(about: dict[str, Any], as_of: str) -> str:
    """The mark of a stale list as a sentence."""
    names = ", ".join(check["name"] for check in about["failed"])
    return (
        f"the list of {about['as_of']} did not pass its gate ({names}), so the list of {as_of} stays, marked stale. "
        "docs/runbook.md says what to look at."
    )
