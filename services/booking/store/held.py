"""The time that somebody holds, as it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter

from libs.common.facts import Contract
from libs.contracts.booking import CELL_MINUTES, HeldLine, Hold
from services.booking.domain import Visit
from services.booking.domain.booking import Place
from services.booking.domain.holding import Earlier, Holding, extensions_left


class HeldPlace(Contract):
    """The time and the window of one person of a hold."""

    procedure_id: str
    also: tuple[str, ...] = ()
    window_id: int
    starts_at: datetime
    cells: int

    @property
    def minutes(self) -> int:
        return self.cells * CELL_MINUTES

    def to_contract(self) -> HeldLine:
        return HeldLine(
            procedure_id=self.procedure_id,
            also=self.also,
            starts_at=self.starts_at,
            minutes=self.minutes,
        )


@dataclass(frozen=True)
class HeldTime:
    """A live hold at `read_at`, the database's time. `window_id`, `starts_at` and `cells` are those
    of the first person; `places` has one entry a person, the first included."""

    holder: UUID
    office_id: str
    procedure_id: str
    window_id: int
    starts_at: datetime
    cells: int
    expires_at: datetime
    extensions: int
    change_of: UUID | None
    first_until: datetime
    read_at: datetime
    places: tuple[HeldPlace, ...]

    @property
    def minutes(self) -> int:
        return self.cells * CELL_MINUTES

    @property
    def place(self) -> Place:
        """Where the first person's visit is."""
        return Place(self.office_id, self.window_id, self.starts_at, self.minutes)

    def to_contract(self) -> Hold:
        return Hold(
            procedure_id=self.procedure_id,
            office_id=self.office_id,
            starts_at=self.starts_at,
            minutes=self.minutes,
            expires_at=self.expires_at,
            extensions_left=extensions_left(self.expires_at, self.first_until, self.extensions),
            lines=tuple(place.to_contract() for place in self.places),
        )


def place_of(visit: Visit, window: int) -> HeldPlace:
    return HeldPlace(
        procedure_id=visit.procedure.procedure_id,
        also=tuple(procedure.procedure_id for procedure in visit.also),
        window_id=window,
        starts_at=visit.starts_at,
        cells=visit.minutes // CELL_MINUTES,
    )


_LINES = TypeAdapter(tuple[HeldPlace, ...])

EARLIER = TypeAdapter(tuple[Earlier, ...])


def places_in(lines: str | None) -> tuple[HeldPlace, ...]:
    """The times of all people; none where one person comes for one procedure."""
    return _LINES.validate_json(lines) if lines else ()


def held_time(row: asyncpg.Record | None) -> HeldTime | None:
    if row is None:
        return None
    values = dict(row)
    lines = values.pop("lines")
    alone = HeldPlace.model_validate(values)
    return HeldTime(**values, places=places_in(lines) or (alone,))


def earlier_of(held: Holding) -> str | None:
    """The holder's other times as they go into the column `earlier`."""
    return EARLIER.dump_json(held.earlier).decode() if held.earlier else None


def lines_of(places: Sequence[HeldPlace]) -> str:
    """Places as they go into the column `lines`."""
    return _LINES.dump_json(tuple(places)).decode()
