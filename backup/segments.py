"""PostgreSQL's write-ahead log as files: their names, their order and whose they are."""

import re
import struct
from dataclasses import dataclass
from pathlib import Path

SIZE = 16 * 2**20
"""What initdb chooses, and what nobody changes here."""
PARTIAL = ".partial"
_NAME = re.compile(r"^[0-9A-F]{24}$")
_HISTORY = re.compile(r"^[0-9A-F]{8}\.history$")
_LONG_HEADER = struct.Struct("<HHIQI4xQII")
"""magic, info, timeline, address, rest, (padding), system, size of a file, size of a page"""


@dataclass(frozen=True, order=True)
class Segment:
    """A file of the log: its place in the log, and the timeline that wrote it."""

    number: int
    timeline: int

    @classmethod
    def named(cls, name: str) -> "Segment":
        timeline, high, low = (int(name[at : at + 8], 16) for at in (0, 8, 16))
        return cls(high * (2**32 // SIZE) + low, timeline)

    @property
    def name(self) -> str:
        high, low = divmod(self.number, 2**32 // SIZE)
        return f"{self.timeline:08X}{high:08X}{low:08X}"


def is_whole(name: str) -> bool:
    return bool(_NAME.match(name))


def is_history(name: str) -> bool:
    return bool(_HISTORY.match(name))


def is_partial(name: str) -> bool:
    return name.endswith(PARTIAL) and is_whole(name.removesuffix(PARTIAL))


def is_tail(name: str) -> bool:
    """What the archive calls a file that is not full: `<name>.<journal>.partial`."""
    return name.endswith(PARTIAL) and is_whole(name[:24])


def at(position: str, timeline: int) -> Segment:
    """The file that a position such as `0/2000028` is in."""
    high, low = (int(part, 16) for part in position.split("/"))
    return Segment(((high << 32) + low) // SIZE, timeline)


def system_of(path: Path) -> str:
    """The identifier of the database cluster that wrote a file; empty while it is."""
    with path.open("rb") as file:
        head = file.read(_LONG_HEADER.size)
    if len(head) < _LONG_HEADER.size:
        return ""
    system: int = _LONG_HEADER.unpack(head)[5]
    return str(system) if system else ""


def reach(content: bytes) -> int:
    """How far a file that is not full has been written: the rest is zeros."""
    return len(content.rstrip(b"\0"))
