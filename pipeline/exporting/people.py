"""Who must not be contacted at this very moment, and which id stands behind a pseudonym."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.cleaning.attributes import People
from pipeline.privacy.source_rows import rows_in_sources
from pipeline.protection.keys import pseudonyms, read_key, tombstones
from pipeline.protection.protect import Protection, key_of_events, load_protection, refuse_other_key
from pipeline.settings import Settings


@dataclass(frozen=True)
class Stopped:
    """Ids of the list, by why nobody may write to them now."""

    objected: frozenset[str]
    no_contact: frozenset[str]
    forgotten: frozenset[str]


def key_holder(settings: Settings) -> Protection:
    """The key and what it protects. Raises ConfigError where the list has pseudonyms and the key is missing or another.

    Whether it has them, the events of the last run say, not params.yaml, which may have changed since.
    """
    protection = load_protection(settings.privacy)
    if key_of_events() is None:
        return dataclasses.replace(protection, pseudonymise=False)
    key = protection.key or read_key("the list has pseudonyms, and an export names the customers behind them")
    refuse_other_key(key)
    return dataclasses.replace(protection, key=key, pseudonymise=True)


def stopped(ids: Sequence[str], people: People | None, protection: Protection) -> Stopped:
    """Whom of these the customers table, read just now, or a tombstone takes off the list."""
    objectors = people.objectors.column("customer_id").to_pylist() if people else []
    silent = people.no_contact.column("customer_id").to_pylist() if people and people.no_contact is not None else []
    return Stopped(
        objected=frozenset(ids) & _as_listed(objectors, protection),
        no_contact=frozenset(ids) & _as_listed(silent, protection),
        forgotten=_forgotten(ids, protection),
    )


def _as_listed(names: list[str], protection: Protection) -> frozenset[str]:
    """The ids, and their pseudonyms where there is a key: whichever of the two a list has, it is met."""
    marks = pseudonyms(protection.key, names) if protection.key else []
    return frozenset((*names, *marks))


def _forgotten(ids: Sequence[str], protection: Protection) -> frozenset[str]:
    if protection.key is None or not protection.forgotten:
        return frozenset()
    marks = ids if protection.pseudonymise else pseudonyms(protection.key, ids)
    left = zip(ids, tombstones(protection.key, marks), strict=True)
    return frozenset(name for name, mark in left if mark in protection.forgotten)


def real_ids(listed: Sequence[str], known: Iterable[str], settings: Settings, protection: Protection) -> dict[str, str]:
    """The id behind each id of the list, as far as it can be known: from `known`, else from the sources.

    Without pseudonyms every id is its own.
    """
    if not protection.pseudonymise or protection.key is None:
        return {name: name for name in listed}
    key, wanted = protection.key, frozenset(listed)
    found = _behind(key, list(known), wanted)
    missing = wanted - found.keys()
    if missing:
        source = rows_in_sources(settings, lambda ids: set(_behind(key, ids, missing).values()))
        found |= _behind(key, sorted(source.ids), missing)
    return found


def _behind(key: bytes, names: Sequence[str], wanted: frozenset[str]) -> dict[str, str]:
    return {mark: name for name, mark in zip(names, pseudonyms(key, names), strict=True) if mark in wanted}
