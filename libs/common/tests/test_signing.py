"""A signed statement is believed for its purpose, until it expires, and never altered."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from libs.common.signing import BadSignature, Signer, Verifier

PRIVATE = b"k" * 32


def public(private: bytes = PRIVATE) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def signed(lifetime: float = 60.0) -> str:
    return Signer(PRIVATE, "ticket").sign({"who": "a"}, now=1000.0, lifetime=lifetime)


def test_a_statement_is_read_as_it_was_signed() -> None:
    claims = Verifier(public(), "ticket").read(signed(), now=1059.0)
    assert claims == {"who": "a", "exp": 1060.0}


def test_an_expired_statement_is_refused() -> None:
    with pytest.raises(BadSignature):
        Verifier(public(), "ticket").read(signed(), now=1060.5)


def test_a_statement_for_another_purpose_is_refused() -> None:
    with pytest.raises(BadSignature):
        Verifier(public(), "assertion:lgwan").read(signed(), now=1000.0)


def test_a_statement_of_another_key_is_refused() -> None:
    with pytest.raises(BadSignature):
        Verifier(public(b"x" * 32), "ticket").read(signed(), now=1000.0)


def test_a_longer_life_cannot_be_written_in() -> None:
    _, signature = signed().split(".")
    body = json.dumps({"who": "a", "exp": 9999.0}).encode()
    forged = f"{base64.urlsafe_b64encode(body).rstrip(b'=').decode()}.{signature}"
    with pytest.raises(BadSignature):
        Verifier(public(), "ticket").read(forged, now=1000.0)


@pytest.mark.parametrize(
    "token", ["", ".", "a.b", "a.b.c", "日本.語", signed() + "x", signed()[2:]]
)
def test_what_is_no_statement_at_all_is_refused(token: str) -> None:
    with pytest.raises(BadSignature):
        Verifier(public(), "ticket").read(token, now=1000.0)
