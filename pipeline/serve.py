"""Serve: `python -m pipeline.serve`, the published lists over HTTP, read-only, for programs that pull."""

from __future__ import annotations

import argparse
import contextlib
import ipaddress
import logging
import os
import socket
import sys
from collections.abc import Sequence

import uvicorn

from pipeline.errors import ConfigError, run_stage
from pipeline.serving.app import create_app
from pipeline.serving.bearer import read_token
from pipeline.serving.guard import LOG

HOST, PORT = "127.0.0.1", "8321"
MOST_CONNECTIONS = 64
MOST_REQUEST_HEAD = 16_384  # bytes of request line and headers before the connection is closed
KEEP_ALIVE_SECONDS = 15
PATIENCE_SECONDS = 10  # for answers that are under way when the server is stopped


def main() -> None:
    """Serve until stopped. Raises ConfigError without a proper token, host, port or proxy, before a port is opened."""
    token = read_token()
    asked = _arguments(sys.argv[1:])
    proxy = _proxy(os.environ.get("EBB_SERVE_PROXY"))
    listener = _listen(asked.host, asked.port)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    if not _loopback(asked.host):
        LOG.warning(
            "%s can be reached by other machines, and nothing is encrypted here: let a proxy do TLS.", asked.host
        )
    LOG.info("data/lists on http://%s:%s, read-only; Ctrl+C ends it.", _in_url(asked.host), listener.getsockname()[1])
    config = uvicorn.Config(
        create_app(token),
        http="h11",
        loop="asyncio",
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="warning",
        access_log=False,  # the guard logs, without what an address may hold
        server_header=False,
        proxy_headers=proxy is not None,
        forwarded_allow_ips=proxy,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=PATIENCE_SECONDS,
        h11_max_incomplete_event_size=MOST_REQUEST_HEAD,
    )
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises it again at its end, but not always
        uvicorn.Server(config).run(sockets=[listener])  # one process: the rate limit counts in memory
    LOG.info("stopped.")


def _arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m pipeline.serve", description="Serve data/lists, read-only.")
    host, port = os.environ.get("EBB_SERVE_HOST") or HOST, os.environ.get("EBB_SERVE_PORT") or PORT
    parser.add_argument("--host", default=host, help="address to listen on (EBB_SERVE_HOST), default 127.0.0.1")
    parser.add_argument("--port", default=port, help="port to listen on (EBB_SERVE_PORT), default 8321; 0: a free one")
    return parser.parse_args(given)


def _listen(host: str, port: str) -> socket.socket:
    """A socket that listens already: a port that is taken is known before anything else is said."""
    if not (port.isascii() and port.isdigit() and int(port) < 65_536):
        raise ConfigError(f"the port is {port!r}: use a whole number from 1 to 65535, or 0 for a free one.")
    try:
        family, *_, address = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=128)
    except OSError as error:
        why = str(error.strerror).partition(" (while")[0]
        raise ConfigError(
            f"nobody can listen on {host}, port {port} ({why}): use an address of this machine and a port that is free "
            "(--host, --port, or EBB_SERVE_HOST, EBB_SERVE_PORT)."
        ) from None


def _proxy(text: str | None) -> str | None:
    """The address of the proxy whose X-Forwarded-For is believed; several with commas. Nobody else's is."""
    if not text:
        return None
    for part in text.split(","):
        try:
            everybody = ipaddress.ip_network(part.strip()).prefixlen == 0
        except ValueError:
            everybody = True  # uvicorn takes "*" for that
        if everybody:
            raise ConfigError(
                f"EBB_SERVE_PROXY names {part.strip()!r}: use the proxy's IP address or network, several with commas. "
                "Whoever is named there may say who is asking."
            )
    return text


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


if __name__ == "__main__":
    run_stage(main)
