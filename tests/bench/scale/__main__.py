"""Measure Ebb at scale: `python -m tests.bench.scale [--size default|full|trial] [--only FAMILY ...] [--demo]`.

Prints a table and writes it to docs/bench as scale.md (scale-full.md for the full size), with JSON and picture beside
it. The default size takes about ten minutes on two quiet cores, the full one some two hours, 24 GB of memory and 40 GB
of disk. Exits with 1 where a family could not be measured or a comparison is void; a target that is not met is said,
and is no failure.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.scale import demo, featurize, imports, ingest, learning, stages, weekly
from tests.bench.scale.machine import machine
from tests.bench.scale.measuring import ROOT, SubjectError
from tests.bench.scale.place import Place
from tests.bench.scale.plan import PLANS
from tests.bench.scale.report import markdown, targets
from tests.bench.scale.results import OtherRunError, begin, keep, show
from tests.bench.scale.targets import VOID

FAMILIES = {
    "imports": imports.measure,
    "featurize": featurize.measure,
    "ingest": ingest.measure,
    "engines": stages.measure_engines,
    "learning": learning.measure,
    "weekly": weekly.measure,
    "stages": stages.measure_large,
    "demo": demo.measure,
}


def main() -> int:
    """Measure one family after the other, keeping what there is after each."""
    args = _arguments()
    plan, out = PLANS[args.size], args.out
    try:
        found = begin(out, plan, machine(), args.only)
    except OtherRunError as error:
        raise SystemExit(str(error)) from None
    place = Place(Path(tempfile.mkdtemp(prefix="ebb-scale-", dir=args.folder)))
    page = out
    try:
        for name in args.only or [name for name in FAMILIES if name != "demo" or args.demo]:
            print(f"measuring {name} ...", file=sys.stderr, flush=True)
            found["families"][name] = _measured(name, plan, place)
            page = keep(out, plan, found)
    finally:
        shutil.rmtree(place.root)
    show(page, found)
    print(markdown(found))
    print(f"kept as {page.name} with its JSON and picture")
    failed = any("failed" in family for family in found["families"].values())
    return int(failed or any(one["verdict"] == VOID for one in targets(found)))


def _measured(name: str, plan: Any, place: Place) -> dict[str, Any]:
    """A family's results; where a subject failed, its last words."""
    try:
        return FAMILIES[name](plan, place)
    except SubjectError as error:
        print(error, file=sys.stderr, flush=True)
        return {"failed": str(error).splitlines()[0][:300]}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", choices=list(PLANS), default="default")
    parser.add_argument("--only", nargs="+", choices=list(FAMILIES), help="families to measure anew beside the others")
    parser.add_argument("--demo", action="store_true", help="the whole demo, too: some five minutes more")
    parser.add_argument("--folder", type=Path, help="where the scratch folder is made, and removed afterwards")
    parser.add_argument("--out", type=Path, default=ROOT / "docs/bench")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
