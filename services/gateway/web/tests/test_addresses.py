"""Where a request comes from: the edge is believed, nobody else."""

import pytest

from services.gateway.web.addresses import address_of, networks

EDGE = networks("10.1.0.0/16")


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("10.1.0.7", "10.12.4.31", "10.12.4.31"),
        ("10.1.0.7", "1.2.3.4, 10.12.4.31", "10.12.4.31"),
        ("10.1.0.7", "nonsense", "10.1.0.7"),
        ("10.1.0.7", "", "10.1.0.7"),
        ("10.2.0.7", "10.12.4.31", "10.2.0.7"),
        ("::ffff:10.2.0.7", "", "10.2.0.7"),
        ("testclient", "", "None"),
    ],
)
def test_the_edge_names_the_client_and_nobody_else(peer: str, forwarded: str, address: str) -> None:
    assert str(address_of(peer, forwarded, EDGE)) == address
