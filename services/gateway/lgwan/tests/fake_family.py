"""Bookings in memory that know who was booked together, and the times of several people."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from libs.contracts.booking import (
    CARD_NUMBERS,
    CARD_NUMBERS_OF_OUTAGES,
    CardPass,
    CounterBooking,
    CounterHold,
    CounterPerson,
    HeldLine,
    Hold,
    StaffBooking,
)
from services.gateway.web.link import Actor
from services.gateway.web.times import now

NUMBERS = ("4TR6WM9ZQ1", "7HX2KP4DM6", "9CN5VB3TW8", "2JF8QR6XZ4")
SLOT = timedelta(minutes=30)


class Kept(dict[UUID, StaffBooking]):
    """Bookings by id. `families` are the ids of those who were booked together."""

    families: tuple[tuple[UUID, ...], ...] = ()

    def __init__(self, bookings: Mapping[UUID, StaffBooking]) -> None:
        super().__init__(bookings)
        self.card_numbers: dict[UUID, str] = {}
        """Of the cards that bookings are about."""
        self.shelves: dict[UUID, str] | None = None
        """Where the cards of bookings lie, where the city marks it."""

    def shelf_of(self, booking_id: UUID) -> str | None:
        return (self.shelves or {}).get(booking_id)

    def pass_of(self, actor: Actor, use: str, bookings: Iterable[StaffBooking]) -> CardPass | None:
        """As booking gives it: by right alone."""
        coming = use == "outage" and CARD_NUMBERS_OF_OUTAGES in actor.rights
        if not coming and CARD_NUMBERS not in actor.rights:
            return None
        known = (one.booking_id for one in bookings if one.booking_id in self.card_numbers)
        keys = {booking_id: f"key of {self.card_numbers[booking_id]}" for booking_id in known}
        return CardPass(keys=keys, ticket=use)

    def party_of(self, booking_id: UUID) -> tuple[StaffBooking, ...]:
        """The others who were booked together with this one."""
        family = next((one for one in self.families if booking_id in one), ())
        return tuple(self[other] for other in family if other != booking_id)


def held_lines(request: CounterHold, start: datetime) -> Iterator[HeldLine]:
    """Half an hour for each procedure."""
    wishes = [(one.procedure_id, *one.also) for one in request.party]
    for first, *also in [request.procedure_ids, *wishes]:
        length = SLOT * (1 + len(also))
        minutes = int(length.total_seconds()) // 60
        yield HeldLine(procedure_id=first, also=tuple(also), starts_at=start, minutes=minutes)
        if request.arrangement == "in_turn":
            start += length


def hold_of(request: CounterHold, start: datetime) -> Hold:
    lines = tuple(held_lines(request, start))
    return Hold(
        **lines[0].model_dump(exclude={"also"}),
        office_id=request.office_id,
        expires_at=now() + timedelta(minutes=10),
        extensions_left=10,
        lines=lines,
    )


def made_of(held: Hold, request: CounterBooking) -> Sequence[StaffBooking]:
    """A booking for each person."""
    persons: list[CounterPerson] = [request, *request.party]
    return [
        StaffBooking(
            booking_id=uuid4(),
            number=NUMBERS[number],
            procedure_id=line.procedure_id,
            also=line.also,
            office_id=held.office_id,
            starts_at=line.starts_at,
            minutes=line.minutes,
            window_id=1 + number,
            visitor=person.visitor,
            channel=request.channel,
            status="arrived" if request.arrived else "confirmed",
            outcome=None,
            has_email=request.email is not None,
            mail_failed=False,
            card_moved=False,
            booked_at=now(),
            version=1,
            relation=person.relation,
        )
        for number, (line, person) in enumerate(zip(held.lines, persons, strict=True))
    ]
