"""booking's holds and bookings for others, in memory, with the owner's own refusals."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from libs.contracts.booking import (
    Arrangement,
    CounterBooking,
    CounterHold,
    CounterLink,
    Hold,
    OpeningDay,
    Openings,
    OpeningStart,
    StaffBooking,
    UnlinkedList,
)
from libs.contracts.times import JST
from services.gateway.web.clients import PhoneClient
from services.gateway.web.link import Actor, Refused, Unreachable
from services.gateway.web.times import now

from .fake_family import Kept, hold_of, made_of

OPENS, STEP, TIMES = 9, 30, 14


class FakePhone(PhoneClient):
    """Two windows at every half hour from 9:00 on, on weekdays from tomorrow on.

    `full` are times that nobody can have but over capacity; where there are any, so is who is at
    the counter. `refusal` is what the next call is
    refused with. `wishes` are what was held and booked.
    """

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.held: dict[tuple[str, UUID], Hold] = {}
        self.full: set[datetime] = set()
        self.wishes: list[CounterHold | CounterBooking | CounterLink] = []
        self.refusals: list[Refused] = []
        self.extra = 0
        self.waiting: list[StaffBooking] = []
        self.away = False

    async def openings(
        self, actor: Actor, office_id: str, wishes: Sequence[Sequence[str]], first: date, days: int,
        arrangement: Arrangement = "together",
    ) -> Openings:  # fmt: skip
        self._answer()
        return Openings(
            days=tuple(self._day(first + timedelta(days=ahead)) for ahead in range(days))
        )

    async def hold(self, actor: Actor, key: str, request: CounterHold) -> Hold:
        self._answer()
        if request.starts_at in self.full:
            raise Refused(409, "slot-full", {})
        return self._hold(actor, request, is_extra=request.starts_at is None and bool(self.full))

    async def hold_extra(self, actor: Actor, key: str, request: CounterHold) -> Hold:
        self._answer()
        if "bookings.overbook" not in actor.rights:
            raise Refused(403, "not-allowed", {})
        self.extra += 1
        return self._hold(actor, request, is_extra=True)

    async def keep(self, actor: Actor, form: UUID) -> Hold:
        self._answer()
        if (actor.name, form) not in self.held:
            raise Refused(409, "hold-expired", {})
        return self.held[actor.name, form]

    async def drop(self, actor: Actor, form: UUID) -> None:
        self._answer()
        self.held.pop((actor.name, form), None)

    async def book(self, actor: Actor, key: str, request: CounterBooking) -> StaffBooking:
        self._answer()
        if self.refusals:
            raise self.refusals.pop(0)
        held = self.held.pop((actor.name, request.form))
        self.wishes.append(request)
        made = made_of(held, request)
        self.kept |= {one.booking_id: one for one in made}
        self.kept.families += (tuple(one.booking_id for one in made),)
        persons = [request, *request.party]
        self.waiting += [one for one, who in zip(made, persons, strict=True) if who.unlinked]
        return made[0]

    async def unlinked(self, actor: Actor) -> UnlinkedList:
        self._answer()
        return UnlinkedList(bookings=tuple(self.waiting))

    async def link(
        self, actor: Actor, key: str, booking_id: UUID, request: CounterLink
    ) -> StaffBooking:
        self._answer()
        if self.refusals:
            raise self.refusals.pop(0)
        self.wishes.append(request)
        (linked,) = (one for one in self.waiting if one.booking_id == booking_id)
        self.waiting.remove(linked)
        return linked

    def forget_holds(self) -> None:
        """Every hold has run out."""
        self.held.clear()

    def _hold(self, actor: Actor, request: CounterHold, is_extra: bool = False) -> Hold:
        if self.refusals:
            raise self.refusals.pop(0)
        self.wishes.append(request)
        hold = hold_of(request, request.starts_at or _at(now().date(), 10, 5))
        hold = hold.model_copy(update={"is_extra": is_extra})
        self.held[actor.name, request.form] = hold
        return hold

    def _day(self, day: date) -> OpeningDay:
        if day.weekday() > 4 or day <= now().date():
            return OpeningDay(day=day, starts=())
        times = (_at(day, OPENS) + timedelta(minutes=STEP * n) for n in range(TIMES))
        return OpeningDay(
            day=day,
            starts=tuple(
                OpeningStart(starts_at=at, free=0 if at in self.full else 2) for at in times
            ),
        )

    def _answer(self) -> None:
        if self.away:
            raise Unreachable("ClientConnectorError")


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), JST)
