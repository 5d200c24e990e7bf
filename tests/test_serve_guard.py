"""What no request gets past: token, limit, paths, sizes; what every answer carries, and what no log holds."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import hostile_ids
from web import BEARER, SECRET, Answer, app, ask, publish_sample

from pipeline.serving import guard
from pipeline.serving.guard import HEADERS
from pipeline.serving.limits import RateLimit
from pipeline.serving.shelf import Shelf

TARGETS = ("/", "/report.html", "/summary.html", "/lists", "/lists/latest", "/lists/2024-06-03/report.html")


@pytest.fixture(autouse=True)
def _a_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A published list, and beside it files that nobody may get."""
    monkeypatch.chdir(tmp_path)
    publish_sample(30, ids=hostile_ids())
    (tmp_path / "params.yaml").write_text("SECRET-OF-PARAMS")
    (tmp_path / "data/lists/2024-06-03/secret.txt").write_text("SECRET-IN-FOLDER")


@pytest.mark.parametrize("target", [*TARGETS, "/no-such-thing", "/lists/2031-01-01", "/lists/%2e%2e"])
@pytest.mark.parametrize("authorization", [None, "", "Bearer x", f"Basic {SECRET}", f"Bearer {SECRET}é"])
def test_without_the_token_there_is_only_a_question(target: str, authorization: str | None) -> None:
    """401 with both ways to answer, for what exists and for what does not: nothing can be learnt from it."""
    answer = ask(app(), target, headers={} if authorization is None else {"authorization": authorization})
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="ebb" | Basic realm="ebb", charset="UTF-8"'
    assert answer.error.startswith("a token is needed")


def test_a_wrong_token_is_refused_by_raw_bytes_too() -> None:
    """Bytes above ASCII in the header are no error of the server's."""
    assert ask(app(), "/", headers={"authorization": "Bearer \xff\xfe"}).status == 401


@pytest.mark.parametrize(
    "name", ["token", "access_token", "Token", "%74oken", "api_key", "password", "EBB_SERVE_TOKEN"]
)
@pytest.mark.parametrize("headers", [{}, BEARER], ids=["without the header", "with the header"])
def test_a_token_in_the_address_is_refused(name: str, headers: dict[str, str]) -> None:
    """Even where the header is there too: addresses are kept in logs and histories."""
    answer = ask(app(), f"/lists/latest?{name}={SECRET}", headers=headers)
    assert (answer.status, answer.error) == (
        400,
        "a token in the address ends up in logs: send it in the header, Authorization: Bearer <token>.",
    )


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get"])
@pytest.mark.parametrize("target", ["/lists/latest", "/health", "/no"])
def test_lists_are_read_only(method: str, target: str) -> None:
    """405 with what is allowed, for every path."""
    answer = ask(app(), target, method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


HOSTILE = [
    "/lists/../../params.yaml", "/lists/..", "/lists/../latest", "//lists/latest", "/lists//latest", "/lists/latest/",
    "/lists/%2e%2e/%2e%2e/params.yaml", "/lists/..%2f..%2fparams.yaml", "/lists/%252e%252e%252fparams.yaml",
    "/lists/2024-06-03%2fsecret.txt", "/lists/2024-06-03/secret.txt", "/lists/2024-06-03/manifest.json",
    "/lists/2024-06-03/risk_list.parquet", "/lists/2024-06-03/..%5c..%5cparams.yaml", "/lists\\latest",
    "/lists/latest%00", "/lists/latest\x00", "/lists/2024-06-03%00.r2", "/lists/.2024-06-03.part",
    "/lists/.2024-06-03.amended",
    "/lists/2024-06-03.r0", "/lists/2024-06-03.r01", "/lists/2024-06-03.r-1", "/lists/2024-06-03.R2", "/lists/LATEST",
    "/lists/2024-13-45", "/lists/2024-6-3", "/lists/0000-00-00", "/lists/٢٠٢٤-٠٦-٠٣", "/lists/%6catest",
    "/lists/2024-06-03.", "/lists/2024-06-03 ", "/lists/latest\n", "/lists/latest;x=1", "/lists/~root", "/params.yaml",
    "/etc/passwd", "//etc/passwd", "/file:///etc/passwd", "http://127.0.0.1:8321/lists/latest", "*", "", "/.git/config",
    "/lists/latest/report.html/../summary.html", "/lists/latest/REPORT.html", "/lists/latest/report.html%20",
    "/health/", "/health/x", "/lists/data", "/lists/CON", "/lists/2024-06-03:stream", "/data/lists/latest/report.html",
]  # fmt: skip


def _gives_nothing(answer: Answer) -> None:
    assert answer.status == 404
    assert b"SECRET" not in answer.body
    assert set(answer.json) == {"error"}


@pytest.mark.parametrize("target", HOSTILE)
def test_no_path_leads_out_of_the_folder(target: str) -> None:
    """Dots, encoded or not, NUL, backslashes, other spellings and other files of the folder: 404 with the token."""
    _gives_nothing(ask(app(), target))


pieces = st.sampled_from(
    ["/", "..", ".", "%2e", "%2f", "%5c", "\\", "%00", "\x00", "lists", "latest", "2024-06-03", ".r1", ".r2", "report",
     ".html", "health", "manifest.json", "params.yaml", "data", "~", "%", "%25", ";", " ", "é", "A", "0", "\u202e"]
)  # fmt: skip
paths = st.one_of(st.lists(pieces, max_size=9).map("".join), st.text(max_size=40)).filter(lambda path: "?" not in path)
FINE = {
    "/", "/lists", "/report.html", "/summary.html",
    *(f"/lists/{name}{page}" for name in ("latest", "2024-06-03", "2024-06-03.r1")
      for page in ("", "/report.html", "/summary.html")),
}  # fmt: skip


@given(paths)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
def test_whatever_the_path_only_what_is_published_is_found(path: str) -> None:
    """Every path that is not one of a dozen is 404 with the token and 401 without; none is an error of ours."""
    answer = ask(app(), f"/{path}")
    if f"/{path}" in FINE:
        assert answer.status == 200
    elif path != "health":
        _gives_nothing(answer)
        assert ask(app(), f"/{path}", headers={}).status == 401


@given(st.text(max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_the_query_it_is_understood_or_refused(query: str) -> None:
    """200 or 400, and a refusal is JSON."""
    answer = ask(app(), f"/lists/latest?{query}")
    assert answer.status in (200, 400)
    assert answer.headers["content-type"] == "application/json"


def test_sizes_are_bounded() -> None:
    """Address, headers and bodies: what is too much is refused before anything is looked at, token or not."""
    served = app()
    assert ask(served, "/lists/latest?band=" + "x" * 2048).status == 414
    assert ask(served, "/" + "x" * 2048, headers={}).status == 414
    many = [(f"x-{number}", "1") for number in range(65)]
    assert ask(served, "/lists", headers=many).status == 431
    assert ask(served, "/lists", headers={**BEARER, "cookie": "x" * 8192}).status == 431
    for body in ({"content-length": "5"}, {"transfer-encoding": "chunked"}, {"content-length": "many"}):
        answer = ask(served, "/lists", headers={**BEARER, **body})
        assert (answer.status, answer.headers["connection"]) == (400, "close")
    assert ask(served, "/lists", headers={**BEARER, "content-length": "0"}).status == 200


def test_every_answer_carries_the_same_care(monkeypatch: pytest.MonkeyPatch) -> None:
    """Good ones and refusals alike; only a page has another policy, since it brings its own."""
    served = app()
    etag = ask(served, "/lists/latest").headers["etag"]
    answers = {target: ask(served, target) for target in (*TARGETS, "/health", "/no", "/lists/latest?band=x")}
    answers["304"] = ask(served, "/lists/latest", headers={**BEARER, "if-none-match": etag})
    answers["401"] = ask(served, "/", headers={})
    answers["405"] = ask(served, "/", "POST")
    answers["429"] = ask(app(limit=RateLimit(1, 0.5)), "/")
    answers["414"] = ask(served, "/" + "x" * 3000)
    monkeypatch.setattr(Shelf, "names", lambda _: 1 / 0)
    answers["500"] = ask(served, "/lists")
    for name in ("304", "401", "405", "429", "414", "500"):
        assert str(answers[name].status) == name
    for name, answer in answers.items():
        page = answer.headers.get("content-type", "").startswith("text/html")
        for header, value in HEADERS.items():
            if header != "content-security-policy" or not page:
                assert answer.headers[header] == value, (name, header)
        assert "server" not in answer.headers
        assert "set-cookie" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers


def test_a_client_that_asks_too_often_waits() -> None:
    """429 with Retry-After, with the right token too; others are served; a second later it goes on."""
    now = [0.0]
    served = app(limit=RateLimit(per_second=1, at_once=3, clock=lambda: now[0]))
    assert [ask(served, "/lists").status for _ in range(4)] == [200, 200, 200, 429]
    refused = ask(served, "/lists")
    assert (refused.headers["retry-after"], refused.error) == ("1", "too many requests: ask again in 1 s.")
    assert ask(served, "/health", headers={}).status == 429
    assert ask(served, "/lists", client="192.0.2.9").status == 200
    now[0] += 1
    assert [ask(served, "/lists").status for _ in range(2)] == [200, 429]


def test_wrong_tokens_are_slow_to_try() -> None:
    """Five wrong ones, and the client waits, whatever it sends then; the usual limits, 100 at once and 10 a second."""
    now = [0.0]
    served = app(limit=RateLimit(clock=lambda: now[0]))
    wrong = {"authorization": "Bearer " + "x" * 32}
    assert [ask(served, "/", headers=wrong).status for _ in range(6)] == [401] * 5 + [429]
    assert ask(served, "/").status == 429
    assert ask(served, "/", client="192.0.2.9").status == 200
    now[0] += 0.11
    assert ask(served, "/").status == 200
    tried = 0
    for _ in range(600):  # a minute in tenths of a second
        now[0] += 0.1
        tried += ask(served, "/", headers=wrong).status == 401
    assert tried <= 31


def test_logs_hold_neither_token_nor_ids(caplog: pytest.LogCaptureFixture) -> None:
    """Method, known path and status; not what was asked for, and no line of the asker's making."""
    caplog.set_level(logging.DEBUG)
    served = app()
    for target in ("/lists/latest?band=high", f"/lists/{SECRET}", "/lists/0000123\r\nGET /forged 200", "/0000123", "/"):
        ask(served, target)
    ask(served, f"/lists/latest?token={SECRET}")
    ask(served, "/", f"EVIL{SECRET}")
    ask(served, "/", headers={"authorization": f"Basic {SECRET}"})
    assert [record.getMessage() for record in caplog.records if record.name == "ebb.serve"] == [
        "GET /lists/latest 200",
        "GET (another path) 404",
        "GET (another path) 404",
        "GET (another path) 404",
        "GET / 200",
        "GET /lists/latest 400",
        "(another method) / 405",
        "GET / 401",
    ]
    assert SECRET not in caplog.text
    assert "0000123" not in caplog.text


def test_an_error_of_the_servers_own_is_logged_without_what_it_says(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its kind and place are enough to look for it; its message could hold an id."""
    caplog.set_level(logging.DEBUG)

    def breaks(*_: object) -> None:
        raise KeyError("customer 0000123")

    monkeypatch.setattr(Shelf, "folder", breaks)
    answer = ask(app(), "/lists/latest")
    assert (answer.status, answer.error) == (500, "something went wrong here: see the server's log.")
    assert "KeyError in test_serve_guard.py:" in caplog.text
    assert "0000123" not in caplog.text + answer.body.decode()


def test_an_answer_that_breaks_halfway_is_not_passed_for_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last message never says that it was the end, so the server cuts the connection."""
    ended: list[bool] = []

    def breaks(*_: object) -> object:
        yield b"{"
        raise OSError("half")

    monkeypatch.setattr("pipeline.serving.app.json_rows", breaks)
    original = guard._Answer.send

    async def watch(self: guard._Answer, message: dict[str, object]) -> None:
        ended.append(message["type"] == "http.response.body" and not message.get("more_body", False))
        await original(self, message)

    monkeypatch.setattr(guard._Answer, "send", watch)
    answer = ask(app(), "/lists/latest")
    assert (answer.status, answer.body) == (200, b"{")
    assert not any(ended)
