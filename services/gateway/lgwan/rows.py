"""A booking as a row of the list: the words in it and the buttons that may follow."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from libs.contracts.booking import Outcome, StaffBooking
from services.gateway.web.clients import TickAction
from services.gateway.web.times import local, weekday

from .desk import Guide
from .ticking import Tapped
from .words import CHANNEL, NOT_DONE, OUTCOME, STATUS, VISITOR, state_words


@dataclass(frozen=True)
class Button:
    """`value` is what the one form of the list sends."""

    text: str
    value: str


@dataclass(frozen=True)
class Row:
    """`starts` is in the city's time. `ticks` are the buttons at hand, `not_done` those behind
    完了できず, one a reason."""

    booking: StaffBooking
    starts: datetime
    office: str
    procedure: str
    channel: str
    visitor: str
    state: str
    ticks: tuple[Button, ...]
    not_done: tuple[Button, ...]

    @property
    def number(self) -> str:
        """The booking number as citizens have it on paper: in two groups of five."""
        return f"{self.booking.number[:5]}-{self.booking.number[5:]}"

    @property
    def time(self) -> str:
        return f"{self.starts:%H:%M}"

    @property
    def day(self) -> str:
        return f"{self.starts.month}月{self.starts.day}日（{weekday(self.starts)}）"

    @property
    def iso_day(self) -> str:
        return self.starts.date().isoformat()

    @property
    def undone(self) -> bool:
        """Whether the visit ended without what it was for."""
        return self.booking.outcome in NOT_DONE


def row_of(booking: StaffBooking, guide: Guide, may_tick: bool) -> Row:
    return Row(
        booking=booking,
        starts=local(booking.starts_at),
        office=guide.office(booking.office_id),
        procedure="・".join(map(guide.procedure, (booking.procedure_id, *booking.also))),
        channel=CHANNEL[booking.channel],
        visitor=VISITOR[booking.visitor],
        state=state_words(booking.status, booking.outcome),
        ticks=tuple(_ticks(booking, guide)) if may_tick else (),
        not_done=tuple(_not_done(booking)) if may_tick else (),
    )


def _ticks(booking: StaffBooking, guide: Guide) -> Iterable[Button]:
    if booking.status == "confirmed":
        yield _button("受付", booking, "arrive")
    if booking.status in ("confirmed", "arrived"):
        for outcome in _good_outcomes(booking, guide):
            yield _button(OUTCOME[outcome], booking, "finish", outcome)
    if booking.status == "confirmed":
        yield _button("来庁なし", booking, "miss")
    if booking.status in ("arrived", "finished", "missed"):
        yield _button("元に戻す", booking, "undo")


def _good_outcomes(booking: StaffBooking, guide: Guide) -> tuple[Outcome, ...]:
    """Those of every procedure of the visit."""
    procedures = map(guide.procedures.get, (booking.procedure_id, *booking.also))
    outcomes = dict.fromkeys(one for known in procedures if known for one in known.outcomes)
    return tuple(outcome for outcome in outcomes if outcome not in NOT_DONE)


def _not_done(booking: StaffBooking) -> Iterable[Button]:
    if booking.status in ("confirmed", "arrived"):
        for outcome in NOT_DONE:
            yield _button(OUTCOME[outcome], booking, "finish", outcome)


def _button(
    text: str, booking: StaffBooking, action: TickAction, outcome: Outcome | None = None
) -> Button:
    tapped = Tapped(action, booking.booking_id, booking.version, outcome)
    return Button(text, tapped.value)


def tally(bookings: Iterable[StaffBooking]) -> list[tuple[str, int]]:
    """How many are in each state, in the order in which a visit goes."""
    counts = Counter(booking.status for booking in bookings)
    return [(words, counts[status]) for status, words in STATUS.items()]
