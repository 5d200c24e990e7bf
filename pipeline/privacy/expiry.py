"""Lists that are older than lists.keep_days go, with the copies in DVC's cache: kept is what params.yaml says."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipeline.privacy.dvc_cache import cache_folder, delete_objects, hashes, tracked_by_you
from pipeline.published import expired, remove_dated
from pipeline.tables import LISTS


def expire_lists(keep_days: int | None) -> list[Path]:
    """Remove expired lists and return their folders; the cache first, so that a killed run begins again."""
    folders = expired(keep_days)
    if not folders:
        return []
    everything = [path for path in LISTS.rglob("*") if path.is_file()]
    gone = [path for path in everything if any(path.is_relative_to(one) for one in folders)]
    forget_copies(gone, kept=set(everything) - set(gone))
    for folder in folders:
        remove_dated(folder)
    return folders


def forget_copies(gone: Iterable[Path], kept: Iterable[Path]) -> None:
    """Remove what DVC's cache has of files that are about to go, unless a file that is kept has the same content."""
    root = cache_folder()
    if root is not None:
        delete_objects(root, hashes(gone) - hashes(kept), tracked_by_you())
