"""What a list tells of the lists before it: receipts, how open ones are coming on, what contacting achieved."""

from __future__ import annotations

from typing import Any

from pipeline.kpi_files import KPIS, read_kpis
from pipeline.tables import JUDGED, MEASURED, REPORTS, read_json

WATCH = REPORTS / "watch.json"

RECEIPTS = 4  # latest closed dates
OPEN = 4  # latest open lists
# Contradictions between the log of contacts and the lists that a reader of the effect must know.
SERIOUS = ("holdout_contacted", "objectors_contacted", "drawn_otherwise")


def read_loop() -> dict[str, Any] | None:
    """What `measure`, `watch`, `kpis` and `uplift` found out, as far as a list tells of it; None without `measure`."""
    if not MEASURED.exists():
        return None
    beside = {
        "watch": read_json(WATCH) if WATCH.exists() else None,
        "kpis": read_kpis() if KPIS.exists() else None,
        "uplift": read_json(JUDGED) if JUDGED.exists() else None,
    }
    return told_part({**beside, **read_json(MEASURED)})


def told_part(measured: dict[str, Any]) -> dict[str, Any]:
    """The part of it that a list tells; of its own result the same again, so that a list can be made again from it."""
    return {
        "receipts": measured["receipts"][-RECEIPTS:],
        "interim": measured["interim"][-OPEN:],
        "effect": measured["effect"],
        "contacts": measured["contacts"],
        "revised": measured["revised"],
        "watch": measured["watch"],
        "kpis": measured["kpis"],
        "uplift": measured.get("uplift"),  # lists of a version that judged nothing do not have it
    }


def last_promise(loop: dict[str, Any] | None) -> dict[str, Any] | None:
    """The newest receipt of a list, as the first page tells it; None where no list has closed.

    A promise is what happens if nobody is contacted, so where some were it is judged by those left alone (`alone`).
    """
    closed = [item for item in (loop or {}).get("receipts", []) if item["kind"] == "list" and "all" in item["groups"]]
    if not closed:
        return None
    alone = closed[-1]["left_alone"]
    group = alone or closed[-1]["groups"]["all"]
    shares = {name: group[name] for name in ("customers", "promised", "realised", "low", "high", "kept")}
    return {"kind": "alone" if alone else "list", "as_of": closed[-1]["as_of"], **shares}


def achieved(loop: dict[str, Any] | None) -> dict[str, Any]:
    """What contacting achieved, in one word, with the figures of the sentence about it."""
    effect = (loop or {}).get("effect")
    if effect is None or not effect["held_back"] or not effect["contacted"]:
        return {"kind": "not_proven"}
    figures = {
        "since": effect["first_list"],
        "contacted": effect["contacted"],
        "held_back": effect["held_back"],
        "leaving_contacted": effect["leaving_contacted"],
        "leaving_held_back": effect["leaving_held_back"],
        "weeks": effect["weeks_for_5_points"],
    }
    if effect["split"]["broken"]:
        return {"kind": "split_broken", **figures, **effect["split"]}
    always = effect["always"] or effect["kept"]
    if always is None:
        return {"kind": "not_proven"}
    kind = effect["claimed"] if effect["claimed"] in ("kept", "lost") else "unclear"
    return {"kind": kind, **figures, "kept_more": always}


def warnings(loop: dict[str, Any] | None) -> list[dict[str, Any]]:
    """What a reader must know of the contacts and of past lists, each a key of the catalogue with its numbers."""
    contacts, uplift = (loop or {}).get("contacts"), (loop or {}).get("uplift")
    found: list[dict[str, Any]] = []
    if uplift and uplift["asked"] != uplift["order"]:
        found.append({"key": "warning-uplift-order", "values": {}})
    if not contacts:
        return found
    found += [
        {"key": f"warning-contacts-{name}", "values": {"number": contacts["contradictions"][name]}}
        for name in SERIOUS
        if contacts["contradictions"][name]
    ]
    if contacts["lists"]["edited"]:
        found.append({"key": "warning-lists-edited", "values": {"number": len(contacts["lists"]["edited"])}})
    if revised := sum((loop or {}).get("revised", {}).values()):
        found.append({"key": "warning-outcomes-revised", "values": {"number": revised}})
    return found
