"""Random histories of bookings: what happens at doors and counters, the facts that say so, and what
is true in the end, kept apart from how reporting finds it out."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from libs.common.facts import Fact
from libs.contracts import booking
from libs.contracts.times import JST

FIRST = datetime(2026, 11, 16, 8, 0, tzinfo=JST)
OFFICES = ("honcho", "akeno", "dainan")
PROCEDURES = ("issuance", "pin", "certificate", "surface")
OUTCOMES: tuple[booking.Outcome, ...] = ("collected", "done", "papers", "identity", "outage")


@dataclass
class Life:
    """One booking as it is, and the facts about it so far."""

    chance: random.Random
    booking_id: UUID
    procedure_id: str
    also: tuple[str, ...]
    cards: int | None
    channel: booking.Channel
    booked_at: datetime
    office_id: str
    starts_at: datetime
    minutes: int = 30
    status: booking.Status = "confirmed"
    outcome: booking.Outcome | None = None
    arrived_at: datetime | None = None
    first_call: datetime | None = None
    calls: int = 0
    window: int | None = None
    finished_at: datetime | None = None
    moves: list[bool] = field(default_factory=list)
    cancelled_by_staff: bool | None = None
    version: int = 0
    facts: list[Fact] = field(default_factory=list)

    def begin(self) -> None:
        self._say(booking.BookingConfirmed, self.booked_at)

    def go_on(self) -> None:
        """Something that is possible now happens."""
        self.chance.choice(self._possible())()

    def _possible(self) -> list[Callable[[], None]]:
        match self.status:
            case "confirmed":
                ticks = [self.arrive, self.arrive, self.arrive, self.miss, self.finish]
                return [self.move, self.cancel, self.write, *ticks]
            case "arrived":
                return [self.call, self.call, self.finish, self.take_back, self.write]
            case "finished":
                again = [self.rebook] if self.outcome == "outage" else []
                return [self.take_back, self.correct, self.correct, self.write, *again]
            case "missed":
                return [self.take_back, self.correct]
            case "cancelled":
                return [self.write]

    def move(self) -> None:
        by_staff = self.chance.random() < 0.4
        previous = self._previous()
        self._place()
        self.moves.append(by_staff)
        self._say(booking.BookingChanged, self._before(), by_staff=by_staff, **previous)

    def rebook(self) -> None:
        """After an outage: the visit in vain is forgotten."""
        self.status, self.outcome = "confirmed", None
        self._forget()
        self.move()

    def cancel(self) -> None:
        self.status, self.cancelled_by_staff = "cancelled", self.chance.random() < 0.3
        self._say(booking.BookingCancelled, self._before(), by_staff=self.cancelled_by_staff)

    def write(self) -> None:
        """Another address, or the mail once more: nothing that counts."""
        kind = self.chance.choice((booking.BookingUpdated, booking.BookingResent))
        self._say(kind, self._before())

    def arrive(self) -> None:
        """Now and then on another day than was booked."""
        more = {}
        if self.chance.random() < 0.2:
            more = self._previous()
            self._place()
        self.status = "arrived"
        self.arrived_at = self.starts_at + timedelta(minutes=self.chance.randint(-20, 20))
        self._say(booking.BookingArrived, self.arrived_at, reception=1, **more)

    def call(self) -> None:
        at = self._later(self.arrived_at)
        self.calls, self.window = self.calls + 1, self.chance.randint(1, 4)
        self.first_call = self.first_call or at
        seen = {"reception": 1, "window": self.window, "calls": self.calls}
        self._say(booking.BookingCalled, at, arrived_at=self.arrived_at, **seen)

    def finish(self) -> None:
        self.status, self.outcome = "finished", self.chance.choice(OUTCOMES)
        self.finished_at = self._later(self.first_call or self.arrived_at)
        self._say_finished(self.finished_at)

    def miss(self) -> None:
        self.status = "missed"
        self._forget()
        self._say(booking.BookingMissed, self.starts_at)

    def take_back(self) -> None:
        self.outcome = None
        if self.status == "finished" and self.arrived_at:
            self.status, self.finished_at = "arrived", None
        elif self.status == "arrived" and self.calls:
            self.calls, self.window, self.first_call = 0, None, None
        else:
            self.status = "confirmed"
            self._forget()
        calls = self.calls
        self._say(booking.BookingReopened, self._later(None), card_key=None, calls=calls)

    def correct(self) -> None:
        """Days later: another result, or other times."""
        before = self.status
        self.status = self.chance.choice(("finished", "finished", "missed", "confirmed"))
        at = self.starts_at + timedelta(days=3)
        if self.status == "finished":
            self.outcome = self.chance.choice(OUTCOMES)
            known = self.chance.random() < 0.8
            self.arrived_at = self._later(self.starts_at) if known else None
            self.finished_at = self._later(self.arrived_at) if known else None
            return self._say_finished(at)
        self.outcome = None
        self._forget()
        if before == "finished" or self.status == "confirmed":
            return self._say(booking.BookingReopened, at, card_key=None)
        return self._say(booking.BookingMissed, at)

    def restated(self) -> Fact:
        """How it is now, said once more."""
        stamps = {
            "window": self.window,
            "arrived_at": self.arrived_at,
            "called_at": self.first_call,
            "finished_at": self.finished_at,
        }
        by_staff = self.cancelled_by_staff
        return booking.BookingRestated.model_validate(
            {**self._common(), "at": self.starts_at, "by_staff": by_staff, **stamps}
        )

    def _forget(self) -> None:
        self.arrived_at, self.first_call, self.finished_at = None, None, None
        self.calls, self.window = 0, None

    def _place(self) -> None:
        self.office_id = self.chance.choice(OFFICES)
        self.starts_at = a_start(self.chance, self.booked_at)

    def _previous(self) -> dict[str, object]:
        return {"previous_office_id": self.office_id, "previous_starts_at": self.starts_at}

    def _before(self) -> datetime:
        return self.booked_at + timedelta(minutes=self.version)

    def _later(self, than: datetime | None) -> datetime:
        return (than or self.starts_at) + timedelta(seconds=self.chance.randint(0, 2400))

    def _say_finished(self, at: datetime) -> None:
        times = {"arrived_at": self.arrived_at, "finished_at": self.finished_at}
        self._say(booking.BookingFinished, at, card_key=None, **times)

    def _common(self) -> dict[str, object]:
        kept = (
            "procedure_id also cards channel booked_at office_id starts_at minutes status outcome"
        )
        return {
            **{name: getattr(self, name) for name in kept.split()},
            "booking_id": self.booking_id,
            "version": self.version,
            "number": "0123456789",
            "visitor": "self",
            "language": "ja",
            "contact": None,
        }

    def _say(self, kind: type[booking.BookingFact], at: datetime, **more: object) -> None:
        self.version += 1
        self.facts.append(kind.model_validate({**self._common(), "at": at, **more}))


def a_start(chance: random.Random, booked_at: datetime) -> datetime:
    """From the day of the application to six weeks later, in opening hours."""
    day = booked_at + timedelta(days=chance.choice((0, 2, 5, 9, 20, 40)))
    return day.replace(hour=chance.randint(9, 16), minute=chance.choice((0, 30)))


def a_life(chance: random.Random) -> Life:
    """A booking and what happened to it."""
    first, *others = chance.sample(PROCEDURES, chance.choice((1, 1, 1, 2, 3)))
    booked_at = FIRST + timedelta(minutes=chance.randint(0, 30 * 24 * 60))
    life = Life(
        chance=chance,
        booking_id=UUID(int=chance.getrandbits(128), version=4),
        procedure_id=first,
        also=tuple(others),
        cards=chance.choice((None, None, None, 1, 3)),
        channel=chance.choice(("web", "web", "phone", "counter")),
        booked_at=booked_at,
        office_id=chance.choice(OFFICES),
        starts_at=a_start(chance, booked_at),
    )
    life.begin()
    for _ in range(chance.randint(0, 9)):
        life.go_on()
    return life


def as_they_come(chance: random.Random, lives: list[Life]) -> list[Fact]:
    """All facts in an order of their own, some of them twice, and some bookings restated."""
    facts = [fact for life in lives for fact in life.facts]
    facts += chance.choices(facts, k=len(facts) // 10)
    facts += [life.restated() for life in lives if chance.random() < 0.2]
    chance.shuffle(facts)
    return facts


def in_city(moment: datetime) -> date:
    return moment.astimezone(JST).date()
