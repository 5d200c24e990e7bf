"""Lists published from samples, and requests to the application that serves them. A helper, not a test.

publish_sample(20)
assert ask(app(), "/lists/latest", **KEY).status == 200
"""

from __future__ import annotations

import asyncio
import json
import shutil
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
from samples import AS_OF, sample
from starlette.types import ASGIApp, Message

from pipeline.folders import MANIFEST
from pipeline.published import publish_folder, refresh_latest
from pipeline.serving.app import create_app
from pipeline.serving.bearer import Token
from pipeline.serving.limits import RateLimit
from pipeline.tables import write_json, write_table, write_text

SECRET = "a-token-of-32-characters-or-more"  # noqa: S105  (it opens nothing but these tests)
BEARER = {"authorization": f"Bearer {SECRET}"}
ACTIONS = ("personal_call", "offer", "reminder", "welcome")


@dataclass(frozen=True)
class Answer:
    """Status, headers by lower-case name (several of one name joined by a bar) and body."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)

    @property
    def error(self) -> str:
        """The sentence of a refusal."""
        return str(self.json["error"])

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of a list."""
        found: list[dict[str, Any]] = self.json["rows"]
        return found


def app(**settings: Any) -> ASGIApp:
    """The application with the token above and no limit, unless it is given."""
    return create_app(Token(SECRET), **{"limit": RateLimit(1e6, 1e6), **settings})


def ask(
    application: ASGIApp,
    target: str,
    method: str = "GET",
    headers: dict[str, str] | list[tuple[str, str]] | None = None,
    client: str = "127.0.0.1",
) -> Answer:
    """One request as the server hands it on; with the token unless headers are given."""
    path, _, query = target.partition("?")
    pairs = list((BEARER if headers is None else headers).items()) if not isinstance(headers, list) else headers
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode("latin-1", "replace"),
        "root_path": "",
        "query_string": query.encode("latin-1", "replace"),
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in pairs],
        "client": (client, 50_000),
        "server": ("127.0.0.1", 8321),
    }
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.Event().wait()  # nobody hangs up
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(application(scope, receive, send))
    found: dict[str, str] = {}
    for name, value in sent[0]["headers"]:
        key = name.decode("latin-1").lower()
        found[key] = f"{found[key]} | {value.decode('latin-1')}" if key in found else value.decode("latin-1")
    return Answer(sent[0]["status"], found, b"".join(message.get("body", b"") for message in sent[1:]))


def publish_table(table: pa.Table, briefing: dict[str, Any], as_of: date = AS_OF, mark: str = "") -> Path:
    """Publish a list as the pipeline does, with two pages that say the mark, and refresh `latest/`."""
    days = pa.array([as_of] * table.num_rows, pa.date32())
    table = table.set_column(table.column_names.index("as_of"), "as_of", days)

    def write(folder: Path) -> None:
        write_table([table], table.schema, folder / "risk_list.parquet")
        write_json(briefing, folder / "briefing.json")
        write_text(f"<!doctype html><title>Report {as_of} {mark}</title>", folder / "report.html")
        write_text(f"<!doctype html><title>Summary {as_of} {mark}</title>", folder / "summary.html")

    manifest = {
        "as_of": str(as_of),
        "valid_until": str(as_of + timedelta(days=7)),
        "horizon_end": str(as_of + timedelta(days=91)),
        "model_version": "0123456789ab",
        "customers": table.num_rows,
        "made_from": {"settings": {"campaign": {"actions": {name: {} for name in ACTIONS}}}},
    }
    folder, _ = publish_folder(as_of, write, manifest)
    refresh_latest()
    return folder


def publish_sample(
    n: int, as_of: date = AS_OF, seed: int = 7, ids: list[str] | None = None, stale: dict[str, Any] | None = None
) -> pa.Table:
    """Publish a sample list and return its table; with `stale`, `latest/` is marked as when a gate failed."""
    table, briefing = sample(n, seed, ids)
    publish_table(table, briefing, as_of, str(seed))
    if stale is not None:
        refresh_latest(_copy, stale)
    return table


def _copy(folder: Path, aside: Path) -> None:
    for path in folder.iterdir():
        if path.name != MANIFEST:
            shutil.copyfile(path, aside / path.name)
