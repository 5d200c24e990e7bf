"""What `make repro` says last: whom to contact, what is in the list, where it is, and whether it is stale."""

from __future__ import annotations

from typing import Any

from models.bands import BANDS
from pipeline.errors import ArtifactError, run_stage
from pipeline.folders import verify
from pipeline.listing.schema import FIGURES
from pipeline.published import LATEST, STALE
from pipeline.summary import whom
from pipeline.tables import REPORTS, read_json


def main() -> None:
    """Print whom to contact, what is in the list, and whether it is stale. Raises ArtifactError if it is not whole."""
    if not LATEST.is_dir():
        raise ArtifactError(f"there is no list in {LATEST} yet: look at the messages above.")
    manifest = verify(LATEST)
    told = read_json(LATEST / FIGURES) if FIGURES in manifest["files"] else None
    print("\n".join(_lines(manifest, told)))


def _lines(manifest: dict[str, Any], told: dict[str, Any] | None) -> list[str]:
    counts = ", ".join(f"{manifest['bands'][name]['customers']:,} {name}" for name in BANDS)
    lines = [f"\nList of {manifest['as_of']}: {counts}; {manifest['already_lapsed']:,} have lapsed already."]
    lines += [f"{whom(told['contact'])}."] if told else []
    if manifest["rolled_back_from"]:
        lines.append(f"Scored by {manifest['model_version']}, brought back from {manifest['rolled_back_from']}.")
    promotion = read_json(REPORTS / "promotion.json")
    if promotion["decision"] in ("refused", "waiting", "held"):
        lines.append(promotion["why"])
    if manifest.get(STALE):
        lines.append(_stale(manifest[STALE]))
    books = sorted(name for name in manifest["files"] if name.endswith(".xlsx"))
    return [*lines, *(f"{LATEST / name}" for name in books[:1])]


def _stale(about: dict[str, Any]) -> str:
    names = ", ".join(check["name"] for check in about["failed"])
    return f"STALE: it held until {about['since']}; the list of {about['as_of']} did not pass its gate ({names})."


if __name__ == "__main__":
    run_stage(main)
