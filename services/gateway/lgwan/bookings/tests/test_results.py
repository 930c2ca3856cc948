"""Correcting what came of a visit, with a reason and the real times."""

from datetime import datetime, timedelta

import pytest

from dev.testing import Database
from libs.contracts.booking import NewerBooking, StaffBooking, Stamps
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.lists.tests.test_list import booking_of, the_one
from services.gateway.lgwan.tests.fakes import a_booking, today_at
from services.gateway.lgwan.tests.support import Browser, add_staff, log_lines, sitting_at
from services.gateway.web.times import now

from .test_corrections import compared, corrections_of, moved_by_suzuki, page_of

YESTERDAY = timedelta(days=1)


def came_yesterday(services: Services, **more: object) -> str:
    """The one booking was yesterday; the address of its correction."""
    booking_of(services).kept.clear()
    booking = a_booking(starts_at=today_at(10, 30) - YESTERDAY, **more)
    booking_of(services).kept[booking.booking_id] = booking
    return page_of(services, "/result")


def yesterday(hour: int, minute: int) -> datetime:
    return today_at(hour, minute) - YESTERDAY


RIGHT = {
    "version": "1",
    "result": "collected",
    "arrived": "10:25",
    "finished": "1055",
    "reason": "omission",
}


def test_a_visit_of_yesterday_gets_its_result_with_the_real_times(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    path = came_yesterday(services)
    assert "結果を訂正" in desk.open(page_of(services)).text
    desk.open(path)
    page = desk.send(path, RIGHT)
    assert "結果を訂正しました" in page.text
    (asked,) = corrections_of(services).asked
    assert (asked.status, asked.outcome, asked.reason) == ("finished", "collected", "omission")
    assert (asked.arrived_at, asked.finished_at) == (yesterday(10, 25), yesterday(10, 55))
    assert log_lines(store_of_accounts)[-1] == "tanaka|booking.correct|booking|honcho|done"


def test_the_form_shows_what_is_kept(desk: Browser, services: Services) -> None:
    path = came_yesterday(services, status="finished", outcome="papers")
    stamps = Stamps(arrived_at=yesterday(10, 5), finished_at=yesterday(10, 40))
    corrections_of(services).stamps[the_one(services).booking_id] = stamps
    page = desk.open(path)
    assert (page.field("arrived"), page.field("finished")) == ("10:05", "10:40")
    (chosen,) = [option for option in page.all("option") if option.get("selected") is not None]
    assert chosen.get("value") == "papers"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"result": ""}, "結果を選んでください"),
        ({"result": "applied"}, "結果を選んでください"),
        ({"reason": ""}, "訂正する理由を選んでください"),
        ({"arrived": "25:00"}, "10:05 のように"),
        ({"finished": "10:20"}, "受付の時刻より前"),
        ({"result": "missed"}, "時刻を空欄にしてください"),
        ({"arrived": "123456789012"}, "10:05 のように"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_changed(
    desk: Browser, services: Services, wrong: dict[str, str], says: str
) -> None:
    path = came_yesterday(services)
    desk.open(path)
    page = desk.send(path, {**RIGHT, **wrong})
    assert desk.status == 422
    assert says in page.text
    assert "123456789012" not in desk.html
    assert not corrections_of(services).asked


def test_a_time_that_has_not_come_yet_is_refused(desk: Browser, services: Services) -> None:
    path = page_of(services, "/result")
    desk.open(path)
    late = (now() + timedelta(minutes=1)).replace(second=0)
    page = desk.send(path, {**RIGHT, "arrived": "", "finished": f"{late:%H:%M}"})
    assert desk.status == 422
    assert "まだ来ていない時刻" in page.text or late.date() != now().date()


def test_each_procedure_of_a_visit_has_its_result(desk: Browser, services: Services) -> None:
    path = came_yesterday(services, also=("pin",))
    desk.open(path)
    desk.send(path, RIGHT)
    assert desk.status == 422
    desk.send(path, {**RIGHT, "result-pin": "done"})
    assert corrections_of(services).asked[0].outcomes == {"pin": "done"}


def test_what_somebody_else_changed_meanwhile_is_compared_first(
    desk: Browser, services: Services
) -> None:
    path = came_yesterday(services)
    desk.open(path)
    moved_by_suzuki(services)
    page = desk.send(path, RIGHT)
    assert desk.status == 409
    assert compared(page)["状態"] == ("交付済", "予約済", True)
    fields = ("version", "result", "arrived", "finished", "reason")
    desk.send(path, {name: page.field(name) for name in fields})
    assert corrections_of(services).asked[0].version == 2


def test_a_visit_to_come_has_no_result_yet(desk: Browser, services: Services) -> None:
    booking_of(services).kept.clear()
    booking = a_booking(starts_at=today_at(10, 30) + timedelta(days=1))
    booking_of(services).kept[booking.booking_id] = booking
    assert "結果を訂正" not in desk.open(page_of(services)).text


def test_correcting_a_result_needs_the_right_to_tick(
    store_of_accounts: Database, services: Services
) -> None:
    path = came_yesterday(services)
    add_staff(store_of_accounts, "viewer", ("bookings.read",))
    with sitting_at(store_of_accounts.url, services) as browser:
        browser.sign_in("viewer")
        assert "結果を訂正" not in browser.open(page_of(services)).text
        browser.open(path)
        assert browser.status == 403


def handed_over(services: Services, newer: StaffBooking | None) -> str:
    """A visit of yesterday whose person has booked again; the address of its correction."""
    path = came_yesterday(services)
    kept = booking_of(services)
    kept.newer[the_one(services).booking_id] = NewerBooking(booking=newer)
    if newer:
        kept.kept[newer.booking_id] = newer
    return path


def test_after_the_correction_the_newer_booking_is_shown_and_cancelled_with_one_press(
    desk: Browser, services: Services
) -> None:
    newer = a_booking(starts_at=today_at(10) + 2 * YESTERDAY, number="0000000001")
    path = handed_over(services, newer)
    desk.open(path)
    page = desk.send(path, RIGHT)
    assert "これからの予約がもう1件あります" in page.text and "00000-00001" in page.text
    assert "取り消しのメールを送ります" in page.text
    (form,) = [f for f in page.all("form") if f"{newer.booking_id}/cancel" in f.get("action", "")]
    fields = {i.get("name", ""): i.get("value", "") for i in form.iter("input")}
    page = desk.send(form.get("action", ""), fields)
    assert page.heading == "予約 00000-00001 取消"
    assert booking_of(services).reasons == ["重複した予約"]


def test_of_a_newer_booking_elsewhere_the_page_says_only_that_there_is_one(
    desk: Browser, services: Services
) -> None:
    path = handed_over(services, None)
    desk.open(path)
    page = desk.send(path, RIGHT)
    assert "全所属の照会・予約" in page.text and "これからの予約がもう1件" in page.text
    assert not [f for f in page.all("form") if f.get("action", "").endswith("/cancel")]


def test_what_is_entered_from_the_list_shows_the_newer_booking_too(
    desk: Browser, services: Services
) -> None:
    handed_over(services, a_booking(starts_at=today_at(10) + YESTERDAY, number="0000000001"))
    desk.open("/today/open?office=honcho")
    page = desk.press("交付済")
    assert "これからの予約がもう1件あります" in page.text and "00000-00001" in page.text
