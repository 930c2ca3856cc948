"""Where a request comes from: the client that the edge names, or the peer."""

from collections.abc import Sequence
from contextvars import ContextVar
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
client_address: ContextVar[str] = ContextVar("client_address", default="")
"""That of the request that is answered; empty outside of one."""


def address_of(peer: str, forwarded: str, proxies: Sequence[Network]) -> Address | None:
    """`proxies` are the networks of the edge: what it says about the client is believed, what
    anybody else says is not."""
    address = _address(peer)
    if address is not None and any(address in network for network in proxies):
        return _address(forwarded.rpartition(",")[2].strip()) or address
    return address


def networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """`172.16.0.0/12,fd00::/8`: networks, separated by commas."""
    return tuple(ip_network(part.strip()) for part in text.split(","))


class ClientAddresses:
    """Notes the address of each request while it is answered."""

    def __init__(self, app: ASGIApp, proxies: Sequence[Network]) -> None:
        self._app = app
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        peer = scope["client"][0] if scope.get("client") else ""
        forwarded = Headers(scope=scope).get("x-forwarded-for", "")
        token = client_address.set(str(address_of(peer, forwarded, self._proxies) or ""))
        try:
            await self._app(scope, receive, send)
        finally:
            client_address.reset(token)


def _address(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
