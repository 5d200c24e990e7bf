"""The command itself, in a process of its own, asked over a socket: its start, its limits on the wire, its log."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from samples import hostile_ids
from server import Server, serving, start
from web import BEARER, SECRET, publish_sample
from workspace import REPOSITORY


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server over one list for the tests that only ask."""
    folder = tmp_path_factory.mktemp("serve")
    with contextlib.chdir(folder):
        publish_sample(5000, ids=hostile_ids())
        with serving(folder) as running:
            yield running


def test_rows_come_in_pieces_and_whole(server: Server) -> None:
    """Streamed without a length, 5,000 rows in several blocks, and no header of the server's own."""
    answer = server.ask("/lists/latest")
    assert answer.status == 200
    assert answer.getheader("transfer-encoding") == "chunked"
    assert answer.getheader("server") is None
    told = json.loads(answer.body)  # type: ignore[attr-defined]
    assert len(told["rows"]) == told["customers"] == 5000
    assert [row["customer_id"] for row in told["rows"]].count("=1+1") == 1


def test_a_browser_is_asked_and_may_enter(server: Server) -> None:
    """The token as password of any user."""
    assert server.ask("/", headers={}).status == 401
    word = base64.b64encode(f"anna:{SECRET}".encode()).decode()
    page = server.ask("/", headers={"authorization": f"Basic {word}"})
    assert (page.status, page.getheader("content-type")) == (200, "text/html; charset=utf-8")


def test_head_on_the_wire(server: Server) -> None:
    """The headers of GET, the end, and the connection can be used again."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    with contextlib.closing(connection):
        for target in ("/lists/latest", "/", "/lists/latest?band=x", "/health"):
            connection.request("HEAD", target, headers=BEARER)
            head = connection.getresponse()
            assert head.read() == b""
            connection.request("GET", target, headers=BEARER)
            got = connection.getresponse()
            assert got.read()
            ignored = {"date", "transfer-encoding"}
            headers = [{(n, v) for n, v in answer.getheaders() if n.lower() not in ignored} for answer in (head, got)]
            assert (head.status, headers[0]) == (got.status, headers[1])


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("GET /lists/../../params.yaml HTTP/1.1", 404),
        ("GET /lists/%2e%2e/secret.txt HTTP/1.1", 404),
        ("GET /lists\\..\\secret.txt HTTP/1.1", 404),
        ("GET http://127.0.0.1/lists/latest HTTP/1.1", 404),
        ("GET //lists/latest HTTP/1.1", 404),
        ("GET /lists/latest\x00 HTTP/1.1", 400),
        ("GET /lists/lat\xe9st HTTP/1.1", 400),
        ("GET /lists/latest", 400),
        ("OPTIONS * HTTP/1.1", 405),
        ("DELETE /lists/latest HTTP/1.1", 405),
        ("nonsense", 400),
        (f"GET /{'x' * 3000} HTTP/1.1", 414),
    ],
)
def test_hostile_requests_on_the_wire(server: Server, request_line: str, status: int) -> None:
    """What a client library would not send: refused here or by the server's own parser, which tells no name."""
    lines = [request_line, "Host: x", f"Authorization: Bearer {SECRET}", "Connection: close", "", ""]
    answer = server.raw("\r\n".join(lines).encode("latin-1"))
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert b"\nserver:" not in answer.lower()
    assert server.ask("/health").status == 200


def test_too_many_headers_on_the_wire(server: Server) -> None:
    """In one piece or without an end: the connection is closed."""
    many = "".join(f"X-{number}: y\r\n" for number in range(100))
    assert server.raw(f"GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n".encode()).startswith(b"HTTP/1.1 431 ")
    for endless in (b"GET /", b"GET / HTTP/1.1\r\nHost: x\r\nCookie: "):
        answer = server.raw(endless + b"x" * 400_000)
        assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")  # the answer may be lost with the rest
    assert server.ask("/health").status == 200


def test_the_log_tells_what_was_asked_and_nothing_of_whom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its first lines, a line per request, the end; token, ids and query are not in it. It ends without an error."""
    monkeypatch.chdir(tmp_path)
    publish_sample(30, ids=hostile_ids())
    with serving(tmp_path) as server:
        server.ask("/lists/latest?band=high")
        server.ask(f"/lists/latest?token={SECRET}")
        server.ask(f"/{SECRET}")
        server.ask("/lists/0000123")
        said = server.stop()
        assert server.process.returncode == 0
    assert [line.split(" ", 2)[2] for line in said.splitlines()] == [
        "GET /lists/latest 200",
        "GET /lists/latest 400",
        "GET (another path) 404",
        "GET (another path) 404",
        "stopped.",
    ]


def test_only_a_named_proxy_may_say_who_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise anybody had as many buckets as there are addresses. With five wrong tokens each has used up its own."""
    monkeypatch.chdir(tmp_path)
    publish_sample(5)

    def statuses(server: Server) -> list[int]:
        asked = ({"authorization": "Bearer no", "x-forwarded-for": f"192.0.2.{number}"} for number in range(6))
        return [server.ask("/", headers=headers).status for headers in asked]

    with serving(tmp_path) as server:
        assert statuses(server) == [401] * 5 + [429]
    with serving(tmp_path, EBB_SERVE_PROXY="127.0.0.1") as server:
        assert statuses(server) == [401] * 6


REFUSED = {
    "no token": ([], {}, "EBB_SERVE_TOKEN is not set in the environment"),
    "a short token": ([], {"EBB_SERVE_TOKEN": "short"}, "EBB_SERVE_TOKEN has 5 characters"),
    "no port": (["--port", "many"], {"EBB_SERVE_TOKEN": SECRET}, "the port is 'many'"),
    "a port too high": ([], {"EBB_SERVE_TOKEN": SECRET, "EBB_SERVE_PORT": "70000"}, "the port is '70000'"),
    "a foreign address": (["--host", "192.0.2.1"], {"EBB_SERVE_TOKEN": SECRET}, "nobody can listen on 192.0.2.1"),
    "no such host": (
        ["--host", "no-such-host.invalid"],
        {"EBB_SERVE_TOKEN": SECRET},
        "on no-such-host.invalid, port 8321",
    ),
    "any proxy": ([], {"EBB_SERVE_TOKEN": SECRET, "EBB_SERVE_PROXY": "*"}, "EBB_SERVE_PROXY names '*'"),
    "all proxies": ([], {"EBB_SERVE_TOKEN": SECRET, "EBB_SERVE_PROXY": "10.0.0.1, 0.0.0.0/0"}, "names '0.0.0.0/0'"),
}


@pytest.mark.parametrize(("arguments", "environment", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_a_start_that_is_refused(
    arguments: list[str], environment: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    """One sentence, no traceback, exit code 1, and nothing listens."""
    process = start(tmp_path, *arguments, **environment)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said.strip().count("\n") == 0
    assert sentence in said
    assert SECRET not in said


def test_a_port_that_is_taken(server: Server, tmp_path: Path) -> None:
    """Named, with what to do."""
    process = start(tmp_path, "--port", str(server.port), EBB_SERVE_TOKEN=SECRET)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, f"port {server.port} (Address already in use)" in said) == (1, True)


def test_it_listens_to_this_machine_only_unless_told_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another host is possible, and warned of: nothing is encrypted here."""
    monkeypatch.chdir(tmp_path)
    publish_sample(1)
    with serving(tmp_path) as server:
        assert server.ask("/health", headers={}).status == 200
        found = subprocess.run(
            ["cat", f"/proc/{server.process.pid}/net/tcp"], capture_output=True, text=True, check=True
        )
        assert f"0100007F:{server.port:04X}" in found.stdout
        assert f"00000000:{server.port:04X}" not in found.stdout
    process = start(tmp_path, "--port", "0", EBB_SERVE_HOST="0.0.0.0", EBB_SERVE_TOKEN=SECRET)  # noqa: S104
    assert process.stderr is not None
    try:
        assert "0.0.0.0 can be reached by other machines, and nothing is encrypted here" in process.stderr.readline()
    finally:
        process.kill()
        process.communicate()


def test_importing_it_opens_nothing() -> None:
    """Import does nothing: no port, no log handler, no token read."""
    code = "import logging, pipeline.serve; assert not logging.getLogger().handlers"
    environment = {name: value for name, value in os.environ.items() if name != "EBB_SERVE_TOKEN"}
    subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, env=environment, check=True, timeout=60)
