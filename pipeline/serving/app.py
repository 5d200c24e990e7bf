"""The served lists as an ASGI application: which address gives what."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from pipeline.errors import ArtifactError
from pipeline.serving.bearer import Token
from pipeline.serving.guard import Guard
from pipeline.serving.limits import RateLimit
from pipeline.serving.query import Query, QueryError, keep, parse, parse_nothing, part, refuse_unknown_action
from pipeline.serving.rows import csv_rows, json_rows
from pipeline.serving.shelf import NEWEST, Published, Shelf

FORM = 1  # of the answers: a change of their form is another ETag for the same list
ABOUT = ("as_of", "valid_until", "horizon_end", "model_version", "customers")
PAGE_POLICY = "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"  # the page's own policy holds beside it


def today_utc() -> date:
    """The server's day."""
    return datetime.now(tz=UTC).date()


def create_app(
    token: Token, limit: RateLimit | None = None, shelf: Shelf | None = None, today: Callable[[], date] = today_utc
) -> ASGIApp:
    """The application over data/lists; `limit` and `today` have clocks of the server's, never of the data."""
    desk = Desk(Shelf() if shelf is None else shelf, today)
    routes = [
        Route("/health", desk.health),
        Route("/lists", desk.names),
        Route("/lists/{name}", desk.rows),
        Route("/lists/{name}/{page}", desk.page),
        Route("/", desk.page),
        Route("/{page}", desk.page),
    ]
    handlers: dict[Any, Any] = {HTTPException: _refused, QueryError: _bad_query, ArtifactError: _no_list, 500: _wrong}
    app = Starlette(routes=routes, exception_handlers=handlers)
    return Guard(app, token, RateLimit() if limit is None else limit)


class Desk:
    """Answers over one shelf. Plain functions: each runs in a thread, so that none keeps others waiting."""

    def __init__(self, shelf: Shelf, today: Callable[[], date]) -> None:
        self._shelf = shelf
        self._today = today

    def health(self, _: Request) -> Response:
        """Whether there is a list and it is fresh; nothing else, since nobody has to say who they are."""
        state = self._shelf.state(self._today())
        return JSONResponse({"status": state}, 503 if state == "no list" else 200)

    def names(self, request: Request) -> Response:
        """Dates and revisions of all lists, newest first, each with its address."""
        parse_nothing(request.query_params.multi_items())
        lists = [
            {"as_of": str(day), "revision": revision, "path": f"/lists/{day}.r{revision}"}
            for day, revision in self._shelf.names()
        ]
        etag = _etag("names", str(lists))
        return _not_modified(request, etag) or JSONResponse({"lists": lists}, headers={"etag": etag})

    def rows(self, request: Request) -> Response:
        """The rows of a list that meet the filters."""
        query = parse(request.query_params.multi_items(), request.headers.get("accept", ""))
        folder = self._folder(request)
        same = _not_modified(request, _etag(self._shelf.version(folder), query.canonical()))
        return same or _rows(request, self._shelf.published(folder), query)

    def page(self, request: Request) -> Response:
        """A page of a list as it was published."""
        parse_nothing(request.query_params.multi_items())
        name, folder = request.path_params.get("page", "report.html"), self._folder(request)
        same = _not_modified(request, _etag(self._shelf.version(folder), name))
        return same or _page(request, self._shelf.published(folder), name)

    def _folder(self, request: Request) -> Path:
        name = request.path_params.get("name", NEWEST)
        folder = self._shelf.folder(name)
        if folder is None:
            raise HTTPException(404, f"there is no list {name}: GET /lists names those that there are.")
        return folder


def _rows(request: Request, published: Published, query: Query) -> Response:
    refuse_unknown_action(query, published.manifest, published.table)
    kept = keep(published.table, query)
    if published.stale and (query.asks("contact") == "yes" or query.asks("action")):
        raise HTTPException(
            409,
            f"nobody is to be contacted from the list of {published.manifest.get('as_of')}: it is stale, since a newer "
            "one did not pass its checks. Leave out contact and action to read it all the same.",
        )
    rows = part(kept, query)
    headers = {"etag": _etag(published.version, query.canonical())}
    if query.form == "csv":
        headers["content-disposition"] = f'attachment; filename="risk_list_{published.manifest.get("as_of")}.csv"'
        return _streamed(request, lambda: csv_rows(published.table, rows, query.raw_ids), "text/csv", headers)
    head = {
        **{name: published.manifest.get(name) for name in ABOUT},
        "stale": published.stale,
        "matched": int(kept.sum()),
        "offset": query.offset,
        "limit": query.limit,
    }
    return _streamed(request, lambda: json_rows(published.table, rows, head), "application/json", headers)


def _page(request: Request, published: Published, name: str) -> Response:
    if name not in published.pages:
        raise HTTPException(404, f"the list of {published.manifest.get('as_of')} has no {name}.")
    headers = {"etag": _etag(published.version, name), "content-security-policy": PAGE_POLICY}
    return Response(published.pages[name], headers=headers, media_type="text/html")


def _streamed(request: Request, make: Callable[[], Iterator[bytes]], media: str, headers: dict[str, str]) -> Response:
    return StreamingResponse(iter(()) if request.method == "HEAD" else make(), headers=headers, media_type=media)


def _etag(*what: str) -> str:
    return f'"{hashlib.sha256(repr((FORM, *what)).encode()).hexdigest()[:32]}"'


def _not_modified(request: Request, etag: str) -> Response | None:
    """304 where the asker has this version; weak comparison, RFC 9110, 13.1.2."""
    asked = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    return Response(status_code=304, headers={"etag": etag}) if etag in asked else None


def _refused(_: Request, error: HTTPException) -> Response:
    return JSONResponse({"error": error.detail}, error.status_code)


def _bad_query(_: Request, error: QueryError) -> Response:
    return JSONResponse({"error": str(error)}, 400)


def _no_list(_: Request, error: ArtifactError) -> Response:
    return JSONResponse({"error": f"there is no whole list to hand out: {error}"}, 503, {"retry-after": "5"})


def _wrong(_: Request, __: Exception) -> Response:
    """After this the error goes on to the guard, which logs its kind and place."""
    return JSONResponse({"error": "something went wrong here: see the server's log."}, 500)
