"""A booking, and what may be done about it.

Each method refuses what the rules forbid, and else answers with a `Change`: the booking as it is to
be, the line of its history, and the fact about it. Nothing is written before a store saves it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from libs.contracts.booking import (
    BookingArrived,
    BookingCalled,
    BookingCancelled,
    BookingChanged,
    BookingFact,
    BookingFinished,
    BookingMissed,
    BookingReopened,
    BookingResent,
    BookingRestored,
    BookingStopped,
    BookingUpdated,
    Channel,
    Language,
    Need,
    Outcome,
    Procedure,
    Relation,
    Spoken,
    StaffAction,
    StaffResultChange,
    Stamps,
    Status,
    Tick,
    Visitor,
)

from .corrections import check_correctable, check_times, corrected, why
from .persons import NewPerson
from .problems import NotActive, SamePerson, TooLate
from .standing import check_active, check_day
from .ticks import after_tick
from .times import may_cancel
from .visits import after_undo, called, outcomes_of, undone, window_of

F = TypeVar("F", bound=BookingFact)
CITIZEN, SYSTEM = "citizen", "system"
"""Who does something in the history, beside members of staff."""
_CALLED = ("reception", "window", "calls", "arrived_at")
_FINISHED = ("outcomes", "arrived_at", "finished_at")


@dataclass(frozen=True)
class Place:
    """Where and when a visit is."""

    office_id: str
    window_id: int
    starts_at: datetime
    minutes: int


@dataclass(frozen=True)
class Step:
    """Who did what to a booking, and why: one line of its history."""

    actor: str
    what: str
    reason: str | None = None


@dataclass(frozen=True)
class Booking:
    """A booking as it is kept; `version` is the newest line of its history, `contact_version` the
    one in which its address last changed."""

    booking_id: UUID
    number: str
    procedure_id: str
    person_group: str
    person_key: str
    card_key: str | None
    birth_digest: str
    kana: str | None
    contact: str | None
    office_id: str
    window_id: int
    starts_at: datetime
    minutes: int
    visitor: Visitor
    channel: Channel
    language: Language
    status: Status
    outcome: Outcome | None
    mail_failed: bool
    card_moved: bool
    booked_at: datetime
    version: int
    also: tuple[str, ...] = ()
    party_id: UUID | None = None
    phone: str | None = None
    needs: tuple[Need, ...] = ()
    cards: int | None = None
    has_inquiry: bool | None = None
    also_groups: tuple[str, ...] = ()
    party_line: int = 0
    also_keys: tuple[str, ...] = ()
    contact_version: int = 1
    former_keys: tuple[str, ...] = ()
    """By the version of the rule before, one for each procedure; empty for one with a card."""
    relation: Relation | None = None
    interpreter: Spoken | None = None
    series_id: str | None = None
    """That its time comes from, whatever became of it; None where none was open, and for a booking
    of a release that did not keep it."""

    @property
    def procedure_ids(self) -> tuple[str, ...]:
        return self.procedure_id, *self.also

    @property
    def place(self) -> Place:
        return Place(self.office_id, self.window_id, self.starts_at, self.minutes)

    @property
    def times(self) -> tuple[datetime, int]:
        """When the visit begins, and how many minutes it takes."""
        return self.starts_at, self.minutes

    @property
    def keys(self) -> tuple[str, ...]:
        """One for each procedure; a booking of an earlier release has one for all of them."""
        own = (self.person_key, *self.also_keys)
        return own + (self.person_key,) * (len(self.procedure_ids) - len(own))

    @property
    def known_keys(self) -> tuple[str, ...]:
        """All keys that let nobody else book, those of the version before as well."""
        return tuple(dict.fromkeys(filter(None, (*self.keys, *self.former_keys))))

    def fact(self, kind: type[F], at: datetime, **more: object) -> F:
        """A fact about this version."""
        own = set(BookingFact.model_fields) & set(vars(self))
        return kind(**{name: getattr(self, name) for name in own}, at=at, **more)

    def check(self, action: StaffAction, at: datetime) -> None:
        """Raises NotActive where this cannot be done, or no longer."""
        check_active(action, self.status, self.starts_at, at)

    def check_open(self, at: datetime) -> None:
        """That its citizen may do something about it. Raises NotActive, TooLate once it starts."""
        self.check_move(at, may_cancel(self.status, self.starts_at, at))

    def check_move(self, at: datetime, in_time: bool) -> None:
        """The same for a move, whose deadlines depend on more. Raises NotActive, TooLate."""
        self.check("cancel", at)
        if not in_time:
            raise TooLate("It is too late to do this online.")

    def cancel(self, actor: str, at: datetime, reason: str | None = None) -> "Change":
        """Its citizen may until it starts, staff all day. Raises NotActive, TooLate."""
        if actor == CITIZEN:
            self.check_open(at)
        self.check("cancel", at)
        after = self._next(status="cancelled")
        fact = after.fact(BookingCancelled, at, by_staff=actor != CITIZEN)
        return Change(self, after, Step(actor, "cancelled", reason), fact)

    def move_to(self, place: Place, actor: str, at: datetime) -> "Change":
        """Its card was looked up there, so the flag goes. Raises NotActive."""
        self.check("move", at)
        return self._moved(self._next(**vars(place), card_moved=False), Step(actor, "changed"), at)

    @property
    def is_in_vain(self) -> bool:
        """Whether its visit ended with システム障害."""
        return self.status == "finished" and self.outcome == "outage"

    def rebook(self, place: Place, actor: str, at: datetime) -> "Change":
        """To another time after an outage, from wherever that left it; number and person stay."""
        anew = {"status": "confirmed", "outcome": None, "card_moved": False}
        return self._moved(self._next(**vars(place), **anew), Step(actor, "changed"), at)

    def stop(self, step: Step, at: datetime, over: bool) -> "Change":
        """An outage met it, or is over before its time."""
        return Change(self, after := self._next(), step, after.fact(BookingStopped, at, over=over))

    def swap_to(self, place: Place, actor: str, at: datetime) -> "Change":
        """To the time of somebody who comes along. Raises NotActive."""
        self.check("swap", at)
        flagged = self.card_moved and self.office_id == place.office_id
        return self._moved(
            self._next(**vars(place), card_moved=flagged), Step(actor, "swapped"), at
        )

    def _moved(self, after: "Booking", step: Step, at: datetime) -> "Change":
        by_staff = step.actor != CITIZEN
        fact = after.fact(BookingChanged, at, **_previous(self), by_staff=by_staff)
        return Change(self, after, step, fact)

    def seat_at(self, window_id: int, actor: str) -> "Change":
        """The same time at another window, which concerns nobody else."""
        return Change(self, self._next(window_id=window_id), Step(actor, "window"))

    def receive_at(
        self, place: Place, reception: int, actor: str, at: datetime, reason: str | None = None
    ) -> "Change":
        """今日・ここで受け付ける: it moves there, and its person is here. Raises NotActive."""
        self.check("receive", at)
        after = self._next(**vars(place), card_moved=False, status="arrived")
        fact = after.fact(BookingArrived, at, reception=reception, **_previous(self))
        stamps = Stamps(reception=reception, arrived_at=at)
        return Change(self, after, Step(actor, "received", reason), fact, stamps)

    def tick(
        self, what: str, ask: Tick, procedures: Sequence[Procedure], stamps: Stamps | None,
        actor: str, at: datetime, number: int | None = None,
    ) -> "Change":  # fmt: skip
        """受付, 呼出, the outcome or 来庁なし; `number` is the 受付番号 of who had none. Raises
        NotToday, WrongState, WindowNeeded."""
        check_day("tick", self.starts_at, at)
        first, *others = procedures
        before = stamps or Stamps()
        after = self._next(
            status=after_tick(what, self.status, ask.outcome, first.outcomes), outcome=ask.outcome
        )
        step = Step(actor, what)
        match what:
            case "arrive":
                now = {"reception": before.reception or number, "arrived_at": at}
                stamped = before.model_copy(update=now)
                fact: BookingFact = after.fact(BookingArrived, at, reception=stamped.reception)
            case "call":
                stamped = called(before, window_of(ask, before), at)
                fact = after.fact(BookingCalled, at, **_some(stamped, _CALLED))
            case "finish":
                further = outcomes_of(ask, {one.procedure_id: one for one in others})
                stamped = before.model_copy(update={"finished_at": at, "outcomes": further})
                fact = after.finished(stamped, at)
            case _:
                return Change(self, after, step, after.fact(BookingMissed, at))
        return Change(self, after, step, fact, stamped)

    def finished(self, stamps: Stamps, at: datetime) -> BookingFinished:
        """With what the counter stamped on the visit."""
        return self.fact(BookingFinished, at, **_some(stamps, _FINISHED))

    def undo(self, stamps: Stamps | None, actor: str, at: datetime) -> "Change":
        """The last tick is taken back. Raises NotToday, WrongState."""
        check_day("tick", self.starts_at, at)
        after = self._next(status=after_undo(self.status, stamps), outcome=None)
        left = undone(stamps or Stamps(), self.status)
        fact = after.fact(BookingReopened, at, calls=left.calls)
        changed = left if left != (stamps or Stamps()) else None
        return Change(self, after, Step(actor, "undo"), fact, changed)

    def correct(
        self, ask: StaffResultChange, procedures: Sequence[Procedure], stamps: Stamps, actor: str,
        at: datetime,
    ) -> "Change":  # fmt: skip
        """Another result, on the day or later. Raises WrongState, Malformed."""
        check_correctable(self.status, self.starts_at, at)
        check_times(ask, self.starts_at, at)
        first, *others = procedures
        right = corrected(ask, stamps, first, {one.procedure_id: one for one in others})
        after = self._next(status=ask.status, outcome=ask.outcome)
        fact = _result(self.status, after, right, at)
        step = Step(actor, "correct", why(ask))
        return Change(self, after, step, fact, right if right != stamps else None)

    def hand_over(self, person: NewPerson, actor: str, at: datetime) -> "Change":
        """差替え: time, window and number stay. Raises NotActive, SamePerson."""
        self.check("replace", at)
        self.check_other(person.keys, person.former_keys)
        theirs = {name: value for name, value in vars(person).items() if name != "keys"}
        after = self._next(
            **{**theirs, "cards": person.cards or self.cards},
            person_key=person.keys[0],
            also_keys=person.keys[1:],
            card_moved=False,
            mail_failed=False,
        )
        return Change(self, after, Step(actor, "replaced"), after.fact(BookingUpdated, at))

    def check_other(self, keys: Sequence[str], former_keys: Sequence[str]) -> None:
        """Raises SamePerson."""
        before = tuple(old or new for old, new in zip(former_keys, keys, strict=True))
        if self.keys in (tuple(keys), before):
            raise SamePerson("This is the person of the booking already.")

    def link(
        self, keys: Sequence[str], card_key: str, birth_digest: str, card_moved: bool, step: Step
    ) -> "Change":
        """It gets its card. Nobody else has to know."""
        after = self._next(
            person_key=keys[0],
            also_keys=tuple(keys[1:]),
            card_key=card_key,
            birth_digest=birth_digest,
            card_moved=card_moved,
        )
        return Change(self, after, step)

    def reach_by(
        self, wanted: "Booking", step: Step, at: datetime, again: bool = False
    ) -> "Change":
        """The address, the phone number and the needs of `wanted`. No mail has failed at a new
        address yet, and one that was given `again` is worth another try."""
        after = self._next(
            contact=wanted.contact,
            phone=wanted.phone,
            needs=wanted.needs,
            interpreter=wanted.interpreter,
            mail_failed=self.mail_failed and wanted.contact == self.contact and not again,
        )
        return Change(self, after, step, after.fact(BookingUpdated, at))

    def withdraw_address(self, at: datetime) -> "Change":
        """No mail goes out about it any more."""
        return self.reach_by(replace(self, contact=None), Step(SYSTEM, "updated"), at)

    def resend(self, at: datetime) -> "Change":
        """The mail that confirms it, once more. Raises NotActive, also without an address, and
        TooLate."""
        self.check_open(at)
        if self.contact is None:
            raise NotActive("There is no mail to send again.")
        return self.mail_to(self.contact, at)

    def mail_to(self, contact: str, at: datetime) -> "Change":
        """The same, to an address that may be a new one."""
        after = self._next(contact=contact, mail_failed=False)
        return Change(self, after, Step(CITIZEN, "resent"), after.fact(BookingResent, at))

    def stay(self, step: Step, at: datetime, mail: bool) -> "Change":
        """Its time, which the city had closed, holds again."""
        after = self._next()
        return Change(self, after, step, after.fact(BookingRestored, at, mail=mail))

    def _next(self, **changes: object) -> "Booking":
        after = replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]
        if after.contact == self.contact:
            return after
        return replace(after, contact_version=after.version)


@dataclass(frozen=True)
class Change:
    """What becomes of a booking: how it was, how it is to be, the line of its history, the fact
    that others get, if they need one, and what the counter stamped, if that changed."""

    before: Booking
    after: Booking
    step: Step
    fact: BookingFact | None = None
    stamps: Stamps | None = None

    @property
    def stamped(self) -> Booking:
        """Whose stamps these are: a number belongs to the day and office it was given for."""
        return self.before if self.step.what == "undo" else self.after

    def with_link(self, sealed: str | None) -> "Change":
        """The mail about it carries a link."""
        assert self.fact is not None, "somebody is mailed about it"
        return replace(self, fact=self.fact.model_copy(update={"link": sealed}))

    def telling(self, **more: object) -> "Change":
        """The fact about it says more."""
        assert self.fact is not None, "somebody is told of it"
        return replace(self, fact=self.fact.model_copy(update=more))

    def back_at(self, place: Place, card_moved: bool) -> "Change":
        """A reception on another day was taken back, and the old time is its own again."""
        after = replace(self.after, **vars(place), card_moved=card_moved)
        assert isinstance(self.fact, BookingReopened)
        there = {"office_id": place.office_id, "starts_at": place.starts_at}
        fact = self.fact.model_copy(
            update={**there, "minutes": place.minutes, **_previous(self.before)}
        )
        return replace(self, after=after, fact=fact)


def _previous(booking: Booking) -> dict[str, object]:
    return {"previous_office_id": booking.office_id, "previous_starts_at": booking.starts_at}


def _result(before: Status, after: Booking, stamps: Stamps, at: datetime) -> BookingFact:
    """Who keeps the outcome of a finished visit hears that it has none, whatever came instead."""
    if after.status == "finished":
        return after.finished(stamps, at)
    if before == "finished" or after.status == "confirmed":
        return after.fact(BookingReopened, at)
    return after.fact(BookingMissed, at)


def _some(stamps: Stamps, names: Sequence[str]) -> dict[str, object]:
    return {name: getattr(stamps, name) for name in names}
