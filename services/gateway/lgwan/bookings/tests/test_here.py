"""今日・ここで受け付ける: one press, where booking allows it, and what the pages say of it."""

from datetime import timedelta

import pytest

from dev.testing import Database
from libs.contracts.booking import StaffBooking
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.tests.fakes import FakeBooking, a_booking, today_at
from services.gateway.lgwan.tests.support import (
    OWN_OFFICES,
    Browser,
    add_staff,
    log_lines,
    sitting_at,
)
from services.gateway.web.testing import words

TOMORROW = timedelta(days=1)
NUMBER = "8K2M47QX00"
PRESS = "今日・ここで受け付ける"


def booking_of(services: Services) -> FakeBooking:
    assert isinstance(services.booking, FakeBooking)
    return services.booking


def put(services: Services, **fields: object) -> StaffBooking:
    made = a_booking(number=NUMBER, **fields)
    booking_of(services).kept[made.booking_id] = made
    return made


def tomorrow(services: Services, **fields: object) -> StaffBooking:
    return put(services, starts_at=today_at(10) + TOMORROW, **fields)


@pytest.fixture
def branch(services: Services, store_of_accounts: Database):  # type: ignore[no-untyped-def]
    """Somebody who works at one office and sees the bookings of all."""
    rights = (*OWN_OFFICES, "bookings.everywhere")
    add_staff(store_of_accounts, "branch", rights=rights, offices=["dainan"])
    with sitting_at(store_of_accounts.url, services) as browser:
        browser.sign_in("branch")
        yield browser


def press(desk: Browser, booking: StaffBooking, **more: str) -> None:
    fields = {"version": desk.page.field("version"), "office": desk.page.field("office"), **more}
    desk.send(f"/bookings/{booking.booking_id}/here", fields)


def offered(desk: Browser) -> bool:
    return PRESS in [words(button) for button in desk.page.all("button")]


def test_from_the_page_of_the_booking_it_is_one_press(
    branch: Browser, services: Services, store_of_accounts: Database
) -> None:
    booking = tomorrow(services)
    page = branch.open(f"/bookings/{booking.booking_id}")
    assert offered(branch) and "本庁舎1階市民課の予約です。" in page.text
    assert "受付" not in [words(b) for b in page.all("button", name="tick")]
    press(branch, booking)
    after = booking_of(services).kept[booking.booking_id]
    assert (after.status, after.office_id) == ("arrived", "dainan")
    assert "大南支所で受け付けました。受付番号は 1番 です" in branch.page.text
    assert "まだ空いていれば元の日時に" in branch.page.text
    assert log_lines(store_of_accounts)[-1] == "branch|booking.receive|booking|dainan|done"


def test_from_the_field_of_the_day_it_is_one_press_and_the_row_is_marked(
    branch: Browser, services: Services
) -> None:
    booking = tomorrow(services)
    branch.open("/?office=dainan")
    branch.send("/today/scan", {"number": NUMBER, "office": "dainan"})
    told = words(branch.page.one("div", id="told"))
    assert "本庁舎1階市民課の予約です" in told and PRESS in told
    press(branch, booking, today="1")
    assert branch.page.heading.startswith("今日の予約")
    told = words(branch.page.one("div", id="told"))
    assert told.startswith("受付番号 1番") and "空いていれば元の日時に戻ります" in told


def test_who_works_at_several_offices_chooses_and_their_own_place_comes_first(
    desk: Browser, services: Services
) -> None:
    booking = tomorrow(services, office_id="dainan")
    page = desk.open(f"/bookings/{booking.booking_id}")
    options = [one.get("value") for one in page.one("select", id="here-office").iter("option")]
    assert options[0] == "dainan" and len(options) == 9
    desk.send(f"/bookings/{booking.booking_id}/here", {"version": "1", "office": "honcho"})
    assert booking_of(services).kept[booking.booking_id].office_id == "honcho"


def test_a_card_at_another_office_is_said_instead(branch: Browser, services: Services) -> None:
    booking = tomorrow(services)
    page = branch.open(f"/bookings/{booking.booking_id}")
    version = page.field("version")
    booking_of(services).cards_elsewhere = {"dainan"}
    branch.send(f"/bookings/{booking.booking_id}/here", {"version": version, "office": "dainan"})
    assert branch.status == 409 and "カードがほかの場所にあるため" in branch.page.text
    assert not offered(branch)
    branch.open("/?office=dainan")
    branch.send("/today/scan", {"number": NUMBER, "office": "dainan"})
    assert "カードがほかの場所にあるため" in words(branch.page.one("div", id="told"))
    assert not offered(branch)
    assert booking_of(services).kept[booking.booking_id].status == "confirmed"


def test_a_booking_for_today_here_is_received_as_always(
    branch: Browser, services: Services
) -> None:
    booking = put(services, starts_at=today_at(23), office_id="dainan")
    page = branch.open(f"/bookings/{booking.booking_id}")
    assert not offered(branch)
    assert "受付" in [words(b) for b in page.all("button", name="tick")]


def test_a_visit_of_yesterday_is_not_moved_here_and_the_way_is_said(
    branch: Browser, services: Services
) -> None:
    booking = put(services, starts_at=today_at(10) - TOMORROW)
    page = branch.open(f"/bookings/{booking.booking_id}")
    assert not offered(branch) and "「予約のない方を受け付ける」で受け付けて" in page.text
    for gone in ("日時・場所を変更", "予約を取り消す", "連絡先を変更", "差替え"):
        assert gone not in words(page.one("main"))
    branch.open("/?office=dainan")
    branch.send("/today/scan", {"number": NUMBER, "office": "dainan"})
    assert "「予約のない方を受け付ける」" in words(branch.page.one("div", id="told"))
    assert not offered(branch)


def test_what_another_terminal_did_first_is_shown(branch: Browser, services: Services) -> None:
    booking = tomorrow(services)
    branch.open(f"/bookings/{booking.booking_id}")
    fields = {"version": "1", "office": "dainan"}
    booking_of(services).by_another_terminal(booking.booking_id, "arrived")
    branch.send(f"/bookings/{booking.booking_id}/here", fields)
    assert branch.status == 409
    assert branch.page.heading == "ほかの端末で、先に変更されていました"


def test_a_visit_to_come_has_no_buttons_of_the_day(desk: Browser, services: Services) -> None:
    booking = tomorrow(services)
    page = desk.open(f"/bookings/{booking.booking_id}")
    assert page.all("button", name="tick") == []


def test_a_button_of_the_day_that_is_pressed_after_midnight_says_so(
    desk: Browser, services: Services
) -> None:
    booking = put(services)
    desk.open(f"/bookings/{booking.booking_id}")
    late = booking.model_copy(update={"starts_at": booking.starts_at - TOMORROW})
    booking_of(services).kept[booking.booking_id] = late
    page = desk.press("受付")
    assert (desk.status, page.heading) == (409, "今日の予約ではないため、この操作はできません")


def test_it_needs_the_right_to_tick_and_an_office_of_ones_own(
    services: Services, store_of_accounts: Database
) -> None:
    booking = tomorrow(services)
    add_staff(store_of_accounts, "reader", rights=["bookings.read"])
    add_staff(store_of_accounts, "here", rights=OWN_OFFICES, offices=["honcho"])
    with sitting_at(store_of_accounts.url, services) as browser:
        browser.sign_in("reader")
        browser.open(f"/bookings/{booking.booking_id}")
        assert not offered(browser)
    with sitting_at(store_of_accounts.url, services) as browser:
        browser.sign_in("here")
        browser.open(f"/bookings/{booking.booking_id}")
        browser.send(f"/bookings/{booking.booking_id}/here", {"version": "1", "office": "dainan"})
        assert browser.status == 404
    assert booking_of(services).kept[booking.booking_id].status == "confirmed"


def test_taken_back_from_the_page_of_the_day_the_booking_says_where_it_is_again(
    branch: Browser, services: Services
) -> None:
    booking = tomorrow(services)
    branch.open("/?office=dainan")
    branch.send("/today/scan", {"number": NUMBER, "office": "dainan"})
    press(branch, booking, today="1")
    branch.press("元に戻す")
    assert branch.page.heading.startswith("予約")
    assert "10時00分、本庁舎1階市民課の予約に戻しました" in branch.page.text
    assert offered(branch)


def test_where_the_old_time_is_taken_the_page_says_what_to_do(
    branch: Browser, services: Services
) -> None:
    booking = tomorrow(services)
    branch.open(f"/bookings/{booking.booking_id}")
    press(branch, booking)
    booking_of(services).old_is_taken = True
    branch.press("元に戻す")
    assert booking_of(services).kept[booking.booking_id].office_id == "dainan"
    assert "今日のこの場所の予約になっています" in branch.page.text
