"""What the counter asks booking for beside the bookings, in memory: cards to lay out."""

from datetime import date, datetime, timedelta
from uuid import UUID

from libs.contracts.booking import (
    CallBoard,
    CalledNumber,
    CardPlace,
    CounterWindow,
    CounterWindows,
    PersonExchange,
    Preparation,
    PreparationList,
    PreparationSort,
    PreparationTick,
    Shelf,
    ShelfChange,
    StaffBooking,
    TimeExchange,
)
from libs.contracts.times import JST
from services.gateway.web.clients import CounterClient
from services.gateway.web.link import Actor, Refused, Unreachable
from services.gateway.web.times import now

from .fake_family import Kept

WINDOWS = range(1, 9)
PREPARED_AT = datetime(2026, 12, 1, 16, 40, tzinfo=JST)


class FakeCounter(CounterClient):
    """Over the bookings of FakeBooking. `prepared` says who laid out which card, `cards` where a
    card is if not at its office, `left` are cards laid out in vain, and at which office."""

    def __init__(self, bookings: Kept) -> None:
        self._bookings = bookings
        self.prepared: dict[UUID, str] = {}
        self.cards: dict[UUID, tuple[CardPlace, str | None]] = {}
        self.left: dict[UUID, str] = {}
        self.names: dict[str, str] = {}
        """By booking number."""
        self.ticks: list[tuple[str, bool, str]] = []
        """Whose tick it was, whether the card is ready, under which key."""
        self.called: list[CalledNumber] = []
        self.waiting: list[int] = []
        self.serving: dict[int, int] = {}
        """Who is served at which window."""
        self.askers: list[Actor] = []
        """Who asked for the calls."""
        self.away = False
        self.persons: list[tuple[PersonExchange, str]] = []
        self.refusal: Refused | None = None
        """What an exchange is refused with."""

    async def preparations(
        self, actor: Actor, office_id: str, day: date | None, sort: PreparationSort
    ) -> PreparationList:
        day = day or now().date() + timedelta(days=1)
        every = [
            self._shown(booking)
            for booking in sorted(self._bookings.values(), key=lambda one: one.starts_at)
            if booking.procedure_id == "issuance"
        ]
        here = [one for one in every if one.office_id == office_id]
        on_day = [one for one in here if one.starts_at.astimezone(JST).date() == day]
        visits = [one for one in on_day if one.status in ("confirmed", "arrived")]
        if sort == "number":
            visits.sort(key=lambda one: one.number)
        back = [one for one in every if self.left.get(one.booking_id) == office_id]
        shown = [self._bookings[one.booking_id] for one in (*visits, *back)]
        cards = self._bookings.pass_of(actor, "preparations", shown)
        if cards:
            visits = [one.model_copy(update={"kana": self.names.get(one.number)}) for one in visits]
        return PreparationList(
            office_id=office_id,
            day=day,
            visits=tuple(visits),
            to_return=tuple(back),
            cards=cards,
            shelves=self._bookings.shelves is not None,
        )

    async def prepare(
        self, actor: Actor, key: str, booking_id: UUID, ask: PreparationTick
    ) -> Preparation:
        booking = self._bookings.get(booking_id)
        if booking is None or not {"*", booking.office_id} & actor.offices:
            raise Refused(404, "not-found", {})
        if booking.status not in ("confirmed", "arrived") and ask.ready:
            raise Refused(409, "wrong-state", {})
        self.ticks.append((actor.name, ask.ready, key))
        if ask.ready:
            self.prepared.setdefault(booking_id, actor.name)
        else:
            self.prepared.pop(booking_id, None)
            self.left.pop(booking_id, None)
        return self._shown(booking)

    async def put_on_shelf(
        self, actor: Actor, key: str, booking_id: UUID, ask: ShelfChange
    ) -> Shelf:
        booking, shelves = self._bookings.get(booking_id), self._bookings.shelves
        if booking is None or shelves is None or not {"*", booking.office_id} & actor.offices:
            raise Refused(404, "not-found", {})
        if self.cards.get(booking_id, ("here", ""))[0] != "here":
            raise Refused(409, "wrong-state", {})
        shelves[booking_id] = ask.shelf
        return Shelf(office_id=booking.office_id, shelf=ask.shelf)

    async def calls(self, actor: Actor, office_id: str) -> CallBoard:
        if self.away:
            raise Unreachable("ClientConnectorError")
        self.askers.append(actor)
        return CallBoard(
            office_id=office_id,
            at=now(),
            called=tuple(self.called),
            waiting=tuple(self.waiting),
            waiting_total=len(self.waiting),
        )

    async def windows(self, actor: Actor, office_id: str) -> CounterWindows:
        if not {"*", office_id} & actor.offices:
            raise Refused(404, "not-found", {})
        if self.away:
            raise Unreachable("ClientConnectorError")
        windows = (CounterWindow(window=n, serving=self.serving.get(n)) for n in WINDOWS)
        return CounterWindows(office_id=office_id, windows=tuple(windows))

    async def replace_person(
        self, actor: Actor, key: str, booking_id: UUID, ask: PersonExchange
    ) -> StaffBooking:
        booking = self._of_version(booking_id, ask.version)
        self.persons.append((ask, key))
        update = {"visitor": ask.visitor, "has_email": ask.email is not None}
        return self._changed(booking, **update)

    async def exchange_times(
        self, actor: Actor, key: str, booking_id: UUID, ask: TimeExchange
    ) -> StaffBooking:
        one = self._of_version(booking_id, ask.version)
        other = self._of_version(ask.other_id, ask.other_version)
        self._changed(other, starts_at=one.starts_at, window_id=one.window_id)
        return self._changed(one, starts_at=other.starts_at, window_id=other.window_id)

    def _of_version(self, booking_id: UUID, version: int) -> StaffBooking:
        if self.refusal:
            raise self.refusal
        booking = self._bookings.get(booking_id)
        if booking is None:
            raise Refused(404, "not-found", {})
        if booking.version != version:
            raise Refused(409, "version-conflict", {})
        return booking

    def _changed(self, booking: StaffBooking, **update: object) -> StaffBooking:
        changed = booking.model_copy(update={**update, "version": booking.version + 1})
        self._bookings[booking.booking_id] = changed
        return changed

    def _shown(self, booking: StaffBooking) -> Preparation:
        card, where = self.cards.get(booking.booking_id, ("here", booking.office_id))
        by = self.prepared.get(booking.booking_id)
        own = {name: getattr(booking, name) for name in _SHARED}
        return Preparation(
            **own,
            card=card,
            card_office_id=where,
            prepared_by=by,
            prepared_at=PREPARED_AT if by else None,
            shelf=self._bookings.shelf_of(booking.booking_id),
        )


_SHARED = set(Preparation.model_fields) & set(StaffBooking.model_fields)
