"""Services believe each door under its own key, and staff's rights from the LGWAN door only."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from libs.common.assertion import Asserter, Caller, Callers
from libs.common.errors import NotAuthenticated
from libs.common.signing import Signer

KEYS = {"internet": b"i" * 32, "lgwan": b"l" * 32}


def callers() -> Callers:
    public = {
        door: Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()
        for door, key in KEYS.items()
    }
    return Callers(public)


def header(door: str, key: bytes | None = None) -> str:
    asserter = Asserter(key or KEYS[door], door)
    return asserter.header("actor", frozenset({"bookings.read"}), frozenset({"honcho"}))


def test_staff_come_with_their_rights_and_offices() -> None:
    expected = Caller("lgwan", "actor", frozenset({"bookings.read"}), frozenset({"honcho"}))
    assert callers().read(header("lgwan")) == expected


def test_rights_from_the_internet_door_do_not_count() -> None:
    assert callers().read(header("internet")) == Caller("internet", "actor")


def test_the_internet_doors_key_cannot_speak_for_the_lgwan_door() -> None:
    with pytest.raises(NotAuthenticated):
        callers().read(header("lgwan", key=KEYS["internet"]))


def test_the_door_is_told_by_the_key_and_not_by_the_claim() -> None:
    signer = Signer(KEYS["internet"], "assertion:internet")
    claims = {"door": "lgwan", "actor": "a", "rights": ["bookings.read"], "offices": ["*"]}
    token = signer.sign(claims, now=4e9, lifetime=60)
    assert callers().read(f"Assertion {token}") == Caller("internet", "a")


@pytest.mark.parametrize(
    "value", ["", "Assertion", "Assertion x.y", "Bearer " + header("lgwan")[10:]]
)
def test_without_an_assertion_there_is_no_caller(value: str) -> None:
    with pytest.raises(NotAuthenticated):
        callers().read(value)


def test_an_assertion_of_a_minute_ago_is_no_longer_believed() -> None:
    signer = Signer(KEYS["lgwan"], "assertion:lgwan")
    claims = {"actor": "a", "rights": [], "offices": []}
    token = signer.sign(claims, now=1000.0, lifetime=60)
    with pytest.raises(NotAuthenticated):
        callers().read(f"Assertion {token}")


def test_a_star_serves_every_office() -> None:
    assert Caller("lgwan", "a", offices=frozenset({"*"})).serves("akeno")
    assert Caller("lgwan", "a", offices=frozenset({"akeno"})).serves("akeno")
    assert not Caller("lgwan", "a", offices=frozenset({"onan"})).serves("akeno")
    assert not Caller("internet", "a").serves("akeno")
