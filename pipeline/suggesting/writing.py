"""The proposal as a file: every key of params.yaml, with comments above those that the data had a say in."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from pipeline.settings import Settings
from pipeline.suggesting.events_part import Draft
from pipeline.suggesting.profile import Profile
from pipeline.tables import write_text

WIDTH = 112

HEAD = """A proposal by `python -m pipeline.suggest`, from {events:,} events of {customers:,} customers,
{first} to {last}.
Read it, then: cp {name} params.yaml
Comments say what the data said; keys without one are as shipped."""


def write_proposal(settings: Settings, draft: Draft, profile: Profile, path: Path) -> None:
    """Write the file, whole or not at all; equal settings and notes give equal bytes."""
    yaml = YAML()
    yaml.width = 4000  # a sentence stays one line
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(type(None), _null)
    sink = io.StringIO()
    yaml.dump(_document(settings, draft, profile, path.name), sink)
    write_text(sink.getvalue(), path)


def _null(representer: Any, _: None) -> Any:
    return representer.represent_scalar("tag:yaml.org,2002:null", "null")


def _document(settings: Settings, draft: Draft, profile: Profile, name: str) -> CommentedMap:
    document = CommentedMap()
    for section, values in settings.model_dump().items():
        document[section] = _mapping(values, draft.notes, section)
        _above(document, section, ["", *draft.notes.get(section, [])], 0)
    document.yaml_set_start_comment(
        HEAD.format(
            events=profile.events,
            customers=profile.customers,
            first=profile.first_day,
            last=profile.last_day,
            name=name,
        )
    )
    return document


def _mapping(values: Mapping[str, Any], notes: Mapping[str, Sequence[str]], path: str) -> CommentedMap:
    """A section in block style, each key below its comments; what is nested deeper in one line."""
    section = CommentedMap()
    for key, value in values.items():
        section[key] = _leaf(value)
        if key == "roles":
            section[key].fa.set_block_style()
        _above(section, key, list(notes.get(f"{path}.{key}", [])), 2)
    return section


def _above(parent: CommentedMap, key: str, sentences: list[str], indent: int) -> None:
    lines = [part for line in sentences for part in _wrapped(_safe(line))]
    if lines:
        parent.yaml_set_comment_before_after_key(key, before="\n".join(lines), indent=indent)


def _wrapped(line: str) -> list[str]:
    """A sentence in lines as long as the file is wide; rows of a table, which start with a space, stay whole."""
    return [line] if line.startswith(" ") or not line else textwrap.wrap(line, WIDTH)


def _safe(sentence: str) -> str:
    """A comment ends with its line: what a column or type name may hold must not start another."""
    return "".join(sign if sign.isprintable() else "?" for sign in sentence)


def _leaf(value: Any) -> Any:
    if isinstance(value, Mapping):
        flow = CommentedMap({key: _leaf(item) for key, item in value.items()})
        flow.fa.set_flow_style()
        return flow
    if isinstance(value, (list, tuple)):
        items = CommentedSeq([_leaf(item) for item in value])
        items.fa.set_flow_style()
        return items
    if isinstance(value, str) and "\n" in value:
        return LiteralScalarString(value)
    return DoubleQuotedScalarString(value) if isinstance(value, str) and _needs_quotes(value) else value


def _needs_quotes(text: str) -> bool:
    return not text or not text[0].isalpha() or any(sign in text for sign in "\t,:|;#{}[]&*!%@`'\"")
