"""Where a request came from, as a digest: it tells two places apart and names none."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from ipaddress import IPv6Address, IPv6Network

from starlette.requests import Request

from services.gateway.web.addresses import Network, address_of

HOME_BITS = 56
"""Of an IPv6 address. Providers give a home or an office at least 256 networks of 64 bits, so that
counting by 64 bits would give one line 256 times what an IPv4 address has."""


class OriginReader:
    """An origin is an IPv4 address or the first HOME_BITS of an IPv6 address. All that is counted
    for a place is counted for an origin.

    `proxies` are the networks of the edge: what it says about the client is believed, what anybody
    else says is not."""

    def __init__(self, keys: Mapping[int, bytes], proxies: Sequence[Network]) -> None:
        newest = next(iter(keys.values()))
        self._key = hmac.new(newest, b"internet|origin", sha256).digest()
        self._proxies = proxies

    def of(self, request: Request, day: date) -> str:
        """64 hex digits, others on each day."""
        message = f"{day}|{self._place(request)}".encode()
        return hmac.new(self._key, message, sha256).hexdigest()

    def _place(self, request: Request) -> str:
        host = request.client.host if request.client else ""
        peer = address_of(host, request.headers.get("x-forwarded-for", ""), self._proxies)
        if isinstance(peer, IPv6Address):
            return str(IPv6Network((peer, HOME_BITS), strict=False))
        return str(peer)
