"""How many requests a client may make: in this one process, in bounded memory."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable

PER_SECOND = 10.0
AT_ONCE = 100.0
FAILED = 20.0  # a wrong token counts as so many requests
MOST_CLIENTS = 4096
OTHERS = "others"


class RateLimit:
    """A bucket per client that holds `at_once` requests and is filled again by `per_second`.

    Kept is one number per client: the time at which its bucket is full again (the generic cell rate algorithm, ITU-T
    I.371). Who has recovered is forgotten; beyond `most_clients` that have not, newcomers share one bucket.
    """

    def __init__(
        self,
        per_second: float = PER_SECOND,
        at_once: float = AT_ONCE,
        most_clients: int = MOST_CLIENTS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._each = 1 / per_second
        self._depth = at_once / per_second
        self._most = most_clients
        self._clock = clock
        self._full_at: dict[str, float] = {}

    def wait(self, client: str) -> float:
        """Seconds until this client may ask again; 0, and the request is counted, where it may ask now."""
        now, key = self._clock(), self._key(client)
        full_at = max(self._full_at.get(key, now), now) + self._each
        if full_at - now > self._depth:
            return full_at - now - self._depth
        self._full_at[key] = full_at
        return 0.0

    def charge(self, client: str, requests: float) -> None:
        """Count so many more requests of a client that was let in."""
        now, key = self._clock(), self._key(client)
        self._full_at[key] = max(self._full_at.get(key, now), now) + requests * self._each

    def clients(self) -> int:
        """How many clients are remembered."""
        return len(self._full_at)

    def _key(self, client: str) -> str:
        if client in self._full_at or len(self._full_at) < self._most:
            return client
        now = self._clock()
        self._full_at = {name: full_at for name, full_at in self._full_at.items() if full_at > now}
        return client if len(self._full_at) < self._most else OTHERS


def client_key(host: str | None) -> str:
    """Who is counted as one client: an IPv4 address, or the /64 of an IPv6 address, which is one customer's to use up.

    >>> client_key("192.0.2.7"), client_key("2001:db8::7"), client_key("::ffff:192.0.2.7"), client_key(None)
    ('192.0.2.7', '2001:db8::', '192.0.2.7', 'unknown')
    """
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return "unknown"  # a name that a proxy sent is the proxy's word: they share a bucket
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or ipaddress.IPv6Address(int(address) >> 64 << 64))
