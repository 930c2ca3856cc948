"""The page of the day: what it shows, to whom, and what a press of a button does."""

import gzip
from uuid import UUID

import pytest

from dev.errors import CannotStart
from dev.postgres import psql
from dev.testing import Database
from libs.contracts.booking import Outcome, StaffBooking
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.tests.fakes import FakeBooking, a_booking, fake_services, today_at
from services.gateway.lgwan.tests.support import Browser, add_staff, log_lines, sitting_at
from services.gateway.web.testing import Page, words


def booking_of(services: Services) -> FakeBooking:
    assert isinstance(services.booking, FakeBooking)
    return services.booking


def the_one(services: Services) -> StaffBooking:
    return next(iter(booking_of(services).kept.values()))


def buttons(page: Page) -> list[str]:
    return [words(button) for button in page.all("button", name="tick")]


def test_today_shows_time_number_procedure_no_window_yet_and_state(desk: Browser) -> None:
    page = desk.open("/")
    cells = [words(cell) for cell in page.one("tbody").iter() if cell.tag in ("td", "th")]
    assert cells[:3] == ["10:30", "", "予約済"]
    assert cells[3].startswith("カードの交付") and cells[4] == "8K2M4-7QX3P"
    assert "番窓口" not in page.text
    assert buttons(page) == [
        "受付",
        "交付済",
        "来庁なし",
        "書類不足",
        "本人確認できず",
        "システム障害",
    ]


@pytest.mark.parametrize(
    ("press", "status", "outcome", "then"),
    [
        ("受付", "arrived", None, "受付済"),
        ("交付済", "finished", "collected", "交付済"),
        ("来庁なし", "missed", None, "来庁なし"),
        ("書類不足", "finished", "papers", "完了できず（書類不足）"),
        ("システム障害", "finished", "outage", "完了できず（システム障害）"),
    ],
)
def test_one_press_ticks_a_booking_and_marks_its_row(
    desk: Browser, services: Services, press: str, status: str, outcome: Outcome | None, then: str
) -> None:
    desk.open("/")
    page = desk.press(press)
    assert (the_one(services).status, the_one(services).outcome) == (status, outcome)
    told = page.one("p", **{"data-row": f"b-{the_one(services).booking_id}"})
    assert then in words(told) and "元に戻す" in words(told)
    assert then in words(page.one("tr", id=told.get("data-row", "")))


def test_a_tick_is_taken_back_with_one_press(desk: Browser, services: Services) -> None:
    desk.open("/")
    desk.press("受付")
    desk.press("元に戻す")
    assert the_one(services).status == "confirmed"


def test_a_press_leads_back_to_the_same_office_and_day(desk: Browser, services: Services) -> None:
    today = today_at(0).date()
    desk.open("/?office=honcho")
    back = desk.press("受付").field("back")
    assert back == f"/?office=honcho&day={today}"
    assert booking_of(services).day.asked[-1] == ("honcho", today)


def test_what_another_terminal_changed_meanwhile_is_shown_and_not_overwritten(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    desk.open("/?office=honcho")
    booking_of(services).by_another_terminal(the_one(services).booking_id, "arrived")
    page = desk.press("来庁なし")
    assert desk.status == 409
    assert page.heading == "ほかの端末で、先に変更されていました"
    assert "受付済" in page.text and "suzuki" in page.text
    assert page.one("a", **{"class": "button"}).get("href", "").startswith("/?office=honcho&day=")
    assert the_one(services).status == "arrived"
    assert log_lines(store_of_accounts)[-1] == "tanaka|booking.miss|booking||version-conflict"


def test_the_same_button_sent_twice_has_the_same_key_and_another_button_another(
    desk: Browser, services: Services
) -> None:
    desk.open("/")
    form = {"tick": desk.page.all("button", name="tick")[0].get("value", ""), "back": "/"}
    form |= {"key": desk.page.field("key"), "csrf": desk.page.field("csrf")}
    undo = {**form, "tick": f"undo.{the_one(services).booking_id}.2."}
    booking = the_one(services)
    for fields in (form, undo):
        desk.client.post("/bookings/tick", data=fields)
    booking_of(services).kept[booking.booking_id] = booking
    desk.client.post("/bookings/tick", data=form)
    keys = [key for _, _, key in booking_of(services).calls]
    assert keys[0] == keys[2] != keys[1]


def test_every_tick_is_in_the_operation_log_and_the_door_cannot_change_it(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    desk.open("/")
    desk.press("受付")
    assert log_lines(store_of_accounts)[-1] == "tanaka|booking.arrive|booking|honcho|done"
    for statement in ("UPDATE operation SET actor = 'x'", "DELETE FROM operation"):
        with pytest.raises(CannotStart, match="permission denied"):
            psql(store_of_accounts.url, "-c", statement)


def test_a_form_of_another_site_or_without_the_token_is_refused_and_recorded(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    page = desk.open("/")
    tick = page.all("button", name="tick")[0].get("value", "")
    fields = {"tick": tick, "back": "/"}
    desk.send("/bookings/tick", fields, headers={"origin": "https://evil.example"})
    assert desk.status == 403
    desk.open("/")
    desk.send("/bookings/tick", {**fields, "csrf": "x" * 43})
    assert desk.status == 403
    assert the_one(services).status == "confirmed"
    assert log_lines(store_of_accounts)[-1] == "tanaka|booking.tick|||foreign-form"


@pytest.mark.parametrize(
    "value", ["", "arrive", "explode.x.1.", "arrive.{id}.-1.", "finish.{id}.1.x"]
)
def test_a_button_that_was_never_shown_is_refused(
    desk: Browser, services: Services, value: str
) -> None:
    desk.open("/")
    tick = value.replace("{id}", str(the_one(services).booking_id))
    desk.send("/bookings/tick", {"tick": tick, "back": "/"})
    assert desk.status == 400


def test_without_the_right_there_is_no_button_and_no_way_around(
    browser: Browser, services: Services, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "reader", rights=["bookings.read"])
    page = browser.sign_in("reader")
    assert buttons(page) == []
    assert [words(a) for a in page.one("nav", **{"aria-label": "メニュー"}).iter("a")] == [
        "今日",
        "予約一覧",
        "前日準備",
        "電話する方",
        "枠",
    ]
    tick = f"arrive.{the_one(services).booking_id}.1."
    browser.send("/bookings/tick", {"tick": tick, "key": "k" * 24, "back": "/"})
    assert browser.status == 403
    assert browser.page.heading == "この操作をする権限がありません"
    assert the_one(services).status == "confirmed"
    assert log_lines(store_of_accounts)[-1] == "reader|booking.tick|||not-allowed"


@pytest.mark.parametrize("path", ["/imports", "/counts", "/counts.csv", "/exports"])
def test_pages_need_their_right(browser: Browser, store_of_accounts: Database, path: str) -> None:
    add_staff(store_of_accounts, "reader", rights=["bookings.read"])
    browser.sign_in("reader")
    browser.open(path)
    assert browser.status == 403


def test_staff_who_only_import_start_at_the_imports(
    browser: Browser, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "importer", rights=["persons.import"])
    assert browser.sign_in("importer").heading == "対象者の取込"


def test_another_office_is_neither_listed_nor_opened(store_of_accounts: Database) -> None:
    add_staff(store_of_accounts, "branch", offices=["dainan"])
    theirs, foreign = a_booking(office_id="dainan"), a_booking(number="0000000000")
    with sitting_at(store_of_accounts.url, fake_services([theirs, foreign])) as browser:
        page = browser.sign_in("branch")
        assert "8K2M4-7QX3P" in page.text and "00000-00000" not in page.text
        assert browser.open(f"/bookings/{foreign.booking_id}").heading == "見つかりません"
        assert browser.status == 404


def test_a_day_without_bookings_says_so(desk: Browser, services: Services) -> None:
    booking_of(services).kept.clear()
    assert "この日の予約はありません" in desk.open("/").text


@pytest.mark.parametrize(
    "query",
    ["day=never", "window=x&changed=1", "office=" + "x" * 2000, "window=100", "day=9999-12-31"],
)
def test_an_address_that_makes_no_sense_still_shows_a_list(desk: Browser, query: str) -> None:
    desk.open(f"/?{query}")
    assert desk.status == 200


def test_a_service_that_is_away_keeps_the_person_where_they_were(
    desk: Browser, services: Services
) -> None:
    booking_of(services).away = True
    page = desk.open("/bookings?office=honcho")
    assert desk.status == 503
    assert page.one("a", **{"class": "button"}).get("href") == "/bookings?office=honcho"
    booking_of(services).away = False
    assert desk.open("/bookings?office=honcho").heading == "予約一覧"


def test_a_list_of_two_hundred_stays_below_sixty_kilobytes_on_the_wire(
    store_of_accounts: Database,
) -> None:
    many = [
        a_booking(number=f"{n:010}", starts_at=today_at(9 + n // 25, n % 25)) for n in range(200)
    ]
    with sitting_at(store_of_accounts.url, fake_services(many)) as browser:
        browser.sign_in()
        answer = browser.client.get("/")
        assert answer.text.count("<tr id=") == 200
        assert len(gzip.compress(answer.content, 6)) < 60_000


def test_ids_of_rows_are_the_bookings(desk: Browser, services: Services) -> None:
    rows = [row.get("id", "") for row in desk.open("/").all("tr") if row.get("id")]
    assert [UUID(row.removeprefix("b-")) for row in rows] == [the_one(services).booking_id]
