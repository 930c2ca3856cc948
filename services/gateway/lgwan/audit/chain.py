"""The chain over the operation log: pure, under a key that the database does not have.

Each link holds a digest of its row and a mac over that digest and the link before. Whoever changes
a row, a link, or their order without the key leaves a chain that does not add up. What was erased
on purpose is named by a row of the log itself, signed with the key.
"""

import hmac
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Literal

START = bytes(32)
ERASE = "log.erase"
_RANGE = re.compile(r"([1-9][0-9]{0,17})-([1-9][0-9]{0,17})")
FaultKind = Literal["edited", "deleted", "broken", "missing", "cut"]


@dataclass(frozen=True)
class SealedEntry:
    """A row of the log as it is sealed."""

    operation_id: int
    at: datetime
    salt: str
    actor: str
    what: str
    object_kind: str
    object_id: str
    office_id: str
    result: str
    request_id: str
    address: str
    detail: str

    @property
    def digest(self) -> bytes:
        """The salt goes with the row, so that a digest alone cannot be guessed back."""
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        parts = [str(part) for part in (self.operation_id, at, *list(vars(self).values())[2:])]
        return sha256(json.dumps(parts, ensure_ascii=False).encode()).digest()


@dataclass(frozen=True)
class ChainLink:
    """`entry` is None where its row is not there any more."""

    number: int
    operation_id: int
    digest: bytes
    mac: bytes
    entry: SealedEntry | None


@dataclass(frozen=True)
class Head:
    """How far the chain went at some moment; known outside the database, it shows a cut."""

    number: int
    mac: bytes


@dataclass(frozen=True)
class ChainFault:
    """What is wrong, and at which number."""

    number: int
    kind: FaultKind


@dataclass(frozen=True)
class Sealer:
    """What only who has the key can make."""

    key: bytes

    def mac(self, before: bytes, number: int, operation_id: int, digest: bytes) -> bytes:
        message = b"|".join((b"link", before, f"{number}|{operation_id}".encode(), digest))
        return hmac.digest(self.key, message, "sha256")

    def continued(self, head: Head, entries: Sequence[SealedEntry]) -> list[ChainLink]:
        """The links of `entries`, after `head`."""
        links: list[ChainLink] = []
        for number, entry in enumerate(entries, head.number + 1):
            before = links[-1].mac if links else head.mac
            mac = self.mac(before, number, entry.operation_id, entry.digest)
            links.append(ChainLink(number, entry.operation_id, entry.digest, mac, entry))
        return links

    def erasure(self, numbers: str) -> str:
        """What a row that names erased numbers carries, so that nobody else can write one."""
        return hmac.digest(self.key, f"erase|{numbers}".encode(), "sha256").hex()

    def signature(self, at: str, head: Head) -> str:
        message = f"head|{at}|{head.number}|{head.mac.hex()}".encode()
        return hmac.digest(self.key, message, "sha256").hex()

    def write_head(self, at: datetime, head: Head) -> str:
        """A line to keep elsewhere."""
        moment = at.astimezone(UTC).isoformat(timespec="seconds")
        return f"{moment} {head.number} {head.mac.hex()} {self.signature(moment, head)}"

    def read_head(self, line: str) -> Head:
        """Raises ValueError for a line that was not written with this key."""
        at, number, mac, signature = line.split()
        head = Head(int(number), bytes.fromhex(mac))
        if not hmac.compare_digest(self.signature(at, head), signature):
            raise ValueError("The signature is another one.")
        return head


@dataclass
class ChainCheck:
    """Goes along the chain from its begin, or from a head that is believed."""

    sealer: Sealer
    heads: Iterable[Head] = ()
    after: Head = Head(0, START)
    faults: list[ChainFault] = field(default_factory=list)
    links: int = 0
    _gone: list[int] = field(default_factory=list)
    _erased: list[range] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._last = self.after
        self._heads = {h.number: h.mac for h in self.heads if h.number > self.after.number}

    def take(self, link: ChainLink) -> None:
        self.links += 1
        if link.number != self._last.number + 1:
            self.faults.append(ChainFault(self._last.number + 1, "missing"))
        expected = self.sealer.mac(self._last.mac, link.number, link.operation_id, link.digest)
        known = self._heads.pop(link.number, link.mac)
        if not hmac.compare_digest(expected, link.mac) or known != link.mac:
            self.faults.append(ChainFault(link.number, "broken"))
        self._check_row(link)
        self._last = Head(link.number, link.mac)

    def _check_row(self, link: ChainLink) -> None:
        if link.entry is None:
            self._gone.append(link.number)
        elif link.entry.digest != link.digest:
            self.faults.append(ChainFault(link.number, "edited"))
        elif link.entry.what == ERASE:
            self._erased += self._named(link.entry)

    def _named(self, entry: SealedEntry) -> list[range]:
        found = _RANGE.fullmatch(entry.object_id)
        if not found or not hmac.compare_digest(
            self.sealer.erasure(entry.object_id), entry.detail.rpartition(" ")[2]
        ):
            return []
        return [range(int(found[1]), int(found[2]) + 1)]

    def finish(self) -> Head:
        """The last link. What is missing then was deleted, or cut off where a head is beyond."""
        lost = [n for n in self._gone if not any(n in one for one in self._erased)]
        self.faults += [ChainFault(number, "deleted") for number in lost]
        self.faults += [ChainFault(number, "cut") for number in sorted(self._heads)]
        return self._last


def entry_of(row: Any) -> SealedEntry:
    """Of a row with these columns."""
    names = list(SealedEntry.__dataclass_fields__)
    values = {name: getattr(row, name) for name in names}
    return SealedEntry(**{**values, "salt": str(values["salt"])})
