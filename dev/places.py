"""Where made-up citizens come from: each from an address of its own, as behind an edge.

The citizens' door believes it where TRUSTED_PROXIES names this machine. Without it all of them
would share one address, and booking slows down an address that takes much.
"""

from ipaddress import IPv4Network
from itertools import count

_NETWORK = IPv4Network("198.18.0.0/15")
"""For measurements (RFC 2544): nobody real comes from there."""
AT_THE_EDGE = {"TRUSTED_PROXIES": "127.0.0.0/8"}
"""The variables of a citizens' door that believes made-up citizens where they come from."""
_numbers = count(1)


def new_place() -> dict[str, str]:
    """The header that the edge would set, with an address that nobody else of this process has."""
    return {"X-Forwarded-For": str(_NETWORK[next(_numbers) % _NETWORK.num_addresses])}
