"""Helper: a throw-away PostgreSQL server from the machine's own package, and tables in it. Not a test."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

# Made anew for each run, so that no file can hold them by chance; with signs that mean something in an address.
SENTINELS = (secrets.token_hex(8), secrets.token_hex(8))
USER = f"shop@{SENTINELS[0]}"
PASSWORD = f"{SENTINELS[1]}/@:#?&%+ 'x"
URL = "postgresql://${SHOP_USER}:${SHOP_PASSWORD}@"
ENVIRONMENT = {"SHOP_USER": USER, "SHOP_PASSWORD": PASSWORD}


@dataclass(frozen=True)
class Server:
    """A server that listens on a port of this machine and on a socket in its folder."""

    folder: Path
    port: int
    programs: Path = field(repr=False)

    @property
    def url(self) -> str:
        """Its address as params.yaml has it."""
        return f"{URL}127.0.0.1:{self.port}/postgres"

    def connect(self) -> psycopg.Connection[Any]:
        """A connection that may do everything, for setting the scene."""
        return psycopg.connect(
            host=str(self.folder), port=self.port, user=USER, password=PASSWORD, dbname="postgres", autocommit=True
        )

    def run(self, *statements: str) -> None:
        """Run statements."""
        with self.connect() as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def fill(self, table: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
        """Create a table and copy rows into it, in this order."""
        self.run(f"DROP TABLE IF EXISTS {table} CASCADE", f"CREATE TABLE {table} ({columns})")
        with (
            self.connect() as connection,
            connection.cursor() as cursor,
            cursor.copy(f"COPY {table} FROM STDIN".encode()) as copy,
        ):
            for row in rows:
                copy.write_row(row)

    def control(self, *arguments: str) -> None:
        """Run pg_ctl on the server's folder."""
        done = _run(self.programs / "pg_ctl", "-D", str(self.folder / "data"), "-w", *arguments)
        if done.returncode:
            raise AssertionError(f"pg_ctl {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}")

    def start(self) -> None:
        """Start it; nothing is kept safe against a power cut."""
        options = f"-k {self.folder} -p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off -c log_statement=none"
        self.control("-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stop it at once, unless a test has."""
        if (self.folder / "data/postmaster.pid").exists():
            self.control("-m", "immediate", "stop")


@contextmanager
def server() -> Iterator[Server]:
    """A server for one test module; skipped, with the reason, where the machine has none."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL's server is not installed: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="ebb-pg-"))  # the server's user cannot enter pytest's folders
    try:
        started = Server(folder, _free_port(), programs)
        _initialise(started)
        started.start()
        try:
            yield started
        finally:
            started.stop()
    finally:
        shutil.rmtree(folder)


def _programs() -> Path | None:
    """The newest installed server's folder of programs: Debian keeps it off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    known = shutil.which("initdb")
    return Path(known).resolve().parent if known else None


def _initialise(new: Server) -> None:
    word = new.folder / "word"
    word.write_text(PASSWORD, encoding="utf-8")
    for path in (new.folder, word):
        if (user := _user()) is not None:
            shutil.chown(path, user)
    options = ["-U", USER, "--pwfile", str(word), "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "-N"]
    done = _run(new.programs / "initdb", "-D", str(new.folder / "data"), *options)
    word.unlink()
    if done.returncode:
        raise AssertionError(f"initdb:\n{done.stdout}\n{done.stderr}")


def _user() -> str | None:
    """Who runs the server: it refuses to be run by root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return "nobody"


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, user=_user(), cwd="/", capture_output=True, text=True, check=False, timeout=60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
