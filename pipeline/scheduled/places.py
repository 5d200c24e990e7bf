"""Where a weekly run writes of itself: outside of DVC's outputs, which no clock may change, and ignored by git."""

from __future__ import annotations

from pipeline.tables import DATA

WEEKLY = DATA / "weekly"
LOCK = WEEKLY / "lock"
LOG = WEEKLY / "log.txt"  # everything that the newest run's steps printed
SUMMARY = WEEKLY / "summary.json"
