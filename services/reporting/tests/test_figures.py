"""The figures add up to the bookings, whatever happened to these and however the facts came."""

import random
from datetime import date

import pytest

from libs.contracts.reporting import FigureQuery, FigureReport

from .conftest import Reporting
from .histories import OFFICES, Life, a_life, as_they_come
from .recount import as_cut, by, chosen, day_of, figures, lead_of, procedures_done, window_of

YEAR: dict[str, object] = {"first": date(2026, 4, 1), "last": date(2027, 3, 31)}
MONTH: dict[str, object] = {"first": date(2026, 12, 1), "last": date(2026, 12, 31)}
QUESTIONS: tuple[dict[str, object], ...] = (
    YEAR,
    {**YEAR, "basis": "booked"},
    MONTH,
    {**MONTH, "basis": "booked", "cancelled": False},
    {"first": date(2026, 12, 3), "last": date(2026, 12, 3)},
    {**YEAR, "office": "akeno", "channel": "phone"},
    {**YEAR, "procedure": "pin", "window": 2},
)


def check(report: FigureReport, lives: list[Life]) -> None:
    """Each cut is what one finds by looking at one booking after the other."""
    asked = report.asked
    seen = chosen(lives, asked)
    assert report.total == figures(seen)
    assert as_cut(report.offices, "office_id") == by(seen, lambda x: (x.office_id,))
    assert as_cut(report.periods, "period") == by(seen, lambda x: (period(x, report),))
    assert as_cut(report.hours, "hour") == by(seen, lambda x: (x.starts_at.hour,))
    assert as_cut(report.channels, "channel") == by(seen, lambda x: (x.channel,))
    assert as_cut(report.leads, "lead") == by(seen, lambda x: (lead_of(x),))
    called = [life for life in seen if window_of(life) is not None]
    found = by(called, lambda x: (x.office_id, window_of(x)))
    assert as_cut(report.windows, "office_id", "window") == found
    check_procedures(report, seen)


def period(life: Life, report: FigureReport) -> date:
    day = day_of(life, report.asked)
    return day.replace(day=1) if report.step == "month" else day


def check_procedures(report: FigureReport, seen: list[Life]) -> None:
    done = procedures_done(seen, by_office=False), procedures_done(seen, by_office=True)
    firsts = (
        by(seen, lambda x: (x.procedure_id,)),
        by(seen, lambda x: (x.office_id, x.procedure_id)),
    )
    told = (
        as_cut(report.procedures, "procedure_id"),
        as_cut(report.cells, "office_id", "procedure_id"),
    )
    for each, first, answered in zip(done, firsts, told, strict=True):
        assert {key: f.procedures for key, f in answered.items()} == each
        for key, found in first.items():
            assert answered[key] == found.model_copy(update={"procedures": each[key]})
        assert sum(f.bookings for f in answered.values()) == report.total.bookings
        assert sum(f.procedures for f in answered.values()) == report.total.procedures


async def history(reporting: Reporting, seed: int, count: int) -> list[Life]:
    chance = random.Random(seed)
    lives = [a_life(chance) for _ in range(count)]
    await reporting.take(*as_they_come(chance, lives))
    return lives


async def test_every_figure_is_what_one_counts_booking_by_booking(reporting: Reporting) -> None:
    lives = await history(reporting, seed=20261201, count=60)
    for question in QUESTIONS:
        check(await reporting.report(**question), lives)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
async def test_the_same_of_many_histories(reporting: Reporting, seed: int) -> None:
    lives = await history(reporting, seed, count=400)
    for question in QUESTIONS:
        check(await reporting.report(**question), lives)


async def test_staff_of_some_offices_count_those_alone(reporting: Reporting) -> None:
    lives = await history(reporting, seed=7, count=40)
    for own in OFFICES:
        report = await reporting.report(own, **YEAR)
        check(report, [life for life in lives if life.office_id == own])
        nowhere = await reporting.report(own, **YEAR, office="tsurusaki")
        assert nowhere.total.bookings == 0


async def test_what_is_missing_of_a_history_changes_no_state(reporting: Reporting) -> None:
    """Only the newest versions came in, restated: states, days and waits are those of now."""
    chance = random.Random(5)
    lives = [a_life(chance) for _ in range(40)]
    await reporting.take(*(life.restated() for life in lives))
    found, true = (
        (await reporting.report(**YEAR)).total,
        figures(chosen(lives, FigureQuery.model_validate(YEAR))),
    )
    assert found == true.model_copy(update={"moves": 0, "moves_by_staff": 0})
