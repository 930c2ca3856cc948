"""What several people bring: what all of them need once, then what only some do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from libs.contracts.booking import Visitor

from .seats import Seat


@dataclass(frozen=True)
class Packing:
    """`all` is for everybody, `some` has (people, their further documents), `notes` each once."""

    all: tuple[str, ...]
    some: tuple[tuple[tuple[Seat, ...], tuple[str, ...]], ...]
    notes: tuple[str, ...]


def pack(seats: Sequence[Seat]) -> Packing:
    lists = [seat.rules.documents(cast("Visitor", seat.who.visitor)) for seat in seats]
    common = tuple(one for one in lists[0] if all(one in listed for listed in lists))
    more: dict[tuple[str, ...], list[Seat]] = {}
    for seat, listed in zip(seats, lists, strict=True):
        if own := tuple(one for one in listed if one not in common):
            more.setdefault(own, []).append(seat)
    some = tuple((tuple(people), documents) for documents, people in more.items())
    notes = tuple(dict.fromkeys(note for seat in seats for note in seat.rules.notes))
    return Packing(common, some, notes)
