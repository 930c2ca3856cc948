"""前日準備 at the staff door: the list of cards, and one press for each."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from dev.testing import Database
from libs.contracts.booking import StaffBooking
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.tests.fake_counter import FakeCounter
from services.gateway.lgwan.tests.fakes import FakeBooking, a_booking, today_at
from services.gateway.lgwan.tests.support import (
    OWN_OFFICES,
    Browser,
    add_staff,
    log_lines,
    sitting_at,
)

TOMORROW = timedelta(days=1)


def counter_of(services: Services) -> FakeCounter:
    assert isinstance(services.counter, FakeCounter)
    return services.counter


def add(
    services: Services, hour: int, at: datetime | None = None, **fields: object
) -> StaffBooking:
    """A card for tomorrow, or for the visit `at` a time."""
    assert isinstance(services.booking, FakeBooking)
    at = at or today_at(hour) + TOMORROW
    made = a_booking(starts_at=at, number=f"8K2M47QX{hour:02}", **fields)
    services.booking.kept[made.booking_id] = made
    return made


def press(desk: Browser, text: str, row: int = 0) -> None:
    buttons = [b for b in desk.page.all("button", name="tick") if "".join(b.itertext()) == text]
    shown = {name: desk.page.field(name) for name in ("office", "day", "sort", "back")}
    desk.send("/preparations/tick", {"tick": buttons[row].get("value", ""), **shown})


def test_without_asking_the_cards_of_the_next_open_day_are_shown(
    desk: Browser, services: Services
) -> None:
    add(services, 9)
    page = desk.open("/preparations")
    assert "8K2M4-7QX09" in page.text
    assert "8K2M4-7QX3P" not in page.text
    assert "未準備 1" in page.text


def test_one_press_lays_a_card_out_and_the_next_press_is_ready(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    first, _ = add(services, 9), add(services, 10)
    desk.open("/preparations")
    press(desk, "準備済にする")
    assert counter_of(services).prepared == {first.booking_id: "tanaka"}
    assert "いま「準備済」です" in desk.page.text
    assert "準備済 1 未準備 1" in desk.page.text
    (waiting,) = [b for b in desk.page.all("button") if "autofocus" in b.attrib]
    assert (waiting.get("value") or "").startswith("ready.")
    assert log_lines(store_of_accounts)[-1] == "tanaka|card.prepare|booking|honcho|done"
    press(desk, "準備済にする")
    assert "すべて準備済です" in desk.page.text


def test_a_wrong_press_is_taken_back(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    add(services, 9)
    desk.open("/preparations")
    press(desk, "準備済にする")
    press(desk, "元に戻す")
    assert counter_of(services).prepared == {}
    assert "いま「未準備」です" in desk.page.text
    assert log_lines(store_of_accounts)[-1] == "tanaka|card.put-back|booking|honcho|done"


def test_the_same_press_sent_twice_has_one_key(desk: Browser, services: Services) -> None:
    add(services, 9)
    page = desk.open("/preparations")
    fields = {
        "tick": page.all("button", name="tick")[0].get("value", ""),
        "key": page.field("key"),
        "csrf": page.field("csrf"),
        **{name: page.field(name) for name in ("office", "day", "sort", "back")},
    }
    for _ in range(2):
        desk.send("/preparations/tick", fields)
    (one, two) = counter_of(services).ticks
    assert one == two


def test_a_card_that_is_not_at_hand_is_marked(desk: Browser, services: Services) -> None:
    for hour in (9, 10, 11):
        add(services, hour)
    places = counter_of(services).cards
    ids = [*services.booking.kept][1:]  # type: ignore[attr-defined]
    places[ids[0]] = ("elsewhere", "tsurusaki")
    places[ids[1]] = ("gone", "honcho")
    places[ids[2]] = ("unknown", None)
    text = desk.open("/preparations").text
    for words in ("カードは鶴崎支所", "交付済みの記録あり", "カード未確認"):
        assert words in text


def test_cards_that_will_not_be_handed_over_are_listed_to_go_back(
    desk: Browser, services: Services
) -> None:
    day = today_at(9) + TOMORROW
    moved = day + TOMORROW
    why = {
        "予約が取り消されました": add(services, 9, status="cancelled"),
        "来庁がありませんでした": add(services, 10, status="missed"),
        "完了できず（書類不足）": add(services, 11, status="finished", outcome="papers"),
        "受け取る方が変わりました": add(services, 12),
        "場所が鶴崎支所に変わりました": add(services, 13, office_id="tsurusaki"),
        f"来庁日が{moved.month}月{moved.day}日に変わりました": add(services, 14, at=moved),
    }
    counter = counter_of(services)
    counter.left = {booking.booking_id: "honcho" for booking in why.values()}
    text = desk.open(f"/preparations?day={day:%Y-%m-%d}").text
    for words in why:
        assert words in text
    press(desk, "戻した")
    assert len(counter.left) == 5


def test_a_card_that_is_not_needed_any_more_is_not_laid_out(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    made = add(services, 9)
    desk.open("/preparations")
    assert isinstance(services.booking, FakeBooking)
    services.booking.by_another_terminal(made.booking_id, "cancelled")
    press(desk, "準備済にする")
    assert desk.status == 409
    assert "最新の一覧を表示しました" in desk.page.text
    assert log_lines(store_of_accounts)[-1].endswith("|wrong-state")


def test_ticking_needs_its_right_and_foreign_offices_are_not_shown(
    browser: Browser, services: Services, store_of_accounts: Database
) -> None:
    made = add(services, 9)
    add_staff(store_of_accounts, "reader", rights=["bookings.read"], offices=["tsurusaki"])
    browser.sign_in("reader")
    page = browser.open("/preparations?office=honcho")
    assert "鶴崎支所" in page.heading
    assert "8K2M4-7QX09" not in page.text
    fields = {"tick": f"ready.{made.booking_id}", "day": f"{today_at(0) + TOMORROW:%Y-%m-%d}"}
    browser.send("/preparations/tick", {**fields, "csrf": page.field("csrf"), "key": "k" * 20})
    assert browser.status == 403


def test_a_booking_of_another_office_cannot_be_ticked(
    browser: Browser, services: Services, store_of_accounts: Database
) -> None:
    made = add(services, 9)
    rights = ["bookings.read", "bookings.tick"]
    add_staff(store_of_accounts, "branch", rights=rights, offices=["tsurusaki"])
    browser.sign_in("branch")
    page = browser.open("/preparations")
    for booking_id in (made.booking_id, uuid4()):
        tick = {"tick": f"ready.{booking_id}", "day": f"{today_at(0) + TOMORROW:%Y-%m-%d}"}
        browser.send("/preparations/tick", {**tick, "csrf": page.field("csrf"), "key": "k" * 20})
        assert (browser.status, browser.page.heading) == (404, "見つかりません")
        page = browser.open("/preparations")


def test_a_press_that_is_none_is_refused(desk: Browser) -> None:
    page = desk.open("/preparations")
    hidden = {"csrf": page.field("csrf"), "key": "k" * 20, "day": "2026-12-01"}
    for tick in ("", f"gone.{uuid4()}", "ready.x"):
        desk.client.post("/preparations/tick", data={**hidden, "tick": tick})
        desk.send("/preparations/tick", {**hidden, "tick": tick})
        assert desk.status == 400
        desk.open("/preparations")


def test_an_account_without_an_office_is_told_so(
    browser: Browser, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "nowhere", rights=["bookings.read"], offices=["closed"])
    browser.sign_in("nowhere")
    browser.open("/preparations")
    assert browser.status == 403


def lay(desk: Browser, number: str) -> str:
    shown = {name: desk.page.field(name) for name in ("office", "day", "sort", "back")}
    desk.send("/preparations/lay", {"number": number, **shown})
    return desk.page.text


def numbered(services: Services, *numbers: str) -> list[StaffBooking]:
    made = [add(services, hour) for hour in range(9, 9 + len(numbers))]
    ids = [one.booking_id for one in made]
    assert isinstance(services.booking, FakeBooking)
    services.booking.kept.card_numbers = dict(zip(ids, numbers, strict=True))
    return made


@pytest.mark.parametrize("typed", ["0417", "ABC-900417", " ａｂｃ９００４１７ ", "QX09"])
def test_a_card_is_laid_out_by_the_end_of_its_number(
    desk: Browser, services: Services, store_of_accounts: Database, typed: str
) -> None:
    first, _ = numbered(services, "ABC900417", "ABC900430")
    desk.open("/preparations")
    assert "いま「準備済」です" in lay(desk, typed)
    assert counter_of(services).prepared == {first.booking_id: "tanaka"}
    assert "tanaka|card.prepare|booking|honcho|done" in log_lines(store_of_accounts)
    (field,) = [one for one in desk.page.all("input") if "autofocus" in one.attrib]
    assert field.get("id") == "number"
    assert "もう準備済です" in lay(desk, typed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("9999", "この日の一覧にありません"),
        ("17", "この日の一覧にありません"),
        ("0417", "2枚あります"),
        ("", "この日の一覧にありません"),
        ("123456789018", "12桁の番号が入力されました"),
    ],
)
def test_a_number_that_is_not_one_card_lays_nothing_out(
    desk: Browser, services: Services, typed: str, said: str
) -> None:
    numbered(services, "ABC900417", "ABD900417")
    desk.open("/preparations")
    assert said in lay(desk, typed)
    assert desk.status == 422
    assert counter_of(services).prepared == {}


def test_without_the_right_to_card_numbers_a_card_is_found_by_its_booking_alone(
    services: Services, store_of_accounts: Database
) -> None:
    (one,) = numbered(services, "ABC900417")
    rights = [right for right in OWN_OFFICES if right != "cards.number"]
    add_staff(store_of_accounts, "nonumber", rights=rights)
    with sitting_at(store_of_accounts.url, services) as browser:
        browser.sign_in("nonumber")
        browser.open("/preparations")
        assert "一覧にありません" in lay(browser, "0417")
        assert "いま「準備済」です" in lay(browser, "QX09")
    assert one.booking_id in counter_of(services).prepared
