"""Sealing personal data (AES-256-GCM) and finding it again without opening it (HMAC-SHA-256)."""

import base64
import hmac
import os
from collections.abc import Mapping
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12


class CannotOpen(Exception):
    """The text was sealed for another purpose, with an unknown key, or was altered."""


class KeyRing:
    """The keys of one purpose. The first seals; every one of them opens.

    The purpose is bound into each seal, so a sealed contact never opens as a sealed person.
    """

    def __init__(self, purpose: str, keys: Mapping[int, bytes]) -> None:
        self._purpose = purpose.encode()
        self._ciphers = {version: AESGCM(key) for version, key in keys.items()}
        self._newest = next(iter(self._ciphers))

    def seal(self, text: str) -> str:
        return self.seal_bytes(text.encode())

    def open(self, sealed: str) -> str:
        """Raises CannotOpen."""
        try:
            return self.open_bytes(sealed).decode()
        except UnicodeDecodeError as error:
            raise CannotOpen from error

    def seal_bytes(self, content: bytes) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        box = self._ciphers[self._newest].encrypt(nonce, content, self._purpose)
        return f"{self._newest}.{base64.urlsafe_b64encode(nonce + box).decode()}"

    def open_bytes(self, sealed: str) -> bytes:
        """Raises CannotOpen."""
        try:
            version, _, body = sealed.partition(".")
            raw = base64.urlsafe_b64decode(body)
            cipher = self._ciphers[int(version)]
            return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], self._purpose)
        except (ValueError, KeyError, InvalidTag) as error:
            raise CannotOpen from error


class BlindIndex:
    """Equal texts give equal digests; without the key a digest says nothing."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def derived(cls, key: bytes, purpose: str) -> "BlindIndex":
        """One for a purpose of its own (HKDF-SHA-256): no digest of it is one of another."""
        return cls(HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(key))

    def digest(self, *parts: str) -> str:
        """64 hex digits. Parts are length-prefixed, so ('ab', 'c') and ('a', 'bc') differ."""
        message = b"".join(len(raw).to_bytes(4, "big") + raw for raw in map(str.encode, parts))
        return hmac.new(self._key, message, sha256).hexdigest()

    def matches(self, digest: str, *parts: str) -> bool:
        """Whether `digest` is that of `parts`, in constant time."""
        return hmac.compare_digest(digest.encode(), self.digest(*parts).encode())
