"""Times of offices are changed after a look at what that does, and nobody loses a booking."""

from dataclasses import replace
from datetime import date, time, timedelta
from uuid import uuid4

import pytest

from libs.common.errors import NotFound
from libs.contracts.booking import (
    BookingDisplaced,
    Catalog,
    CellsChanged,
    ClearDay,
    CopyOffice,
    CopyWeek,
    EndSeries,
    Office,
    OfficePublished,
    PutDay,
    PutSeries,
    ScheduleApply,
    ScheduleChange,
    SpecialDay,
)
from services.booking.actions.catalog import register
from services.booking.actions.schedules import changes
from services.booking.actions.schedules.weeks import week_of
from services.booking.domain import HoldExpired, NotOffered
from services.booking.domain.problems import BadSchedule, CannotUndo, PlanChanged

from .city import DAY, City, at
from .planning import (
    CHIEF,
    MONDAY,
    apply,
    closed,
    displaced,
    id_of,
    lost,
    month,
    open_cells,
    plan,
    replayed,
    series,
    undo,
)

CLOSE = PutDay(office_ids=("here",), day=closed())


async def test_a_plan_says_what_would_change_and_changes_nothing(city: City) -> None:
    await month(city)
    booking = await city.booked(at(10))
    before = await city.pool.fetchval("SELECT md5(string_agg(c::text, '' ORDER BY c)) FROM cell c")
    (found,) = (await plan(city, CLOSE)).offices
    assert (found.added, found.removed) == (0, 8 * 8 * 60)
    (affected,) = found.affected
    assert (affected.number, affected.starts_at) == (booking.number, at(10))
    assert affected.proposed is not None
    assert affected.proposed.starts_at == at(10, day=DAY + timedelta(days=1))
    after = await city.pool.fetchval("SELECT md5(string_agg(c::text, '' ORDER BY c)) FROM cell c")
    assert before == after


async def test_a_plan_counts_places_as_staff_do(city: City) -> None:
    """1日24枠・合計480枠."""
    twenty_days = {"valid_from": date(2027, 6, 1), "valid_until": date(2027, 6, 28)}
    half = series("evening", opens=time(17), closes=time(20), windows=(1, 2), staff_windows=(3, 4),
                  **twenty_days)  # fmt: skip
    (found,) = (await plan(city, PutSeries(office_id="here", series=half))).offices
    assert (found.places_a_day, found.places) == (24, 480)
    assert (found.added, found.removed) == (20 * 4 * 180, 0)
    assert found.competing == ()


async def test_series_that_share_windows_are_named(city: City) -> None:
    other = series("other", windows=(7, 8, 9), opens=time(16), closes=time(18))
    (found,) = (await plan(city, PutSeries(office_id="here", series=other))).offices
    assert {one.series_ids for one in found.competing} == {
        ("here-15", "other"), ("here-30", "other")
    }  # fmt: skip
    assert {one.windows for one in found.competing} == {(7, 8)}


@pytest.mark.parametrize(
    ("step", "field", "reason"),
    [
        (series("s", opens=time(17), closes=time(9)), "closes", "backwards"),
        (series("s", unit_minutes=35), "unit_minutes", "unit"),
        (series("s", opens=time(9, 1)), "opens", "grid"),
        (series("s", windows=()), "windows", "missing"),
        (series("s", windows=(1, 1)), "windows", "windows"),
        (series("s", staff_windows=(8,)), "windows", "windows"),
        (series("s", windows=tuple(range(1, 42))), "windows", "too-many"),
        (series("s", procedure_ids=()), "procedure_ids", "missing"),
        (series("s", procedure_ids=("magic",)), "procedure_ids", "unknown"),
        (series("s", opens=time(9), closes=time(9, 20), unit_minutes=20), "procedure_ids", "short"),
        (series("s", opens=time(18), closes=time(20, 30)), "closes", "link-closed"),
        (series("s", valid_until=date(2026, 1, 1)), "valid_until", "backwards"),
        (series("s", valid_until=date(2027, 5, 24)), "valid_until", "past"),
        (series("s", breaks=({"starts": time(12), "ends": time(12)},)), "breaks", "backwards"),
        (series("s", breaks=({"starts": time(8), "ends": time(10)},)), "breaks", "outside-hours"),
        (series("there-30"), "series_id", "taken"),
        (SpecialDay(day=DAY, kind="until"), "closes", "missing"),
        (SpecialDay(day=DAY, kind="windows"), "windows", "missing"),
        (closed(date(2027, 5, 1)), "day", "past"),
        (EndSeries(office_id="here", series_id="no", last_day=DAY), "series_id", "unknown"),
        (CopyWeek(office_id="here", week=DAY, to=(MONDAY,)), "week", "not-monday"),
        (CopyOffice(office_id="here", to=("here",), first_day=DAY), "to", "same"),
    ],
)
async def test_what_cannot_be_is_refused_with_the_reason(
    city: City, step: object, field: str, reason: str
) -> None:
    if isinstance(step, SpecialDay):
        step = PutDay(office_ids=("here",), day=step)
    elif not isinstance(step, (EndSeries, CopyWeek, CopyOffice)):
        step = PutSeries(office_id="here", series=step)
    with pytest.raises(BadSchedule) as refused:
        await plan(city, ClearDay(office_ids=("here",), day=DAY), step)
    assert {"step": 1, "field": field, "reason": reason} in refused.value.facts["faults"]


async def test_an_evening_of_applications_may_end_after_the_link_closes(city: City) -> None:
    await city.set_rules("slow", outcomes=("applied",))
    evening = series("s", opens=time(18), closes=time(20, 30))
    assert (await plan(city, PutSeries(office_id="here", series=evening))).offices


async def test_offices_of_others_are_absent(city: City) -> None:
    clerk = replace(CHIEF, offices=frozenset({"there"}))
    for office_id in ("here", "nowhere"):
        with pytest.raises(NotFound):
            await plan(city, PutDay(office_ids=("there", office_id), day=closed()), caller=clerk)
        with pytest.raises(NotFound):
            await week_of(city.desk, clerk, office_id, MONDAY)


async def test_an_applied_change_is_what_was_seen_and_is_told(city: City) -> None:
    await month(city)
    await city.booked(at(10))
    change = await apply(city, CLOSE)
    assert (change.removed, change.affected, change.waiting) == (3840, 1, 1)
    assert await open_cells(city) == 0
    with pytest.raises(NotOffered):
        await city.hold(uuid4(), at(10, day=date(2027, 5, 24)))
    told = OfficePublished.model_validate_json((await city.facts(OfficePublished.name))[-1])
    assert [one.reason for one in told.office.closures if one.day == DAY] == ["停電"]
    many = CellsChanged.model_validate_json((await city.facts(CellsChanged.name))[-1])
    assert (many.office_id, many.many) == ("here", True)
    assert await lost(city) == 0
    assert await replayed(city) == 0


async def test_the_same_change_sent_twice_is_one(city: City) -> None:
    seen = (await plan(city, CLOSE)).seen
    ask = ScheduleApply(change=ScheduleChange(steps=(CLOSE,)), seen=seen)
    first = await changes.apply(city.desk, CHIEF, "k", ask)
    assert (await changes.apply(city.desk, CHIEF, "k", ask)).change_id == first.change_id
    assert await city.pool.fetchval("SELECT count(*) FROM schedule_change") == 1


async def test_who_books_between_look_and_apply_is_not_run_over(city: City) -> None:
    seen = (await plan(city, CLOSE)).seen
    await city.booked(at(10))
    with pytest.raises(PlanChanged) as refused:
        await apply(city, CLOSE, seen=seen)
    assert len(refused.value.facts["plan"]["offices"][0]["affected"]) == 1
    assert await open_cells(city) > 0


async def test_a_hold_in_a_closed_time_is_nobodys_booking(city: City) -> None:
    """It is no promise of a visit yet; the citizen is shown other times."""
    session = uuid4()
    await city.hold(session, at(10))
    await apply(city, CLOSE)
    with pytest.raises(HoldExpired):
        await city.book(session)
    assert await city.pool.fetchval("SELECT count(*) FROM booking") == 0


async def test_of_two_planners_the_second_sees_what_the_first_has_done(city: City) -> None:
    evening = PutSeries(office_id="here", series=series("here-30", closes=time(18)))
    first, second = await plan(city, CLOSE), await plan(city, evening)
    await apply(city, CLOSE, seen=first.seen)
    with pytest.raises(PlanChanged):
        await apply(city, evening, seen=second.seen)
    await apply(city, evening)


async def test_fewer_windows_move_people_over_and_cancel_nobody(city: City) -> None:
    await month(city)
    for _ in range(5):
        await city.booked(at(10))
    few = SpecialDay(day=DAY, kind="windows", windows=(1, 7, 8))
    (found,) = (await plan(city, PutDay(office_ids=("here",), day=few))).offices
    assert found.affected == ()
    (excess,) = found.excess
    assert (excess.starts_at, excess.bookings, excess.places) == (at(10), 5, 3)
    change = await apply(city, PutDay(office_ids=("here",), day=few))
    assert (change.affected, await displaced(city)) == (0, ())
    windows = await city.pool.fetch("SELECT window_id FROM booking ORDER BY window_id")
    assert [row[0] for row in windows] == [1, 4, 5, 7, 8]
    assert (await lost(city), await city.double_taken(), await replayed(city)) == (0, [], 0)
    with pytest.raises(Exception, match="taken"):
        await city.hold(uuid4(), at(10))


async def test_from_an_hour_of_today_on(city: City) -> None:
    await month(city)
    for hour in (10, 14, 15, 16):
        await city.booked(at(hour))
    await city.shift_clock(at(11))
    stop = SpecialDay(day=DAY, kind="until", closes=time(15), reason="システム障害")
    await apply(city, PutDay(office_ids=("here",), day=stop))
    waiting = await displaced(city)
    assert [one.starts_at for one in waiting] == [at(15), at(16)]
    assert all(one.proposed and one.proposed.starts_at >= at(9, day=DAY + timedelta(days=2))
               for one in waiting)  # fmt: skip
    assert await lost(city) == 0


async def test_a_unit_changes_in_mid_month_with_bookings_present(city: City) -> None:
    await month(city)
    old = await city.booked(at(9, 30, day=date(2027, 6, 16)))
    steps = (
        EndSeries(office_id="here", series_id="here-30", last_day=date(2027, 6, 15)),
        PutSeries(office_id="here", series=series(
            "here-20", unit_minutes=20, windows=(1,), valid_from=date(2027, 6, 16))),
    )  # fmt: skip
    change = await apply(city, *steps)
    assert change.affected == 0
    day = date(2027, 6, 16)
    assert await city.hold(uuid4(), at(10, day=day))
    with pytest.raises(Exception, match="taken"):
        await city.hold(uuid4(), at(9, 20, day=day))
    assert await city.hold(uuid4(), at(9, 30, day=date(2027, 6, 15)))
    with pytest.raises(NotOffered):
        await city.hold(uuid4(), at(10, 30, day=day))
    assert await id_of(city, old)
    assert await lost(city) == 0


async def test_a_holiday_that_moves_closes_one_day_and_opens_another(city: City) -> None:
    """As the law of a year does: the office works on the old day and rests on the new one."""
    holiday, instead = date(2027, 7, 19), date(2027, 7, 20)
    async with city.desk.open_store() as store:
        await store.timetables.open_cells(holiday)
        await store.timetables.open_cells(instead)
    await city.shift_clock(at(9, day=date(2027, 7, 1)))
    booking = await city.booked(at(10, day=instead))
    steps = (
        PutSeries(office_id="here", series=series(
            "moved", on_holidays=True, valid_from=holiday, valid_until=holiday)),
        PutDay(office_ids=("here",), day=closed(instead, "海の日")),
    )  # fmt: skip
    await apply(city, *steps)
    assert await open_cells(city, holiday) == 8 * 96 - 6
    assert await open_cells(city, instead) == 0
    (one,) = await displaced(city)
    assert one.number == booking.number
    assert one.proposed is not None
    assert one.proposed.starts_at == at(10, day=holiday)


async def test_an_office_closes_for_a_week_with_forty_bookings(city: City) -> None:
    await month(city)
    days = [MONDAY + timedelta(days=7 + n) for n in range(5)]
    for day in days:
        for n in range(8):
            await city.booked(at(9 + n, day=day))
    steps = [PutDay(office_ids=("here",), day=closed(day)) for day in days]
    change = await apply(city, *steps)
    assert (change.affected, change.waiting) == (40, 40)
    waiting = await displaced(city)
    assert len(waiting) == 40
    places = {(one.proposed.office_id, one.proposed.starts_at) for one in waiting if one.proposed}
    assert all(one.proposed for one in waiting)
    assert not {at.date() for _, at in places} & set(days)
    facts = [BookingDisplaced.model_validate_json(f) for f in
             await city.facts(BookingDisplaced.name)]  # fmt: skip
    assert {fact.booking_id for fact in facts} == {one.booking_id for one in waiting}
    assert (await lost(city), await city.double_taken(), await replayed(city)) == (0, [], 0)
    held = await city.pool.fetchval(
        "SELECT count(*) FROM cell JOIN displaced ON taken_by = holder AND taken_until = held_until"
    )
    assert held == 40 * 6


async def test_nine_offices_and_three_months_take_few_steps(city: City) -> None:
    names = [f"o{n}" for n in range(9)]
    empty = {"kana": "", "address": "", "phone": "", "series": (), "version": 0}
    offices = tuple(Office.model_validate({"office_id": n, "name": n, **empty}) for n in names)
    await register(city.desk.open_store, Catalog(offices=offices, procedures=()))
    caller = replace(CHIEF, offices=frozenset({"*"}))
    quarter = {"valid_from": date(2027, 6, 1), "valid_until": date(2027, 8, 31)}
    steps = (
        PutSeries(office_id="o0", series=series("long", **quarter)),
        PutSeries(office_id="o0", series=series(
            "short", procedure_ids=("pin",), unit_minutes=15, **quarter)),
        PutSeries(office_id="o0", series=series(
            "sunday", weekdays=(6,), on_holidays=True, closes=time(12), windows=(1, 2), **quarter)),
        CopyOffice(office_id="o0", to=tuple(names[1:]), first_day=date(2027, 6, 1)),
        PutDay(office_ids=tuple(names), day=closed(date(2027, 8, 13), "お盆")),
    )  # fmt: skip
    found = await plan(city, *steps, caller=caller)
    assert len(steps) <= 40
    assert {one.office_id for one in found.offices} == set(names)
    assert len({one.places for one in found.offices}) == 1
    assert found.offices[0].places > 10_000


async def test_a_week_is_copied_with_what_is_special_in_it(city: City) -> None:
    saturday = MONDAY + timedelta(days=5)
    steps = (
        PutDay(office_ids=("here",), day=closed()),
        PutSeries(office_id="here", series=series(
            "open-saturday", weekdays=(5,), valid_from=saturday, valid_until=saturday)),
        CopyWeek(office_id="here", week=MONDAY, to=(MONDAY + timedelta(days=7),)),
    )  # fmt: skip
    await apply(city, *steps)
    week = await week_of(city.desk, CHIEF, "here", MONDAY + timedelta(days=7))
    assert week.days[1].closed_for == "停電"
    assert week.days[5].series_ids == ("open-saturday-20270612",)


async def test_a_week_shows_what_is_open_and_what_is_taken(city: City) -> None:
    await city.booked(at(10))
    week = await week_of(city.desk, CHIEF, "here", MONDAY)
    assert (week.grid_minutes, len(week.series), len(week.days)) == (15, 2, 7)
    loads = {load.starts_at: load for load in week.days[1].loads}
    assert len(loads) == 32
    assert [(loads[at(10, m)].public, loads[at(10, m)].taken) for m in (0, 15, 30)] == [
        (8, 1), (8, 1), (8, 0)
    ]  # fmt: skip
    assert week.days[6].loads == ()


async def test_a_change_is_taken_back_with_everything_it_did(city: City) -> None:
    await month(city)
    await city.booked(at(10))
    before = await open_cells(city)
    change = await apply(city, CLOSE)
    undone = await undo(city, change)
    assert (undone.undone_by, undone.can_undo, undone.waiting) == ("chief", False, 0)
    assert await open_cells(city) == before
    assert await displaced(city) == ()
    assert await city.pool.fetchval("SELECT count(*) FROM hold") == 0
    assert (await lost(city), await replayed(city)) == (0, 0)
    assert len(await city.facts("booking.restored.v1")) == 1


@pytest.mark.parametrize("since", ["booked", "changed", "undone"])
async def test_what_contradicts_an_undo_is_said(city: City, since: str) -> None:
    saturday = date(2027, 6, 5)
    async with city.desk.open_store() as store:
        await store.timetables.open_cells(saturday)
    extra = series("sat", weekdays=(5,), valid_from=saturday, valid_until=saturday)
    change = await apply(city, PutSeries(office_id="here", series=extra))
    if since == "booked":
        await city.booked(at(10, day=saturday))
    elif since == "changed":
        longer = extra.model_copy(update={"closes": time(18)})
        await apply(city, PutSeries(office_id="here", series=longer))
    else:
        await undo(city, change)
    with pytest.raises(CannotUndo) as refused:
        await undo(city, change)
    assert refused.value.facts["why"] == since
