"""Booking and the citizens' door each work out which times are offered: they must agree, with each
other and with what comes out the long way."""

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pytest

from libs.contracts.booking import (
    Arrangement,
    BoardSnapshot,
    Break,
    Catalog,
    Closure,
    Length,
    Office,
    Procedure,
    Series,
    WindowDay,
)
from libs.contracts.times import JST
from libs.rules.closures import closure_of
from services.booking.domain import NotOffered, plan_people, seats
from services.gateway.internet.offer.availability import Availability
from services.gateway.internet.offer.board import Board
from services.gateway.internet.offer.catalog import CatalogView
from services.gateway.internet.offer.parties import Party

from . import oracle

DAY = date(2027, 6, 1)
NOW = datetime(2027, 5, 25, 12, tzinfo=JST)
HOLIDAY = date(2027, 7, 19)
"""海の日, a Monday within the sixty days."""

LUNCH = Break(starts=time(10), ends=time(10, 30), keeps=(1, 2))
SHORT = Break(starts=time(9, 5), ends=time(9, 15))
MORNING, CELLS = 8 * 12, 60
"""Cells from 8:00 on, five hours of them."""

Busy = set[tuple[int, int]]


@pytest.mark.parametrize("day", [DAY, HOLIDAY])
@pytest.mark.parametrize("seed", range(60))
def test_the_door_offers_a_party_exactly_the_times_that_booking_would_give(
    seed: int, day: date
) -> None:
    chance = random.Random(seed)
    procedures = [_procedure(chance, name) for name in ("a", "b", "c")]
    office = _office(chance, day)
    busy = {(chance.randrange(1, 5), chance.randrange(MORNING, MORNING + CELLS)) for _ in range(12)}
    door = _door(office, procedures, busy, day)
    for _ in range(8):
        people = [chance.sample(procedures, chance.choice((1, 1, 2))) for _ in range(_size(chance))]
        arrangement: Arrangement = chance.choice(("together", "in_turn"))
        party = Party(tuple(tuple(p.procedure_id for p in who) for who in people), arrangement)
        offered = [start.at for start in door.starts("here", party, day, NOW)]
        assert offered == _given(people, office.series, busy, arrangement, day)
        closed = bool(office.closures)
        assert offered == oracle.offered(people, office, busy, arrangement, day, closed)


def _size(chance: random.Random) -> int:
    return chance.choice((1, 1, 2, 3, 4))


def _procedure(chance: random.Random, name: str) -> Procedure:
    return Procedure(
        procedure_id=name, name=name, plain=name, group=name, needs_card=False, outcomes=("done",),
        minutes=chance.choice((10, 15, 30)), joins=chance.choice(("sum", "sum", "max")),
        visitors=("self",), documents=(), notes=(), opens_days_before=60, closes_days_before=0,
        position=1, version=1, lengths=_lengths(chance),
    )  # fmt: skip


def _lengths(chance: random.Random) -> tuple[Length, ...]:
    """Some that hold on these days, and some that begin later or are for another office."""
    days = (DAY - timedelta(days=30), DAY, DAY + timedelta(days=1), HOLIDAY)
    places = [(day, office_id) for day in days for office_id in ("", "here", "there")]
    chosen = chance.sample(places, chance.choice((0, 0, 1, 3)))
    return tuple(
        Length(from_day=day, minutes=chance.choice((5, 20, 40)), office_id=office_id)
        for day, office_id in chosen
    )


def _office(chance: random.Random, day: date) -> Office:
    """Series of overlapping windows, hours and procedures, some of which are not on this day."""
    reason = closure_of(day)
    closures = (Closure(day=day, reason=reason),) if reason else ()
    series = tuple(
        Series(
            series_id=str(n),
            procedure_ids=tuple(chance.sample(("a", "b", "c"), chance.randrange(1, 4))),
            weekdays=chance.choice(((0, 1, 2, 3, 4), (1,), (0,))),
            opens=chance.choice((time(8), time(9), time(9, 10))),
            closes=chance.choice((time(11), time(12), time(12, 5))),
            unit_minutes=chance.choice((15, 20, 30)),
            windows=tuple(sorted(chance.sample((1, 2, 3, 4), chance.randrange(1, 5)))),
            valid_from=date(2027, 1, 1),
            valid_until=chance.choice((date(2027, 12, 31), DAY, DAY - timedelta(days=1))),
            breaks=chance.choice(((), (), (LUNCH,), (LUNCH, SHORT))),
            on_holidays=chance.random() < 0.5,
        )
        for n in range(chance.randrange(2, 6))
    )
    return Office(
        office_id="here", name="here", kana="", address="", phone="", series=series, version=1,
        closures=closures,
    )  # fmt: skip


def _door(office: Office, procedures: Sequence[Procedure], busy: Busy, day: date) -> Availability:
    catalog, board = CatalogView(), Board()
    catalog.load(Catalog(offices=(office,), procedures=tuple(procedures)))
    days = tuple(
        WindowDay(
            window_id=window,
            day=day,
            runs=tuple(
                (cell, 1, 1, float("inf") if (window, cell) in busy else 0.0)
                for cell in range(MORNING, MORNING + CELLS)
            ),
        )
        for window in range(1, 5)
    )
    board.load(BoardSnapshot(office_id="here", days=days))
    return Availability(catalog, board)


def _given(
    people: Sequence[Sequence[Procedure]], series: Sequence[Series], busy: Busy,
    arrangement: Arrangement, day: date,
) -> list[datetime]:  # fmt: skip
    """The times at which booking finds a window for everybody."""
    midnight = datetime.combine(day, time(), JST)
    found = []
    for cell in range(MORNING, MORNING + CELLS):
        start = midnight + timedelta(minutes=5 * cell)
        try:
            visits = plan_people(people, series, "here", start, arrangement)
        except NotOffered:
            continue
        free = [
            [
                window
                for window in visit.windows
                if all((window, (at - midnight) // timedelta(minutes=5)) not in busy
                       for at in visit.starts)
            ]
            for visit in visits
        ]  # fmt: skip
        if seats(free, arrangement):
            found.append(start)
    return found
