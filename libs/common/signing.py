"""Short-lived statements signed with Ed25519: JSON that its reader can trust and cannot alter."""

import base64
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class BadSignature(Exception):
    """Not signed by this key, altered, malformed or expired."""


class Signer:
    """Signs for one purpose; the purpose is part of what is signed."""

    def __init__(self, private_key: bytes, purpose: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(private_key)
        self._purpose = purpose.encode()

    def sign(self, claims: dict[str, Any], *, now: float, lifetime: float) -> str:
        """`claims` with an expiry of `lifetime` seconds after `now`, as one URL-safe word."""
        body = json.dumps({**claims, "exp": now + lifetime}, separators=(",", ":")).encode()
        return f"{_encode(body)}.{_encode(self._key.sign(self._purpose + b'|' + body))}"


class Verifier:
    """Reads what a `Signer` of the same purpose wrote."""

    def __init__(self, public_key: bytes, purpose: str) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(public_key)
        self._purpose = purpose.encode()

    def read(self, token: str, *, now: float) -> dict[str, Any]:
        """The claims. Raises BadSignature, also when the token has expired."""
        try:
            body, signature = (_decode(part) for part in token.split("."))
            self._key.verify(signature, self._purpose + b"|" + body)
            claims: dict[str, Any] = json.loads(body)
        except (ValueError, InvalidSignature) as error:
            raise BadSignature from error
        if claims["exp"] < now:
            raise BadSignature
        return claims


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
