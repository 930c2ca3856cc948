"""Services believe each door under its own key, and staff's rights from the LGWAN door only."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from libs.common.assertion import (
    LEEWAY_SECONDS,
    Asserter,
    Assertion,
    Caller,
    Callers,
    Target,
    digest_of,
)
from libs.common.errors import NotAuthenticated
from libs.common.signing import Signer, Verifier

KEYS = {"internet": b"i" * 32, "lgwan": b"l" * 32}
NOW = 1_800_000_000.0
TARGET = Target("booking", "POST", "/v1/holds?office=honcho", "k" * 16)


def callers() -> Callers:
    public = {
        door: Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()
        for door, key in KEYS.items()
    }
    return Callers(public, "booking", clock=lambda: NOW)


def header(door: str, key: bytes | None = None, ahead: float = 0) -> str:
    asserter = Asserter(key or KEYS[door], door, clock=lambda: NOW + ahead)
    who = ("actor", frozenset({"bookings.read"}), frozenset({"honcho"}))
    return asserter.header(*who, TARGET, b"{}")


def test_staff_come_with_their_rights_and_offices() -> None:
    expected = Caller("lgwan", "actor", frozenset({"bookings.read"}), frozenset({"honcho"}))
    assert callers().read(header("lgwan"), TARGET) == Assertion(expected, digest_of(b"{}"))


def test_rights_from_the_internet_door_do_not_count() -> None:
    assert callers().read(header("internet"), TARGET).caller == Caller("internet", "actor")


def test_the_internet_doors_key_cannot_speak_for_the_lgwan_door() -> None:
    with pytest.raises(NotAuthenticated):
        callers().read(header("lgwan", key=KEYS["internet"]), TARGET)


def test_the_door_is_told_by_the_key_and_not_by_the_claim() -> None:
    signer = Signer(KEYS["internet"], "assertion:internet")
    claims = {"door": "lgwan", "actor": "a", "rights": ["bookings.read"], "offices": ["*"]}
    token = signer.sign(claims, now=4e9, lifetime=60)
    assert callers().read(f"Assertion {token}", TARGET).caller == Caller("internet", "a")


@pytest.mark.parametrize(
    "value", ["", "Assertion", "Assertion x.y", "Bearer " + header("lgwan")[10:]]
)
def test_without_an_assertion_there_is_no_caller(value: str) -> None:
    with pytest.raises(NotAuthenticated):
        callers().read(value, TARGET)


def test_an_assertion_of_a_minute_ago_is_no_longer_believed() -> None:
    signer = Signer(KEYS["lgwan"], "assertion:lgwan")
    claims = {"actor": "a", "rights": [], "offices": []}
    token = signer.sign(claims, now=1000.0, lifetime=60)
    with pytest.raises(NotAuthenticated):
        callers().read(f"Assertion {token}", TARGET)


@pytest.mark.parametrize(
    "other",
    [
        replace(TARGET, service="eligibility"),
        replace(TARGET, method="GET"),
        replace(TARGET, address="/v1/bookings?office=honcho"),
        replace(TARGET, address="/v1/holds?office=akeno"),
        replace(TARGET, address="/v1/holds"),
        replace(TARGET, key="l" * 16),
    ],
)
def test_an_assertion_opens_no_other_request(other: Target) -> None:
    with pytest.raises(NotAuthenticated):
        callers().read(header("lgwan"), other)


def test_a_door_of_the_release_before_is_still_understood() -> None:
    """Both releases run side by side while one replaces the other."""
    signer = Signer(KEYS["lgwan"], "assertion:lgwan")
    claims = {"door": "lgwan", "actor": "a", "rights": [], "offices": [], "rid": ""}
    token = signer.sign(claims, now=NOW, lifetime=60)
    assert callers().read(f"Assertion {token}", TARGET) == Assertion(Caller("lgwan", "a"), None)


def test_a_service_of_the_release_before_understands_this_door() -> None:
    """It reads these claims and looks at no others."""
    public = Ed25519PrivateKey.from_private_bytes(KEYS["lgwan"]).public_key().public_bytes_raw()
    claims = Verifier(public, "assertion:lgwan").read(header("lgwan")[10:], now=NOW)
    read = (claims["actor"], claims["rights"], claims["offices"])
    assert read == ("actor", ["bookings.read"], ["honcho"])


@pytest.mark.parametrize("ahead", [-50, -LEEWAY_SECONDS, LEEWAY_SECONDS])
def test_a_clock_that_is_a_little_off_is_no_reason_to_refuse(ahead: float) -> None:
    assert callers().read(header("lgwan", ahead=ahead), TARGET).caller.door == "lgwan"


@pytest.mark.parametrize("ahead", [-61, LEEWAY_SECONDS + 1])
def test_an_assertion_of_another_time_is_refused(ahead: float) -> None:
    with pytest.raises(NotAuthenticated):
        callers().read(header("lgwan", ahead=ahead), TARGET)


def test_a_star_serves_every_office() -> None:
    assert Caller("lgwan", "a", offices=frozenset({"*"})).serves("akeno")
    assert Caller("lgwan", "a", offices=frozenset({"akeno"})).serves("akeno")
    assert not Caller("lgwan", "a", offices=frozenset({"dainan"})).serves("akeno")
    assert not Caller("internet", "a").serves("akeno")
