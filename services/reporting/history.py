"""What the versions of one booking come to: the row that it is counted by.

Versions may come late and in any order. So the row is made anew from all that are known, and
depends on which they are, never on when they came.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from libs.contracts.times import JST, day_of

from .domain import Standing, seconds_between, standing

_CALLABLE = frozenset({"arrived", "finished"})


@dataclass(frozen=True)
class BookingVersion:
    """One version of a booking as the ledger keeps it: no number, no contact, no name.

    `kind` is the fact that brought it (`arrived`, `changed` …); empty where a release before this
    one wrote the row, which knew no more than the state.
    """

    booking_id: UUID
    version: int
    office_id: str
    procedure_id: str
    starts_at: datetime
    channel: str
    status: str
    outcome: str | None
    at: datetime
    kind: str = ""
    also: tuple[str, ...] = ()
    minutes: int = 0
    cards: int | None = None
    booked_at: datetime | None = None
    by_staff: bool | None = None
    window: int | None = None
    calls: int | None = None
    arrived_at: datetime | None = None
    called_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True)
class VisitStamps:
    """The times of a visit as far as they hold; `called_at` is the first call, `window` the last
    one's."""

    arrived_at: datetime | None = None
    called_at: datetime | None = None
    finished_at: datetime | None = None
    window: int | None = None

    def after(self, version: BookingVersion) -> "VisitStamps":
        """What holds once this version has happened."""
        if version.status not in _CALLABLE:
            return VisitStamps()
        v = version
        match v.kind:
            case "arrived":
                return VisitStamps(v.arrived_at)
            case "called":
                return VisitStamps(
                    v.arrived_at or self.arrived_at,
                    v.called_at if v.calls == 1 else self.called_at or v.called_at,
                    None,
                    v.window,
                )
            case "finished":
                return VisitStamps(v.arrived_at, self.called_at, v.finished_at, self.window)
            case "reopened" if v.calls == 0:
                return VisitStamps(self.arrived_at)
            case "reopened":
                return VisitStamps(self.arrived_at, self.called_at, None, self.window)
            case "restated":
                called = self.called_at or v.called_at
                return VisitStamps(
                    v.arrived_at, called if v.called_at else None, v.finished_at, v.window
                )
        return self


@dataclass(frozen=True)
class CountedBooking:
    """A booking in the shape that it is counted in. `hour` is that of its start in the city,
    `moves` how often it was given another time; the seconds are None where a stamp is missing."""

    booking_id: UUID
    version: int
    day: date
    office_id: str
    procedure_id: str
    standing: Standing
    at: datetime
    booked_on: date
    hour: int
    channel: str
    outcome: str | None
    also: tuple[str, ...]
    people: int
    minutes: int
    window: int | None
    wait_seconds: int | None
    serve_seconds: int | None
    moves: int
    moves_by_staff: int
    cancelled_by_staff: bool | None

    def columns(self) -> dict[str, object]:
        return {**asdict(self), "also": list(self.also)}


def counted(versions: Iterable[BookingVersion]) -> CountedBooking:
    """The row of a booking, from all of its versions that are known, in whatever order."""
    ordered = sorted(versions, key=lambda version: version.version)
    newest, stamps = ordered[-1], VisitStamps()
    for version in ordered:
        stamps = stamps.after(version)
    moves = [version for version in ordered if version.kind == "changed"]
    return CountedBooking(
        booking_id=newest.booking_id,
        version=newest.version,
        day=day_of(newest.starts_at),
        office_id=newest.office_id,
        procedure_id=newest.procedure_id,
        standing=standing(newest.status, newest.outcome),
        at=newest.at,
        booked_on=_booked_on(ordered),
        hour=newest.starts_at.astimezone(JST).hour,
        channel=newest.channel,
        outcome=newest.outcome,
        also=newest.also,
        people=max([version.cards for version in ordered if version.cards][-1:], default=1),
        minutes=newest.minutes,
        window=stamps.window,
        wait_seconds=_between(stamps.arrived_at, stamps.called_at),
        serve_seconds=_between(stamps.called_at, stamps.finished_at),
        moves=len(moves),
        moves_by_staff=sum(version.by_staff is True for version in moves),
        cancelled_by_staff=_who_cancelled(ordered) if newest.status == "cancelled" else None,
    )


def _booked_on(ordered: Sequence[BookingVersion]) -> date:
    """The day on which it was booked (申込日); of old facts, the day of the first that is known."""
    said = next((version.booked_at for version in ordered if version.booked_at), None)
    return day_of(said or ordered[0].at)


def _who_cancelled(ordered: Sequence[BookingVersion]) -> bool | None:
    """Whether staff did; an address that goes later says nothing about that."""
    said = [version.by_staff for version in ordered if version.status == "cancelled"]
    return next((by_staff for by_staff in reversed(said) if by_staff is not None), None)


def _between(earlier: datetime | None, later: datetime | None) -> int | None:
    return seconds_between(earlier, later) if earlier and later else None
