"""Members of staff who book for others, with shorthands for what tests do all the time."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from libs.common.assertion import Caller
from libs.contracts.booking import (
    CounterBooking,
    CounterHold,
    CounterLink,
    Hold,
    PartyLine,
    StaffBooking,
)
from services.booking.actions.phone import bookings, holds, links

from .city import BORN, City, new_person

RIGHTS = frozenset({"bookings.read", "bookings.make", "bookings.overbook"})


def clerk(name: str = "sato", *offices: str, rights: frozenset[str] = RIGHTS) -> Caller:
    return Caller("lgwan", name, rights, frozenset(offices or ("*",)))


@dataclass
class Call:
    """Somebody on the phone: a form, and what was held for it."""

    city: City
    caller: Caller = field(default_factory=clerk)
    form: UUID = field(default_factory=uuid4)
    held: Hold | None = None

    async def hold(
        self, starts_at: datetime | None, *procedures: str, extra: bool = False, **more: Any
    ) -> Hold:
        ask = CounterHold.model_validate(
            {
                "form": self.form,
                "procedure_ids": procedures or ("slow",),
                "office_id": "here",
                "starts_at": starts_at,
            }
            | more
        )
        take = holds.hold_extra if extra else holds.hold_time
        self.held = await take(self.city.desk, self.caller, str(uuid4()), ask)
        return self.held

    async def hold_all(self, starts_at: datetime | None, *people: str, **more: Any) -> Hold:
        """Hold a time for people who come for 'slow', or for 'slow+pin'."""
        first, *others = (person.split("+") for person in people)
        party = [PartyLine(procedure_id=lead, also=tuple(also)) for lead, *also in others]
        return await self.hold(starts_at, *first, **{"party": party} | more)

    async def book_all(self, *people: dict[str, Any], **more: Any) -> StaffBooking:
        """Make what is held bookings; each of `people` is what is said of one of them."""
        ask = self.wish_of_all(*people, **more)
        return await bookings.book(self.city.desk, self.caller, str(uuid4()), ask)

    def wish_of_all(self, *people: dict[str, Any], **more: Any) -> CounterBooking:
        held = self.held
        assert held
        party = [
            {
                "procedure_ids": (line.procedure_id, *line.also),
                "visitor": "self",
                "kana": new_person(),
                "born": BORN,
            }
            | said
            for line, said in zip(held.lines[1:], people[1:], strict=True)
        ]
        return self.wish(**people[0] | {"party": party} | more)

    async def book(self, kana: str | None = None, **more: Any) -> StaffBooking:
        """Make what is held a booking; every call without `kana` is somebody new."""
        ask = self.wish(kana, **more)
        return await bookings.book(self.city.desk, self.caller, str(uuid4()), ask)

    def wish(self, kana: str | None = None, **more: Any) -> CounterBooking:
        held = self.held
        assert held
        return CounterBooking.model_validate(
            {
                "form": self.form,
                "procedure_ids": (held.procedure_id, *held.lines[0].also),
                "office_id": held.office_id,
                "starts_at": held.starts_at,
                "channel": "phone",
                "visitor": "self",
                "kana": kana or new_person(),
                "born": BORN,
            }
            | more
        )

    async def link(self, booking: StaffBooking, ticket: str, **more: Any) -> StaffBooking:
        ask = CounterLink(version=booking.version, ticket=ticket, **more)
        return await links.link_card(
            self.city.desk, self.caller, booking.booking_id, str(uuid4()), ask
        )
