"""The bookings of one day as the counter works with them: rows by time, counts, who is next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from types import MappingProxyType
from typing import Literal
from uuid import UUID

from libs.contracts.booking import STANDING, DayBooking, DayList, Stamps
from libs.contracts.times import day_of
from services.gateway.lgwan.counter.rows import Row, When, row_of
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.lgwan.door.words import (
    LANGUAGE,
    NOT_ENTERED,
    need_words,
    state_words,
)
from services.gateway.web.times import local

NEXT_MOST = 8
"""So many who wait are named; the others are counted."""

CardState = Literal["", "ready", "shelf"]
"""Nothing to say; laid out in advance (前日準備); still on its shelf."""


@dataclass(frozen=True)
class DayRow:
    """`row` with what the counter stamped. `late`: the time has passed, or had when they came.
    `card` says whether the card lies ready, as long as somebody will ask for it."""

    row: Row
    stamps: Stamps
    late: bool
    in_outage: bool
    needs: tuple[str, ...]
    state: str
    party_size: int
    cards: int | None
    card: CardState
    ending: str = ""
    """The last four signs of the card's number: who waits may see the screen."""
    shelf: str = ""
    party: UUID | None = None
    turn: tuple[int, ...] = ()
    """The 受付番号 of all who wait, or were called, together with this one."""
    slot: datetime | None = None
    """The time of the slot it stands in: that of the first of its party."""

    @property
    def booking_id(self) -> UUID:
        return self.row.booking.booking_id

    @property
    def waits(self) -> bool:
        return self.row.booking.status == "arrived" and not self.stamps.called_at

    @property
    def is_called(self) -> bool:
        return self.row.booking.status == "arrived" and self.stamps.called_at is not None

    @property
    def told(self) -> str:
        """What has just become of the booking, in a sentence."""
        number = f"受付番号 {self.stamps.reception}番　" if self.stamps.reception else ""
        return f"{number}{self.row.time} {self.row.procedure} は、いま「{self.state}」です。"


@dataclass(frozen=True)
class Slot:
    """Everybody who is booked for the same time. `begins` is the first one still to come."""

    name: str
    rows: tuple[DayRow, ...]
    begins: bool


@dataclass(frozen=True)
class DayRows:
    """The rows of a day; `counts` are words and figures in the order in which a visit goes."""

    slots: tuple[Slot, ...]
    counts: tuple[tuple[str, int], ...]
    next: tuple[DayRow, ...]
    more: int
    called: tuple[DayRow, ...]
    open: int
    at: datetime

    def row(self, booking_id: UUID | None) -> DayRow | None:
        rows = (row for slot in self.slots for row in slot.rows)
        return next((row for row in rows if row.booking_id == booking_id), None)


def when_is(day: date, now: datetime) -> When:
    today = day_of(now)
    return "today" if day == today else "past" if day < today else "to come"


def day_of_office(
    found: DayList,
    catalog: CatalogIndex,
    may_tick: bool,
    endings: Mapping[UUID, str] = MappingProxyType({}),
) -> DayRows:
    when = when_is(found.day, found.at)
    in_use = any(one.prepared for one in found.bookings)
    rows = [
        replace(
            _row(one, catalog, may_tick, when, found.at, in_use),
            ending=endings.get(one.booking.booking_id, ""),
            shelf=(one.shelf or "") if found.shelves else "",
        )
        for one in found.bookings
    ]
    rows = _together(rows)
    waiting = sorted((row for row in rows if row.waits), key=_turn)
    turns = _turns(waiting)
    return DayRows(
        slots=tuple(_slots(rows, found.at if when == "today" else None)),
        counts=tuple(_counts(rows, when)),
        next=tuple(turns[:NEXT_MOST]),
        more=sum(len(row.turn) for row in turns[NEXT_MOST:]),
        called=tuple(_turns([row for row in rows if row.is_called])),
        open=found.open,
        at=found.at,
    )


def _row(
    one: DayBooking,
    catalog: CatalogIndex,
    may_tick: bool,
    when: When,
    at: datetime,
    cards_laid_out: bool,
) -> DayRow:
    row = row_of(one.booking, catalog, may_tick, one.stamps, when)
    return DayRow(
        row=row,
        stamps=one.stamps,
        late=_is_late(one, when, at),
        in_outage=one.booking.in_outage and one.booking.status == "confirmed",
        needs=tuple(_needs(one)),
        state=_state(one, when),
        party_size=one.party_size,
        cards=one.cards,
        card=_card(one, when) if cards_laid_out else "",
        party=one.party,
    )


def _card(one: DayBooking, when: When) -> CardState:
    """Where nobody lays out cards for a day, or nobody will fetch it, there is nothing to say."""
    if one.prepared is None or when == "past" or one.booking.status not in STANDING:
        return ""
    return "ready" if one.prepared else "shelf"


def _is_late(one: DayBooking, when: When, at: datetime) -> bool:
    starts = one.booking.starts_at
    if one.booking.status == "confirmed":
        return when == "today" and at > starts
    came = one.stamps.arrived_at
    return one.booking.status == "arrived" and came is not None and came > starts


def _needs(one: DayBooking) -> Iterable[str]:
    yield from need_words(one.needs, one.interpreter, one.language)
    if one.language != "ja" and "interpreter" not in one.needs:
        yield LANGUAGE[one.language]


def _state(one: DayBooking, when: When) -> str:
    booking, stamps = one.booking, one.stamps
    if booking.status in STANDING and when == "past":
        return NOT_ENTERED
    if booking.status == "finished" and stamps.outcomes:
        outcomes = dict.fromkeys((booking.outcome, *stamps.outcomes.values()))
        return "・".join(state_words("finished", outcome) for outcome in outcomes)
    if booking.status == "arrived" and stamps.called_at:
        again = f"・{stamps.calls}回" if stamps.calls > 1 else ""
        return f"呼出 {local(stamps.called_at):%H:%M}（{stamps.window}番窓口{again}）"
    if booking.status == "arrived" and stamps.arrived_at:
        return f"受付済 {local(stamps.arrived_at):%H:%M}"
    return state_words(booking.status, booking.outcome)


def _turn(row: DayRow) -> tuple[bool, datetime, int]:
    """Whose turn it is: who came late is served next, the others by the time they booked."""
    return not row.late, row.row.starts, row.stamps.reception or 0


def _together(rows: Sequence[DayRow]) -> list[DayRow]:
    """Who comes together stands together, where the first of them does."""
    first: dict[UUID, DayRow] = {}
    leads = [first.setdefault(row.party, row) if row.party else row for row in rows]
    place = {id(row): n for n, row in enumerate(rows)}
    placed = sorted(zip(leads, rows, strict=True), key=lambda pair: place[id(pair[0])])
    return [replace(row, slot=lead.row.starts) for lead, row in placed]


def _turns(rows: Sequence[DayRow]) -> list[DayRow]:
    """One for all of a party who wait, or are at one window, with the numbers of all."""
    turns: dict[object, list[DayRow]] = {}
    for row in rows:
        turns.setdefault((row.party or row.booking_id, row.stamps.window), []).append(row)
    return [
        replace(same[0], turn=tuple(row.stamps.reception or 0 for row in same))
        for same in turns.values()
    ]


def _slots(rows: Sequence[DayRow], at: datetime | None) -> Iterable[Slot]:
    begun = at is None
    for starts, same in groupby(rows, key=lambda row: row.slot or row.row.starts):
        begins = not begun and at is not None and starts > at
        begun = begun or begins
        yield Slot(f"{starts:%H%M}", tuple(same), begins)


def _counts(rows: Sequence[DayRow], when: When) -> Iterable[tuple[str, int]]:
    states = [row.row.booking.status for row in rows]
    yield "予約", len(states) - states.count("cancelled")
    yield "受付済", sum(row.waits for row in rows)
    yield "呼出", sum(row.is_called for row in rows)
    yield "完了", states.count("finished")
    yield "来庁なし", states.count("missed")
    if when == "past":
        yield NOT_ENTERED, states.count("confirmed") + states.count("arrived")
    else:
        yield "遅れ", sum(row.late for row in rows)
