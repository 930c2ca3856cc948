"""A booking as a row of a list: the words in it and the buttons that may follow."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from libs.contracts.booking import STANDING, Outcome, StaffBooking, Stamps
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.lgwan.door.words import (
    CHANNEL,
    NOT_DONE,
    OUTCOME,
    RELATION,
    VISITOR,
    state_on,
)
from services.gateway.web.times import local, now, weekday

from .ticking import TapAction, Tapped

When = Literal["past", "today", "to come"]


@dataclass(frozen=True)
class Button:
    """`value` is what the one form of the list sends; `key` is what presses it on the keyboard."""

    text: str
    value: str
    key: str = ""


@dataclass(frozen=True)
class Row:
    """`starts` is in the city's time. `ticks` are the buttons at hand, `not_done` those behind
    完了できず, one a reason. A visit for several procedures `asks` for its outcomes on the page of
    this address."""

    booking: StaffBooking
    starts: datetime
    office: str
    procedure: str
    channel: str
    visitor: str
    state: str
    ticks: tuple[Button, ...]
    not_done: tuple[Button, ...]
    asks: str

    @property
    def stands(self) -> bool:
        """Somebody is expected, or here."""
        return self.booking.status in STANDING

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
    def relation(self) -> str:
        """The word that the family chose; empty where there is none."""
        return RELATION[self.booking.relation] if self.booking.relation else ""

    @property
    def undone(self) -> bool:
        """Whether the visit ended without what it was for."""
        return self.booking.outcome in NOT_DONE

    @property
    def undo(self) -> Button | None:
        return next((tick for tick in self.ticks if tick.key == "z"), None)


def row_of(
    booking: StaffBooking,
    catalog: CatalogIndex,
    may_tick: bool,
    stamps: Stamps | None = None,
    when: When = "today",
) -> Row:
    """`stamps` are what a page of the day knows beside; only there one is called."""
    ending = may_tick and when != "to come" and booking.status in STANDING
    return Row(
        booking=booking,
        starts=local(booking.starts_at),
        office=catalog.office(booking.office_id),
        procedure="・".join(map(catalog.procedure, (booking.procedure_id, *booking.also))),
        channel=CHANNEL[booking.channel],
        visitor=VISITOR[booking.visitor],
        state=state_on(booking, now().date()),
        ticks=tuple(_ticks(booking, catalog, stamps, when)) if may_tick else (),
        not_done=tuple(_not_done(booking, when)) if ending else (),
        asks=_asking(booking, when) if ending and booking.also else "",
    )


def _ticks(
    booking: StaffBooking,
    catalog: CatalogIndex,
    stamps: Stamps | None,
    when: When,
) -> Iterator[Button]:
    """In the order in which a visit goes. On a past day only what became of it is left to say."""
    if when == "to come":
        return
    calls = list(_calls(booking, stamps)) if when == "today" else []
    if booking.status == "confirmed" and when == "today":
        yield _button("受付", booking, "arrive", "u")
    if stamps and not stamps.called_at:
        yield from calls
    yield from _outcomes(booking, catalog, when)
    if stamps and stamps.called_at:
        yield from calls
    yield from _stayed_away(booking, when)
    if booking.status in ("arrived", "finished", "missed") and when == "today":
        yield _button("元に戻す", booking, "undo", "z")


def _stayed_away(booking: StaffBooking, when: When) -> Iterator[Button]:
    """Not of whom an outage met."""
    if booking.in_outage:
        return
    if when == "past" and booking.status in STANDING:
        yield _button("来庁なし", booking, "correct", "n")
    elif booking.status == "confirmed":
        yield _button("来庁なし", booking, "miss", "n")


def _calls(booking: StaffBooking, stamps: Stamps | None) -> Iterator[Button]:
    if stamps and booking.status == "arrived":
        yield _button("もう一度呼ぶ" if stamps.called_at else "呼出", booking, "call", "y")


def _asking(booking: StaffBooking, when: When) -> str:
    """Where a visit for several procedures gets an outcome for each."""
    return f"/bookings/{booking.booking_id}/{'result' if when == 'past' else 'outcome'}"


def _ending(when: When) -> TapAction:
    return "correct" if when == "past" else "finish"


def _outcomes(booking: StaffBooking, catalog: CatalogIndex, when: When) -> Iterator[Button]:
    """What a visit for one procedure may end with; the first is at hand by its key."""
    if booking.also or booking.status not in STANDING:
        return
    for place, outcome in enumerate(good_outcomes(booking.procedure_id, catalog)):
        key = "" if place else "k"
        yield _button(OUTCOME[outcome], booking, _ending(when), key, outcome)


def good_outcomes(procedure_id: str, catalog: CatalogIndex) -> tuple[Outcome, ...]:
    known = catalog.procedures.get(procedure_id)
    return tuple(one for one in known.outcomes if one not in NOT_DONE) if known else ()


def _not_done(booking: StaffBooking, when: When) -> Iterable[Button]:
    if when == "past" and booking.also:
        return
    for outcome in NOT_DONE:
        yield _button(OUTCOME[outcome], booking, _ending(when), "", outcome)


def _button(
    text: str, booking: StaffBooking, action: TapAction, key: str, outcome: Outcome | None = None
) -> Button:
    tapped = Tapped(action, booking.booking_id, booking.version, outcome)
    return Button(text, tapped.value, key)
