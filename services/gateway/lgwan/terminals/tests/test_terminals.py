"""A terminal stands at a window or at the reception, and 呼出 names the window that calls."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.testing import Database
from libs.contracts.booking import StaffBooking
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.tests.fake_counter import FakeCounter
from services.gateway.lgwan.tests.fakes import FakeBooking, a_booking
from services.gateway.lgwan.tests.support import (
    OWN_OFFICES,
    Browser,
    add_staff,
    log_lines,
    sitting_at,
)
from services.gateway.web.testing import Page, words


def choose(desk: Browser, window: str, office: str = "honcho", back: str = "/") -> Page:
    desk.open(f"/terminal?office={office}&back={back}")
    return desk.send("/terminal", {"office": office, "window": window, "back": back})


def bar(page: Page) -> str:
    return words(page.one("a", **{"class": "terminal"}))


def booking_of(services: Services) -> FakeBooking:
    assert isinstance(services.booking, FakeBooking)
    return services.booking


def arrived(services: Services, reception: int, window: int | None = None) -> StaffBooking:
    """Somebody who came, and was called to a window or not."""
    kept = booking_of(services)
    made = a_booking(number=f"8K2M4700{reception:02}", status="arrived")
    kept.kept[made.booking_id] = made
    stamps = kept.day.of(made)
    called = {"called_at": made.starts_at, "window": window, "calls": 1} if window else {}
    came = {"reception": reception, "arrived_at": made.starts_at, **called}
    kept.day.stamps[made.booking_id] = stamps.model_copy(update=came)
    return made


def window_of(services: Services, booking: StaffBooking) -> int | None:
    return booking_of(services).day.of(booking).window


def call(desk: Browser, booking: StaffBooking) -> Page:
    """Press 呼出 in the row."""
    row = desk.page.one("tr", id=f"b-{booking.booking_id}")
    (button,) = [b for b in row.iter("button") if b.get("data-key") == "y"]
    hidden = {"window": desk.page.field("window")} if desk.page.all("input", name="window") else {}
    pressed = {"tick": button.get("value", ""), "back": desk.page.field("back")}
    return desk.send("/bookings/tick", {**hidden, **pressed})


def press(desk: Browser, name: str, value: str) -> Page:
    """A button of the question."""
    assert desk.page.all("button", name=name, value=value)
    kept = {field: desk.page.field(field) for field in ("tick", "back")}
    return desk.send("/bookings/tick", {**kept, name: value})


def test_a_terminal_is_chosen_once_and_shown_on_every_page(
    desk: Browser, store_of_accounts: Database
) -> None:
    assert bar(desk.open("/bookings")) == "この端末の窓口を選ぶ"
    page = choose(desk, "3", back="/bookings")
    assert (page.heading, bar(page)) == ("予約一覧", "この端末：本庁舎1階市民課 3番窓口")
    assert log_lines(store_of_accounts)[-1] == "tanaka|terminal.choose|terminal|honcho|done"
    desk.open("/terminal")
    checked = [one.get("value") for one in desk.page.all("input", name="window", checked="")]
    assert checked == ["3"]
    page = choose(desk, "0")
    assert bar(page) == "この端末：本庁舎1階市民課 受付（窓口なし）"


def test_the_terminal_stays_when_somebody_else_signs_in(
    services: Services, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "kudo")
    add_staff(store_of_accounts, "branch", rights=OWN_OFFICES, offices=["dainan"])
    with sitting_at(store_of_accounts.url, services) as browser:
        browser.sign_in()
        choose(browser, "3")
        browser.send("/logout", {})
        browser.sign_in("kudo")
        assert "3番窓口" in bar(browser.open("/"))
        browser.send("/logout", {})
        browser.sign_in("branch")
        assert bar(browser.open("/")) == "この端末の窓口を選ぶ"


@pytest.mark.parametrize("window", ["", "9", "16", "x", "-1"])
def test_a_window_that_is_not_there_cannot_be_chosen(desk: Browser, window: str) -> None:
    page = choose(desk, window)
    assert desk.status == 422 and "この端末の窓口を選んでください" in page.text
    assert bar(desk.open("/")) == "この端末の窓口を選ぶ"


def test_at_an_office_of_others_no_terminal_is_chosen(
    services: Services, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "branch", rights=OWN_OFFICES, offices=["dainan"])
    with sitting_at(store_of_accounts.url, services) as browser:
        browser.sign_in("branch")
        choose(browser, "3", office="honcho")
        assert browser.status == 422
        assert bar(browser.open("/")) == "この端末の窓口を選ぶ"


@pytest.mark.parametrize("value", ["honcho", ".", "nowhere.3", "honcho.x", "honcho.100", "x" * 300])
def test_a_cookie_that_makes_no_sense_harms_nobody(desk: Browser, value: str) -> None:
    desk.client.cookies.set("terminal", value)
    page = desk.open("/")
    assert desk.status == 200 and not page.all("input", name="window")


def test_who_may_not_tick_is_not_asked(services: Services, store_of_accounts: Database) -> None:
    add_staff(store_of_accounts, "reader", rights=["bookings.read"])
    with sitting_at(store_of_accounts.url, services) as browser:
        browser.sign_in("reader")
        assert not browser.open("/").all("a", **{"class": "terminal"})
        browser.open("/terminal")
        assert browser.status == 403


def test_a_call_from_a_window_is_one_press(desk: Browser, services: Services) -> None:
    booking = arrived(services, 5)
    choose(desk, "7")
    page = call(desk, booking)
    assert "5番→7番窓口" in page.text
    assert window_of(services, booking) == 7


def test_before_the_call_no_row_has_a_window(desk: Browser, services: Services) -> None:
    booking = arrived(services, 5)
    row = words(desk.open("/").one("tr", id=f"b-{booking.booking_id}"))
    assert "受付済 10:30" in row and "番窓口" not in desk.page.text


@pytest.mark.parametrize("terminal", ["", "0"])
def test_without_a_window_a_call_asks_for_it(
    desk: Browser, services: Services, store_of_accounts: Database, terminal: str
) -> None:
    booking, counter = arrived(services, 5), services.counter
    assert isinstance(counter, FakeCounter)
    counter.serving = {4: 9}
    if terminal:
        choose(desk, terminal)
    desk.open("/")
    page = call(desk, booking)
    assert (desk.status, page.heading) == (409, "どの窓口に呼びますか")
    assert "4番窓口 受付番号9番の方がいます" in page.text
    assert log_lines(store_of_accounts)[-1] == "tanaka|booking.call|booking||window-needed"
    assert window_of(services, booking) is None
    assert "5番→2番窓口" in press(desk, "to", "2").text
    page = call(desk, booking)
    assert "5番→2番窓口" in page.text and "2回" in page.text


def test_a_window_in_use_is_warned_about_and_may_call_all_the_same(
    desk: Browser, services: Services
) -> None:
    arrived(services, 4, window=3)
    booking = arrived(services, 5)
    choose(desk, "3")
    page = call(desk, booking)
    assert (desk.status, page.heading) == (409, "3番窓口には、受付番号4番の方がいます")
    assert not page.all("button", name="to", value="3")
    assert window_of(services, booking) is None
    assert "5番→3番窓口" in press(desk, "anyway", "3").text


def test_a_window_that_is_gone_today_leads_to_the_others(desk: Browser, services: Services) -> None:
    booking = arrived(services, 5)
    desk.client.cookies.set("terminal", "honcho.16")
    desk.open("/")
    page = call(desk, booking)
    assert page.heading == "16番窓口は、今日この場所にありません"
    assert "5番→8番窓口" in press(desk, "to", "8").text


def test_another_office_is_not_called_from_this_window(desk: Browser) -> None:
    choose(desk, "3")
    assert desk.open("/").field("window") == "3"
    assert not desk.open("/?office=dainan").all("input", name="window")


@pytest.fixture
def away(services: Services) -> Iterator[None]:
    assert isinstance(services.counter, FakeCounter)
    services.counter.away = True
    yield


@pytest.mark.usefixtures("away")
def test_while_booking_is_away_the_page_says_so(desk: Browser) -> None:
    desk.open("/terminal")
    assert desk.status == 503


def test_no_page_paper_or_file_knows_the_place_that_a_booking_takes() -> None:
    """What they name is the window that called."""
    door = Path(__file__).parents[2]
    sources = [path for kind in ("*.py", "*.html") for path in door.rglob(kind)]
    shown = [path for path in sources if "tests" not in path.parts]
    assert not [path.name for path in shown if "window_id" in path.read_text()]
