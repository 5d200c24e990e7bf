"""The served lists in a process of its own, asked over a socket. A helper, not a test."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from web import BEARER, SECRET
from workspace import REPOSITORY


def start(folder: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """`python -m pipeline.serve` in a folder, with only these EBB_ variables."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("EBB_")}
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline.serve", *arguments],
        cwd=folder,
        env={**clean, "PYTHONPATH": str(REPOSITORY), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@dataclass
class Server:
    """A running server: its port, and what it says when it is stopped."""

    process: subprocess.Popen[str]
    port: int

    def ask(self, target: str, method: str = "GET", headers: dict[str, str] | None = None) -> http.client.HTTPResponse:
        """One request with the token, unless headers are given; the body is read."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(connection):
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in (BEARER if headers is None else headers).items():
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            answer.body = answer.read()  # type: ignore[attr-defined]
            return answer

    def raw(self, request: bytes) -> bytes:
        """What comes back for these bytes until the server hangs up, which may be before it has read them all."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            found = b""
            with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                connection.sendall(request)
                while piece := connection.recv(65536):
                    found += piece
            return found

    def stop(self) -> str:
        """End it as Ctrl+C does and return what it wrote."""
        self.process.send_signal(signal.SIGINT)
        _, said = self.process.communicate(timeout=30)
        return said


@contextlib.contextmanager
def serving(folder: Path, *arguments: str, **environment: str) -> Iterator[Server]:
    """A server on a free port; ended at the end, however that comes."""
    process = start(folder, "--port", "0", *arguments, EBB_SERVE_TOKEN=SECRET, **environment)
    assert process.stderr is not None
    try:
        port = None
        while port is None:
            line = process.stderr.readline()
            assert line, f"it ended: {process.wait(30)}"
            found = re.search(r"http://\S+:(\d+)", line)
            port = int(found[1]) if found else None
        yield Server(process, port)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
