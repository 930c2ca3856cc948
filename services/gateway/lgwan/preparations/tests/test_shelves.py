"""保管番号 at the staff door: typed on 前日準備 or on the booking's page, shown at the counter."""

import pytest

from dev.testing import Database
from services.gateway.lgwan.counter.shelves import NOT_HERE, WRONG
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.tests.fakes import FakeBooking
from services.gateway.lgwan.tests.support import Browser, add_staff, log_lines, sql
from services.gateway.web.typed import INDIVIDUAL_NUMBER

from .test_preparations import add, counter_of


@pytest.fixture
def marking(services: Services) -> Services:
    """A city that marks its shelves, with a card for tomorrow."""
    add(services, 9)
    assert isinstance(services.booking, FakeBooking)
    services.booking.kept.shelves = {}
    return services


def own(services: Services) -> str:
    assert isinstance(services.booking, FakeBooking)
    return str(list(services.booking.kept)[-1])


def write(desk: Browser, services: Services, text: str) -> None:
    desk.open("/preparations?sort=time")
    back = desk.page.field("back")
    desk.send(f"/preparations/{own(services)}/shelf", {"back": back, "shelf": text})


def test_a_shelf_is_written_down_in_the_row_of_the_card(
    desk: Browser, marking: Services, store_of_accounts: Database
) -> None:
    write(desk, marking, "ａ-12")
    assert desk.path == "/preparations"
    assert "いま「A-12」です" in desk.page.text
    assert log_lines(store_of_accounts)[-1] == "tanaka|card.shelf|booking|honcho|done"
    assert not any("A-12" in line for line in sql(store_of_accounts, "SELECT * FROM operation"))


def test_the_booking_s_page_shows_it_and_takes_it(desk: Browser, marking: Services) -> None:
    path = f"/bookings/{own(marking)}"
    desk.open(path)
    desk.send(f"{path}/shelf", {"shelf": "B-3"})
    assert "いま「B-3」です" in desk.page.text
    assert desk.page.field("shelf") == "B-3"


@pytest.mark.parametrize(
    ("typed", "said"), [("大分太郎", WRONG), ("123456789018", INDIVIDUAL_NUMBER)]
)
def test_what_is_no_shelf_is_said_and_not_kept(
    desk: Browser, marking: Services, typed: str, said: str
) -> None:
    write(desk, marking, typed)
    assert (desk.status, said in desk.page.text, typed in desk.html) == (422, True, False)
    path = f"/bookings/{own(marking)}"
    desk.open(path)
    desk.send(f"{path}/shelf", {"shelf": typed})
    assert (desk.status, said in desk.page.text, typed in desk.html) == (422, True, False)


def test_a_card_that_left_meanwhile_is_said(desk: Browser, marking: Services) -> None:
    desk.open("/preparations")
    booking_id = own(marking)
    assert isinstance(marking.booking, FakeBooking)
    counter_of(marking).cards = dict.fromkeys(marking.booking.kept, ("elsewhere", "dainan"))
    back = desk.page.field("back")
    desk.send(f"/preparations/{booking_id}/shelf", {"back": back, "shelf": "A-1"})
    assert (desk.status, NOT_HERE in desk.page.text) == (422, True)


def test_the_page_of_the_day_shows_it(desk: Browser, marking: Services) -> None:
    assert isinstance(marking.booking, FakeBooking)
    marking.booking.kept.shelves = dict.fromkeys(marking.booking.kept, "C-9")
    assert "保管 C-9" in desk.open("/").text


def test_without_the_setting_nobody_is_asked(desk: Browser, services: Services) -> None:
    add(services, 9)
    assert "保管番号" not in desk.open("/preparations").text
    assert "保管番号" not in desk.open(f"/bookings/{own(services)}").text


def test_who_may_not_tick_reads_it(
    browser: Browser, marking: Services, store_of_accounts: Database
) -> None:
    assert isinstance(marking.booking, FakeBooking)
    marking.booking.kept.shelves = dict.fromkeys(marking.booking.kept, "C-9")
    add_staff(store_of_accounts, "reader", rights=["bookings.read"])
    browser.sign_in("reader")
    page = browser.open("/preparations")
    assert "C-9" in page.text
    assert not page.all("input", name="shelf")
    browser.send(f"/preparations/{own(marking)}/shelf", {"shelf": "A-1", "csrf": "x", "key": "k"})
    assert browser.status == 403
