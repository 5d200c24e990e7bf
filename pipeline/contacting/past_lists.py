"""Past lists as they were published: which of a day counts, which cannot be believed, and their rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import ArtifactError
from pipeline.folders import MANIFEST, sha256
from pipeline.listing.previous import rules_of
from pipeline.listing.schema import FIGURES, ROWS
from pipeline.made_from import KEY
from pipeline.published import dated_folders
from pipeline.tables import read_json, read_table

WEEK = 7
COLUMNS = {
    "customer_id": pa.string(),
    "churn_probability": pa.float64(),
    "risk_band": pa.string(),
    "value_tier": pa.string(),
    "recommended_action": pa.string(),
    "channel": pa.string(),
    "contact_this_week": pa.string(),
    "why_not": pa.string(),
    "group": pa.string(),
    "programme": pa.string(),
    "expected_value": pa.float64(),
    "value_at_risk": pa.float64(),
}


@dataclass(frozen=True)
class PastList:
    """A list that counts: the newest whole revision of its day."""

    folder: Path
    as_of: date
    manifest: dict[str, Any]

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.folder.name

    @property
    def settings(self) -> dict[str, Any]:
        """The settings that it was made with, by section."""
        found: dict[str, Any] = self.manifest[KEY]["settings"]
        return found

    @property
    def closes(self) -> date:
        """The first day that its label no longer looks at."""
        churn = self.settings["churn"]
        return self.as_of + timedelta(days=churn["lead_days"] + churn["horizon_days"])

    def rows(self) -> pa.Table:
        """One row per customer on it, by id, in the columns COLUMNS; null where the list did not say."""
        path = self.folder / ROWS
        there = pq.read_schema(path)
        wanted = [name for name, kind in COLUMNS.items() if name in there.names and there.field(name).type == kind]
        table = read_table(path, wanted)
        columns = [table.column(n) if n in wanted else pa.nulls(len(table), kind) for n, kind in COLUMNS.items()]
        return pa.table(columns, names=list(COLUMNS)).sort_by("customer_id").combine_chunks()

    def figures(self) -> dict[str, Any]:
        """Every figure of its first page."""
        found: dict[str, Any] = read_json(self.folder / FIGURES)
        return found


@dataclass(frozen=True)
class Past:
    """The lists that count, oldest first, and what is wrong with the others: names of folders by what it is.

    `edited`: not what the manifest says, or of another day than its folder. `older_version`: made before manifests said
    all that is read here. `replaced`: a later revision of its day counts. `close`: pairs of lists less than a week
    apart, which both count.
    """

    lists: list[PastList] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    older_version: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)

    @property
    def close(self) -> list[tuple[str, str]]:
        """Lists that were drawn less than a week after another one."""
        return [(one.name, two.name) for one, two in pairwise(self.lists) if (two.as_of - one.as_of).days < WEEK]

    def to_json(self) -> dict[str, Any]:
        """What is to be told of them."""
        return {
            "lists": len(self.lists),
            "edited": self.edited,
            "older_version": self.older_version,
            "replaced": self.replaced,
            "close": [list(pair) for pair in self.close],
        }


def past_lists(before: date | None = None) -> Past:
    """Every list of a day before `before` (None: all). A list that was edited by hand is named, and never counts."""
    past, taken = Past(), set()
    for day, _, folder in reversed(dated_folders()):
        if before is not None and day >= before:
            continue
        if day in taken:
            past.replaced.append(folder.name)
            continue
        manifest = _manifest(folder)
        if manifest is None or manifest.get("as_of", str(day)) != str(day):
            past.edited.append(folder.name)
        elif not _says_enough(manifest) or not (folder / FIGURES).exists():
            past.older_version.append(folder.name)
        else:
            past.lists.append(PastList(folder, day, manifest))
            taken.add(day)
    for found in (past.lists, past.edited, past.older_version, past.replaced):
        found.reverse()
    return past


def _says_enough(manifest: dict[str, Any]) -> bool:
    """Whether everything is there that is read of a past list: an earlier version told less of its settings."""
    try:
        settings, holdout = manifest[KEY]["settings"], manifest["holdout"]
        rules_of(settings)
        needed = [settings["churn"]["lead_days"], settings["churn"]["horizon_days"]]
        needed += [holdout["share"], holdout["programme"]]
        needed += [action["offer"] for action in settings["campaign"]["actions"].values()]
    except (KeyError, TypeError, AttributeError):
        return False
    return None not in needed


def _manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest, where rows and figures are what it says; None otherwise.

    The other files are rendered from these two, so that fifty lists need not be read in full each week.
    """
    try:
        manifest: dict[str, Any] = read_json(folder / MANIFEST)
        files = manifest["files"]
        whole = all(files[name] == sha256(folder / name) for name in (ROWS, FIGURES) if name in files)
    except (ArtifactError, OSError, KeyError, TypeError):
        return None
    return manifest if whole and ROWS in files else None
