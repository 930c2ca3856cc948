"""Where a citizen comes from: told apart by digest, believed only from the edge."""

from datetime import date

import pytest
from starlette.requests import Request

from services.gateway.internet.door.origins import OriginReader
from services.gateway.web.addresses import networks

DAY = date(2026, 12, 1)
EDGE = "172.18.0.5"
ORIGINS = OriginReader({1: b"k" * 32}, networks("172.16.0.0/12, fd00::/8"))


def request(peer: str, forwarded: str | None = None) -> Request:
    headers = [] if forwarded is None else [(b"x-forwarded-for", forwarded.encode())]
    return Request({"type": "http", "client": (peer, 1), "headers": headers})


def test_the_edge_says_where_a_citizen_comes_from() -> None:
    first, again, other = (
        ORIGINS.of(request(EDGE, address), DAY)
        for address in ("203.0.113.7", "203.0.113.7", "203.0.113.8")
    )
    assert first == again != other
    assert first == ORIGINS.of(request("203.0.113.7"), DAY)


def test_nobody_else_is_believed() -> None:
    plain = ORIGINS.of(request("203.0.113.7"), DAY)
    assert ORIGINS.of(request("203.0.113.7", "198.51.100.1"), DAY) == plain


def test_only_the_last_address_is_the_edges_own_word() -> None:
    invented = ORIGINS.of(request(EDGE, "198.51.100.1, 203.0.113.7"), DAY)
    assert invented == ORIGINS.of(request("203.0.113.7"), DAY)


def test_the_digest_changes_with_the_day_and_the_key_and_names_no_address() -> None:
    digest = ORIGINS.of(request("203.0.113.7"), DAY)
    assert digest != ORIGINS.of(request("203.0.113.7"), date(2026, 12, 2))
    assert digest != OriginReader({1: b"x" * 32}, ()).of(request("203.0.113.7"), DAY)
    assert len(digest) == 64


def test_the_addresses_of_one_home_are_one_origin() -> None:
    one, two, elsewhere = (
        ORIGINS.of(request(address), DAY)
        for address in ("2001:db8:1:200::1", "2001:db8:1:2ff:ffff::9", "2001:db8:1:300::1")
    )
    assert one == two != elsewhere
    mapped = ORIGINS.of(request("::ffff:203.0.113.7"), DAY)
    assert mapped == ORIGINS.of(request("203.0.113.7"), DAY)


@pytest.mark.parametrize("forwarded", ["", "unknown", "203.0.113", "12345"])
def test_an_edge_that_says_nothing_is_an_origin_itself(forwarded: str) -> None:
    assert ORIGINS.of(request(EDGE, forwarded), DAY) == ORIGINS.of(request(EDGE), DAY)
