"""The week of an office: how full it is, why it is closed, which series hold and compete."""

from datetime import timedelta

import pytest

from dev.testing import Database
from libs.contracts.booking import Closure, ScheduleDay, ScheduleWeek, SlotLoad
from services.gateway.lgwan.counter.series import hours_text, weekdays_text
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.schedules.grid import grid_of, times_of
from services.gateway.lgwan.schedules.places import competing, days_of, letters, places_a_day
from services.gateway.lgwan.tests.fake_schedules import FakeSchedules
from services.gateway.lgwan.tests.fakes import FakeBooking
from services.gateway.lgwan.tests.schedule_scene import a_series, at, book, furnish, monday
from services.gateway.lgwan.tests.support import Browser, add_staff
from services.gateway.web.testing import words
from services.gateway.web.times import now


@pytest.fixture
def schedules(services: Services) -> FakeSchedules:
    """The furnished offices."""
    assert isinstance(services.booking, FakeBooking)
    assert isinstance(services.schedules, FakeSchedules)
    services.booking.kept.clear()
    furnish(services.booking, services.schedules)
    return services.schedules


def booking_of(services: Services) -> FakeBooking:
    assert isinstance(services.booking, FakeBooking)
    return services.booking


def week_path(office: str = "honcho") -> str:
    return f"/schedules?office={office}&week={monday()}"


def cells(desk: Browser, row: int) -> list[str]:
    body = desk.page.all("tbody")[0]
    return [words(cell) for cell in list(body)[row] if cell.tag == "td"]


def test_each_cell_says_how_many_of_how_many_windows_are_taken_and_by_which_series(
    desk: Browser, services: Services, schedules: FakeSchedules
) -> None:
    book(booking_of(services), [at(monday(), 9)] * 3)
    book(booking_of(services), [at(monday() + timedelta(days=1), 9)] * 10)
    book(booking_of(services), [at(monday() + timedelta(days=3), 9)] * 11)
    desk.open(week_path())
    assert cells(desk, 0) == [
        "3/8＋職員2 AB", "満 10/10 AB", "休", "超過 11/10 AB", "0/8＋職員2 AB", "0/4 C", "",
    ]  # fmt: skip
    assert cells(desk, 6)[0] == "0/4 AB"


def test_finer_loads_are_rows_of_half_an_hour_as_at_their_busiest_moment() -> None:
    def load(minute: int, taken: int) -> SlotLoad:
        return SlotLoad(starts_at=at(monday(), 9, minute), public=4, staff=1, taken=taken)

    empty = [
        ScheduleDay(day=monday() + timedelta(days=n), series_ids=(), loads=()) for n in range(7)
    ]
    loads = tuple(load(minute, taken) for minute, taken in ((15, 1), (20, 3), (25, 0), (30, 2)))
    first = empty[0].model_copy(update={"loads": loads})
    week = ScheduleWeek(
        office_id="honcho", week=monday(), grid_minutes=5, series=(), days=(first, *empty[1:])
    )
    grid = grid_of(week, {})
    assert times_of(grid) == (["9:00", "9:30"], ["9:30", "10:00"])
    assert [cell.text for cell in grid.columns[0].cells] == ["3/4＋職員1", "2/4＋職員1"]


def test_a_closed_day_says_why_and_a_special_one_what_is_special(
    desk: Browser, schedules: FakeSchedules
) -> None:
    desk.open(week_path())
    heads = [words(head) for head in desk.page.all("thead")[0].iter("th")]
    assert "休み（祝日）" in heads[3]
    assert "休み" not in heads[2]


def test_the_series_say_what_they_are_and_how_many_places_they_have(
    desk: Browser, schedules: FakeSchedules
) -> None:
    text = desk.open(week_path()).text
    assert "月〜金 9:00〜17:00、30分ごと、休憩 12:00〜13:00（窓口1-2は開ける）" in text
    assert "1-8（職員用 9-10）" in text
    today = now().date()
    days = [today + timedelta(days=n) for n in range(91)]
    working = sum(d.weekday() < 5 and d != monday() + timedelta(days=2) for d in days)
    assert f"1日144枠・合計{144 * working:,}枠" in text
    assert "AとBは、窓口7-8を分け合います。" in text
    assert "公開前：" in text


def test_an_office_without_series_says_how_to_begin(desk: Browser, services: Services) -> None:
    booking_of(services).kept.clear()
    text = desk.open(week_path()).text
    assert "この週に開いている枠はありません" in text
    assert "まだ枠がありません" in text


@pytest.mark.parametrize("week", ["", "x", "2026-13-01", "2026-12-02"])
def test_any_day_leads_to_the_monday_of_its_week(
    desk: Browser, schedules: FakeSchedules, week: str
) -> None:
    desk.open(f"/schedules?office=honcho&week={week}")
    assert desk.status == 200
    first = desk.page.one("h2", id="week-title")
    assert "（月）から" in words(first)


def test_who_may_not_edit_sees_the_week_and_no_way_to_change_it(
    browser: Browser, schedules: FakeSchedules, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "reader", rights=["bookings.read"])
    browser.sign_in("reader")
    page = browser.open(week_path())
    assert browser.status == 200
    assert not page.all("form", id="span")
    assert "直す" not in page.text
    for path in ("series", "day", "week", "office", "end"):
        browser.open(f"/schedules/{path}?office=honcho")
        assert browser.status == 403


def test_another_office_is_neither_offered_nor_shown(
    browser: Browser, schedules: FakeSchedules, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "branch", offices=["dainan"])
    browser.sign_in("branch")
    page = browser.open(week_path("honcho"))
    assert "大南支所" in page.heading
    assert "本庁舎" not in page.text


def test_breaks_and_staff_windows_count_as_they_open() -> None:
    whole = a_series(windows=(1, 2), staff_windows=(3,))
    assert places_a_day(whole) == 48
    lunch = {"starts": "12:00", "ends": "13:00", "keeps": [1]}
    assert places_a_day(a_series(windows=(1, 2), breaks=[lunch])) == 30
    odd = {"starts": "12:15", "ends": "12:20"}
    assert places_a_day(a_series(windows=(1,), breaks=[odd])) == 15


def test_the_days_of_a_series_leave_out_closed_ones_unless_it_is_open_on_holidays() -> None:
    today = monday()
    series = a_series(valid_from=today, valid_until=today + timedelta(days=6), on_holidays=False)
    office = (
        FakeBooking()
        ._office("honcho", "本庁舎")
        .model_copy(
            update={
                "closures": (
                    Closure(day=today, reason="祝日"),
                    Closure(day=today + timedelta(days=1), reason="工事", whole=True),
                )
            }
        )
    )
    assert days_of(series, office, today) == 3
    assert days_of(series.model_copy(update={"on_holidays": True}), office, today) == 4
    assert days_of(series, office, today + timedelta(days=7)) == 0


@pytest.mark.parametrize(
    "other",
    [
        {"windows": (9,)},
        {"weekdays": (5,)},
        {"opens": "17:00", "closes": "18:00"},
        {"valid_from": monday(30), "valid_until": monday(31)},
    ],
)
def test_series_that_never_meet_at_a_window_do_not_compete(other: dict[str, object]) -> None:
    assert competing([a_series(), a_series("b")])
    assert not competing([a_series(), a_series("b", **other)])


def test_words_for_weekdays_and_letters() -> None:
    assert weekdays_text((0, 1, 2, 3, 4)) == "月〜金"
    assert weekdays_text((0, 2)) == "月・水"
    assert weekdays_text((5, 6)) == "土・日"
    assert hours_text(a_series()) == "月〜金 9:00〜17:00"
    named = letters([str(n) for n in range(28)])
    assert (named["0"], named["25"], named["26"]) == ("A", "Z", "A2")
