"""How often a client may ask, by a clock that the tests turn."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.serving.limits import OTHERS, RateLimit, client_key


class Clock:
    """Seconds, turned by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def limit(clock: Clock, clients: int = 100) -> RateLimit:
    """Five requests at once, then two a second."""
    return RateLimit(per_second=2, at_once=5, most_clients=clients, clock=clock)


def test_five_at_once_then_two_a_second() -> None:
    """The sixth waits half a second; asking in vain costs nothing; another client is not held up."""
    clock = Clock()
    bucket = limit(clock)
    assert [bucket.wait("anna") for _ in range(7)] == [0, 0, 0, 0, 0, 0.5, 0.5]
    assert bucket.wait("bert") == 0
    clock.now += 0.5
    assert [bucket.wait("anna") for _ in range(2)] == [0, 0.5]
    clock.now += 60
    assert [bucket.wait("anna") for _ in range(6)] == [0, 0, 0, 0, 0, 0.5]


def test_a_failure_counts_more() -> None:
    """One request and a charge of nine: 10 requests used of 5, so 3 seconds until the next."""
    bucket = limit(Clock())
    assert bucket.wait("anna") == 0
    bucket.charge("anna", 9)
    assert bucket.wait("anna") == 3.0


def test_memory_is_bounded_and_nobody_is_forgiven() -> None:
    """A thousand addresses: four are kept, the others share one bucket; who waits still waits."""
    clock = Clock()
    bucket = limit(clock, clients=4)
    bucket.wait("guesser")
    bucket.charge("guesser", 100)
    allowed = sum(bucket.wait(f"bot-{number}") == 0 for number in range(1000))
    assert bucket.clients() == 5
    assert allowed == 3 + 5  # three that are kept, and five of the shared bucket
    assert bucket.wait("guesser") > 40
    assert bucket.wait("somebody new") == bucket.wait(OTHERS) > 0


def test_who_has_recovered_is_forgotten() -> None:
    """After a while the places are free again."""
    clock = Clock()
    bucket = limit(clock, clients=2)
    assert [bucket.wait(name) for name in ("anna", "bert", "carl")] == [0, 0, 0]
    clock.now += 10
    assert bucket.wait("dora") == 0
    assert bucket.clients() == 1


@given(st.lists(st.floats(0, 3), max_size=60))
def test_never_more_than_the_rate(pauses: list[float]) -> None:
    """Whatever the pauses: in any time t from the start, at most 5 + 2t requests; and who waits as told is let in."""
    clock = Clock()
    bucket, let_in = limit(clock), 0
    for pause in pauses:
        clock.now += pause
        seconds = bucket.wait("anna")
        let_in += seconds == 0
        assert let_in <= 5 + 2 * (clock.now - 1000) + 1e-6
    while bucket.wait("anna") == 0:
        pass
    clock.now += bucket.wait("anna") + 1e-6
    assert bucket.wait("anna") == 0


def test_who_is_one_client() -> None:
    """One IPv6 customer has 2^64 addresses, and must not have as many buckets."""
    assert client_key("2001:db8:1:2::1") == client_key("2001:db8:1:2:ffff::9") != client_key("2001:db8:1:3::1")
    assert client_key("::1") == "::"
    assert client_key("127.0.0.1") == client_key("::ffff:127.0.0.1") == "127.0.0.1"
    assert client_key("a name\r\nof a proxy") == client_key("") == client_key(None) == "unknown"
