"""The one door to the source: only what is new where that will do, and otherwise everything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pipeline.engine import connect
from pipeline.engines.spark_ingest import spark_gathered
from pipeline.protection.protect import Protection
from pipeline.settings import Settings
from pipeline.store.added import read_added
from pipeline.store.anew import read_anew
from pipeline.store.gathered import Gathered, Keeper
from pipeline.store.news import ReadAnewError
from pipeline.store.state import load_state
from pipeline.store.write import BlockKeeper


@contextmanager
def gather(
    settings: Settings, protection: Protection, allowed: Sequence[Path]
) -> Iterator[tuple[Gathered, Keeper, str]]:
    """All that the source holds, who writes it, and in words how it was read. Raises EventError or ConfigError."""
    if settings.engine.name == "spark":
        with spark_gathered(settings, protection, allowed) as (found, keeper):
            yield found, keeper, f"all {len(found.files):,} files, on Spark"
        return
    state, why = load_state(settings)
    with ExitStack() as stack:
        if state is not None:
            try:
                found = read_added(stack, settings, protection, state, allowed)
            except ReadAnewError as error:
                why = str(error)
                stack.close()
            else:
                number = len(found.files) - len(state.files)
                how = f"{number:,} new files, {len(state.files):,} as the last run left them"
                yield found, BlockKeeper(found, settings), how
                return
        connection = stack.enter_context(connect(settings.engine, allowed))
        found = read_anew(connection, settings, protection)
        yield found, BlockKeeper(found, settings), f"all {len(found.files):,} files: {why}"
