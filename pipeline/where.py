"""What `make repro` says last: where the list is, and what is in it."""

from __future__ import annotations

from models.bands import BANDS
from pipeline.errors import ArtifactError, run_stage
from pipeline.folders import verify
from pipeline.published import LATEST
from pipeline.tables import REPORTS, read_json


def main() -> None:
    """Print the counts per band and the path of the workbook. Raises ArtifactError if the list is not whole."""
    if not LATEST.is_dir():
        raise ArtifactError(f"there is no list in {LATEST} yet: look at the messages above.")
    manifest = verify(LATEST)
    print("\n".join(_lines(manifest)))


def _lines(manifest: dict[str, object]) -> list[str]:
    bands = manifest["bands"]
    counts = ", ".join(f"{bands[name]['customers']:,} {name}" for name in BANDS)  # type: ignore[index]
    lines = [f"\nList of {manifest['as_of']}: {counts}; {manifest['already_lapsed']:,} have lapsed already."]
    if manifest["rolled_back_from"]:
        lines.append(f"Scored by {manifest['model_version']}, brought back from {manifest['rolled_back_from']}.")
    promotion = read_json(REPORTS / "promotion.json")
    if promotion["decision"] in ("refused", "waiting", "held"):
        lines.append(promotion["why"])
    return [*lines, f"{LATEST / 'risk_list.xlsx'}"]


if __name__ == "__main__":
    run_stage(main)
