"""`make weekly`, one command for a scheduler: pull, `dvc repro`, see that the list is fresh, push (docs/schedule.md).

Exit codes: 0 a fresh list is there; 1 a step failed; 2 params.yaml or the arguments are wrong; 3 all went well, but
the list is stale or was refused by its gate; 4 another run is going on. Whatever happens, the last good list stays.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pipeline.errors import run_stage
from pipeline.exporting.today import OPTION
from pipeline.scheduled.commands import Commands
from pipeline.scheduled.ended import Attempt, busy
from pipeline.scheduled.ends import BusyError
from pipeline.scheduled.lock import only_run
from pipeline.scheduled.told import Times


def main() -> None:
    """Run the steps, write data/weekly/summary.json, tell whom params.yaml names, and end with the code of the end."""
    asked = _arguments(sys.argv[1:])
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a scheduler's "stop" is a Ctrl+C
    summary = _run(asked, Times(datetime.now(UTC)))
    if asked.json:
        sys.stdout.write(json.dumps(summary, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    raise SystemExit(summary["exit_code"])


def _run(asked: argparse.Namespace, times: Times) -> dict[str, Any]:
    try:
        with only_run() as held, Commands(held, asked.quiet) as commands:
            return Attempt(commands, times, asked.commit, asked.today).go()
    except BusyError as error:
        return busy(error, times)


def _arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m pipeline.weekly", description="The weekly run, for a scheduler.")
    parser.add_argument("--commit", action="store_true", help="commit dvc.lock, and nothing else, at the end")
    parser.add_argument("--json", action="store_true", help="print the summary as one line of JSON on stdout")
    parser.add_argument("--quiet", action="store_true", help="what the steps print goes to data/weekly/log.txt alone")
    parser.add_argument(OPTION, metavar="YYYY-MM-DD", help="the day to ask about, instead of the business's today")
    return parser.parse_args(given)


if __name__ == "__main__":
    run_stage(main)
