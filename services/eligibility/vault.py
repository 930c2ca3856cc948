"""The keys of this service: persons sealed at rest, found by digest, vouched for by ticket."""

import json
import os
from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libs.common.passes import Passes
from libs.common.seal import BlindIndex, CannotOpen, KeyRing
from libs.common.signing import Signer
from libs.common.work import BITS
from libs.contracts.eligibility import TICKET_PURPOSE, TICKET_SECONDS, TicketClaims

_NONCE_BYTES = 12
_NOBODY = ("XXX000000", date(1900, 1, 1))


class Vault:
    """Everything that needs a key. Only this class turns a person into text and back."""

    def __init__(
        self,
        person_keys: Mapping[int, bytes],
        index_key: bytes,
        ticket_key: bytes,
        puzzle_bits: int = BITS,
    ) -> None:
        self._ring = KeyRing("person", person_keys)
        self._index = BlindIndex(index_key)
        self._signer = Signer(ticket_key, TICKET_PURPOSE)
        self.passes = Passes(index_key, puzzle_bits)
        self.nobody = self.seal(*_NOBODY)
        """A sealed person like any other, for numbers that are not in the list."""

    def card_key(self, number: str) -> str:
        """The digest under which the person with this normalised card number is kept."""
        return self._index.digest(number)

    def file_digest(self, content: bytes) -> str:
        """Says whether a file is the same, and nothing of what is in it."""
        return self._index.digest("file", sha256(content).hexdigest())

    def form_digest(self, key: str) -> str:
        """Says whether a form is the same, without a way back to its key."""
        return self._index.digest("form", key)

    def file_box(self, key: str) -> "FileBox":
        """Seals a file under a key that follows from that of the form it was sent with. The form's
        key is kept nowhere but in the browser: nobody else reads the file, whatever they copy."""
        return FileBox(bytes.fromhex(self._index.digest("file key", key)))

    def number(self, sealed: str) -> str:
        """Raises CannotOpen."""
        return str(json.loads(self._ring.open(sealed))["number"])

    def seal(self, number: str, born: date) -> str:
        return self._ring.seal(json.dumps({"number": number, "born": born.isoformat()}))

    def born(self, sealed: str) -> date:
        """Raises CannotOpen."""
        return date.fromisoformat(json.loads(self._ring.open(sealed))["born"])

    def ticket(self, card_key: str, born: date, now: datetime) -> str:
        claims = TicketClaims(card_key=card_key, born=born).model_dump(mode="json")
        return self._signer.sign(claims, now=now.timestamp(), lifetime=TICKET_SECONDS)


class FileBox:
    """Seals the pieces of one file; a piece opens only as the piece that it was."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, content: bytes, piece: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, piece.encode())

    def open(self, sealed: bytes, piece: str) -> bytes:
        """Raises CannotOpen."""
        try:
            nonce, box = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
            return self._cipher.decrypt(nonce, box, piece.encode())
        except (InvalidTag, ValueError) as error:
            raise CannotOpen from error
