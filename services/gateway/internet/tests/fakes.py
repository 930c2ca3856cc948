"""Booking and eligibility as the door sees them, in memory."""

from datetime import date, timedelta
from typing import Any

from libs.contracts.booking import (
    BoardSnapshot,
    BookingProof,
    BookingRequest,
    Catalog,
    ChangeRequest,
    CitizenBooking,
    ContactRequest,
    HeldLine,
    Hold,
    HoldRequest,
    OwnStart,
    OwnTimes,
    OwnVisit,
    PartyLine,
    PartyMember,
)
from libs.contracts.eligibility import Check, CheckReply
from libs.contracts.times import day_of
from libs.rules.visits import visit_minutes
from services.gateway.web.clients import BookingClient, EligibilityClient
from services.gateway.web.link import Actor, Refused, Unreachable

from .city import Clock, catalog, snapshot

CARD = "ABC123456"
BORN = date(1960, 4, 1)
CARDS = {
    (CARD, BORN): "honcho",
    ("CHI000015", date(2011, 12, 10)): "honcho",
    ("CHI000008", date(2018, 5, 5)): "honcho",
    ("FAM000002", date(1962, 7, 7)): "honcho",
    ("FAR000001", date(1990, 2, 3)): "tsurusaki",
}
"""Number and date of birth of the cards that are ready, and where. One of the children has her
fifteenth birthday within the days that can be booked."""
NUMBER = "8K2M47QX3P"
WAITING = "many@example.jp"
"""An address at which many mails wait to be opened."""
OPENED = "opened.1800000000." + "0" * 32
TOKEN = "t" * 43
"""The link in the mail of the booking."""


class FakeBooking(BookingClient):
    """One hold a session, one booking; `refusals` are raised once each, by the name of the call."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.holds: dict[str, Hold] = {}
        self.requests: list[HoldRequest] = []
        self.booked: list[BookingRequest] = []
        self.contacts: list[ContactRequest] = []
        self.bookings: dict[str, tuple[date | None, CitizenBooking]] = {}
        self.replies: dict[tuple[str, str], Hold | CitizenBooking] = {}
        self.refusals: dict[str, Refused | Unreachable] = {}
        self.proofs: list[BookingProof] = []
        self.resent: list[str] = []
        self.locked = False
        self.elsewhere: tuple[OwnVisit, ...] = ()
        """Others were wrong about every number, too often."""
        self.terms = (10, 10)
        """Minutes of a hold, and how often it can be extended."""

    async def catalog(self) -> Catalog:
        return catalog()

    async def board(self, office_id: str) -> BoardSnapshot:
        return snapshot(office_id)

    async def hold(self, actor: Actor, key: str, request: HoldRequest) -> Hold:
        self._maybe_refuse("hold")
        known = self.replies.get(("hold", key))
        if isinstance(known, Hold):
            return known
        self.requests.append(request)
        lines = held_lines(request)
        hold = Hold(
            procedure_id=request.procedure_id,
            office_id=request.office_id,
            starts_at=request.starts_at,
            minutes=lines[0].minutes,
            expires_at=self._clock() + timedelta(minutes=self.terms[0]),
            extensions_left=self.terms[1],
            lines=lines,
        )
        self.holds[actor.name] = self.replies["hold", key] = hold
        return hold

    async def held(self, actor: Actor) -> Hold | None:
        hold = self.holds.get(actor.name)
        return hold if hold and hold.expires_at > self._clock() else None

    async def extend(self, actor: Actor, key: str) -> Hold:
        self._maybe_refuse("extend")
        hold = await self.held(actor)
        if hold is None:
            raise Refused(409, "hold-expired", {})
        longer = hold.model_copy(
            update={
                "expires_at": hold.expires_at + timedelta(minutes=5),
                "extensions_left": hold.extensions_left - 1,
            }
        )
        self.holds[actor.name] = longer
        return longer

    async def book(self, actor: Actor, key: str, request: BookingRequest) -> CitizenBooking:
        self._maybe_refuse("book")
        known = self.replies.get(("book", key))
        if isinstance(known, CitizenBooking):
            return known
        hold = await self.held(actor)
        seen = (request.office_id, request.starts_at)
        if hold is None or seen != (hold.office_id, hold.starts_at):
            raise Refused(409, "hold-expired", {})
        self.booked.append(request)
        booking = booking_of(hold, request)
        self.bookings[booking.number] = (request.born or BORN, booking)
        self.replies["book", key] = booking
        del self.holds[actor.name]
        return booking

    async def find(self, actor: Actor, proof: BookingProof) -> CitizenBooking:
        self.proofs.append(proof)
        self._maybe_refuse("find")
        number = {TOKEN: NUMBER}.get(proof.token or "", proof.number.replace("-", ""))
        if proof.ticket:
            number = NUMBER
        elif self.locked and proof.number and proof.opened != OPENED:
            raise Refused(429, "locked", {})
        born, booking = self.bookings.get(number, (None, None))
        if booking is None or (proof.number and born != proof.born):
            raise Refused(404, "not-found", {})
        return booking.model_copy(update={"opened": OPENED})

    async def own_times(self, actor: Actor, proof: BookingProof) -> OwnTimes:
        """Half an hour earlier and later, whatever the board says."""
        self._maybe_refuse("own_times")
        booking = await self.find(actor, proof)
        at = [booking.starts_at + timedelta(minutes=n) for n in (-30, 30)]
        starts = tuple(OwnStart(at=one, free=1) for one in at)
        return OwnTimes(
            office_id=booking.office_id, starts_at=booking.starts_at, starts=starts,
            elsewhere=self.elsewhere,
        )  # fmt: skip

    async def cancel(self, actor: Actor, key: str, proof: BookingProof) -> CitizenBooking:
        self._maybe_refuse("cancel")
        booking = await self.find(actor, proof)
        return self.put(booking, status="cancelled", can_change=False, can_cancel=False)

    async def resend(self, actor: Actor, key: str, proof: BookingProof) -> CitizenBooking:
        self._maybe_refuse("resend")
        self.resent.append(key)
        return await self.find(actor, proof)

    async def contact(self, actor: Actor, key: str, request: ContactRequest) -> CitizenBooking:
        self._maybe_refuse("contact")
        booking = await self.find(actor, request)
        self.contacts.append(request)
        return self.put(
            booking,
            has_email=bool(request.email) or ("email" in request.keep and booking.has_email),
            has_phone=bool(request.phone) or ("phone" in request.keep and booking.has_phone),
            needs=request.needs,
            interpreter=request.interpreter,
        )

    async def change(self, actor: Actor, key: str, request: ChangeRequest) -> CitizenBooking:
        self._maybe_refuse("change")
        booking = await self.find(actor, request)
        hold = await self.held(actor)
        seen = (request.office_id, request.starts_at)
        if hold is None or seen != (hold.office_id, hold.starts_at):
            raise Refused(409, "hold-expired", {})
        return self.put(booking, office_id=hold.office_id, starts_at=hold.starts_at, version=2)

    async def accept(self, actor: Actor, key: str, request: ChangeRequest) -> CitizenBooking:
        self._maybe_refuse("accept")
        booking = await self.find(actor, request)
        proposed = booking.displaced.proposed if booking.displaced else None
        seen = (request.office_id, request.starts_at)
        if proposed is None or seen != (proposed.office_id, proposed.starts_at):
            raise Refused(409, "hold-expired", {})
        at = {"office_id": proposed.office_id, "starts_at": proposed.starts_at}
        return self.put(booking, **at, version=2, displaced=None)

    def put(self, booking: CitizenBooking, **changes: Any) -> CitizenBooking:
        born, _ = self.bookings[booking.number]
        changed = booking.model_copy(update=changes)
        self.bookings[booking.number] = (born, changed)
        return changed

    def _maybe_refuse(self, call: str) -> None:
        if call in self.refusals:
            raise self.refusals.pop(call)


def held_lines(request: HoldRequest) -> tuple[HeldLine, ...]:
    """Together all start at once, in turn each when the one before is done."""
    known = {p.procedure_id: p for p in catalog().procedures}
    lines: list[HeldLine] = []
    wishes: list[HoldRequest | PartyLine] = [request, *request.party]
    for wish in wishes:
        wanted = [known[one] for one in (wish.procedure_id, *wish.also)]
        minutes = visit_minutes(wanted, request.office_id, day_of(request.starts_at))
        start = request.starts_at
        if lines and request.arrangement == "in_turn":
            start = lines[-1].starts_at + timedelta(minutes=lines[-1].minutes)
        lines.append(
            HeldLine(
                procedure_id=wish.procedure_id, also=wish.also, starts_at=start, minutes=minutes
            )
        )
    return tuple(lines)


def booking_of(hold: Hold, request: BookingRequest) -> CitizenBooking:
    members = zip(hold.lines[1:], request.party, strict=True)
    waits = request.email == WAITING
    return CitizenBooking(
        number=NUMBER,
        procedure_id=hold.procedure_id,
        office_id=hold.office_id,
        starts_at=hold.starts_at,
        minutes=hold.minutes,
        visitor=request.visitor,
        status="confirmed",
        has_email=request.email is not None and not waits,
        mail_waits=waits,
        has_phone=request.phone is not None,
        needs=request.needs,
        interpreter=request.interpreter,
        can_change=True,
        can_cancel=True,
        version=1,
        also=hold.lines[0].also,
        relation=request.relation,
        party=tuple(
            PartyMember(
                number=f"PARTY{n:05}",
                visitor=person.visitor,
                relation=person.relation,
                **line.model_dump(),
            )
            for n, (line, person) in enumerate(members, 2)
        ),
        party_size=len(hold.lines),
        can_add=True,
    )


class FakeEligibility(EligibilityClient):
    """The cards of CARDS."""

    def __init__(self) -> None:
        self.refusals: list[Refused | Unreachable] = []
        self.checks: list[Check] = []
        self.locked = False

    async def check(self, actor: Actor, request: Check) -> CheckReply:
        self.checks.append(request)
        if self.refusals:
            raise self.refusals.pop(0)
        if self.locked and request.opened != OPENED:
            raise Refused(429, "locked", {})
        office_id = CARDS.get((request.card_number, request.born))
        if office_id is None:
            raise Refused(404, "no-match", {})
        ticket = "ticket." + "x" * 200
        return CheckReply(ticket=ticket, office_id=office_id, state="ready", opened=OPENED)
