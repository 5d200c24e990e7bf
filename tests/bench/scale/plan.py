"""How much is measured: a size that fits ten minutes on two quiet cores, the full one, and a small one for trials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MILLION = 1_000_000


@dataclass(frozen=True)
class Plan:
    """Numbers of events mostly, with how often each is measured where that differs."""

    name: str
    featurize: Mapping[int, int]  # events: rounds, with 26 snapshots and 7 lookbacks
    shapes: Mapping[int, int]  # events: rounds, of other numbers of snapshots and of lookbacks
    snapshots: tuple[int, ...]
    rivals: Mapping[str, Mapping[int, int]]  # rival: events: rounds
    ingest: Mapping[int, int]
    stages: Mapping[int, str | None]  # events: engine.memory_limit
    engines: tuple[int, ...]
    weekly: tuple[int, ...]
    learning: tuple[int, ...]
    imports: int


PLANS = {
    "trial": Plan(
        name="trial",
        featurize={100_000: 1},
        shapes={100_000: 1},
        snapshots=(1, 13),
        rivals={name: {100_000: 1} for name in ("pandas", "duckdb", "polars")} | {"featuretools": {20_000: 1}},
        ingest={100_000: 1},
        stages={100_000: None, 200_000: "1GB"},
        engines=(100_000,),
        weekly=(100_000,),
        learning=(60_000,),
        imports=1,
    ),
    "default": Plan(
        name="default",
        featurize={MILLION: 3, 10 * MILLION: 3},
        shapes={MILLION: 3},
        snapshots=(1, 4, 13, 52),
        rivals={"pandas": {MILLION: 1}, "duckdb": {MILLION: 1}, "polars": {MILLION: 1}, "featuretools": {50_000: 1}},
        ingest={10 * MILLION: 1},
        stages={},
        engines=(MILLION,),
        weekly=(MILLION,),
        learning=(200_000,),
        imports=2,
    ),
    "full": Plan(
        name="full",
        featurize={MILLION: 5, 10 * MILLION: 5, 50 * MILLION: 1, 100 * MILLION: 1},
        shapes={MILLION: 3, 10 * MILLION: 3},
        snapshots=(1, 4, 13, 52),
        rivals={
            "pandas": {MILLION: 5, 10 * MILLION: 1},
            "duckdb": {MILLION: 3, 10 * MILLION: 1},
            "polars": {MILLION: 5, 10 * MILLION: 1},
            "featuretools": {50_000: 3, MILLION: 1},
        },
        ingest={MILLION: 3, 10 * MILLION: 3},
        stages={10 * MILLION: None, 50 * MILLION: "4GB", 100 * MILLION: "4GB"},
        engines=(MILLION, 10 * MILLION),
        weekly=(10 * MILLION, 50 * MILLION),
        learning=(MILLION, 10 * MILLION),
        imports=5,
    ),
}
SNAPSHOTS = 26
