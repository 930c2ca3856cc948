"""製造管理番号 at the staff door: where it is shown, to whom, and what is noted of it."""

import csv
import io
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from prometheus_client import generate_latest

from dev.testing import Database
from libs.common.logs import JsonFormatter
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.door.staff import RIGHTS
from services.gateway.lgwan.tests.fake_counter import FakeCounter
from services.gateway.lgwan.tests.fakes import (
    FakeBooking,
    FakeEligibility,
    a_booking,
    fake_services,
    today_at,
)
from services.gateway.lgwan.tests.support import (
    Browser,
    add_staff,
    log_lines,
    sitting_at,
    sql,
)

NUMBERS = ("QZX700003", "QZX700001", "QZX700002")
SHOWN = ("QZX-700003", "QZX-700001", "QZX-700002")
"""In the order of the times; none of them is anywhere else."""
WITHOUT = [right for right in RIGHTS if right != "cards.number"]


@pytest.fixture
def services() -> Services:
    """Three cards tomorrow and one today."""
    tomorrow = today_at(9) + timedelta(days=1)
    bookings = [
        a_booking(starts_at=tomorrow + timedelta(hours=n), number=f"8K2M47QX0{n}") for n in range(3)
    ]
    made = fake_services([*bookings, a_booking()])
    kept = booking_of(made).kept
    kept.card_numbers = {
        booking.booking_id: number for booking, number in zip(bookings, NUMBERS, strict=True)
    }
    kept.card_numbers[list(kept)[-1]] = "QZX709876"
    return made


def booking_of(services: Services) -> FakeBooking:
    assert isinstance(services.booking, FakeBooking)
    return services.booking


def eligibility_of(services: Services) -> FakeEligibility:
    assert isinstance(services.eligibility, FakeEligibility)
    return services.eligibility


def first_id(services: Services) -> UUID:
    return next(iter(booking_of(services).kept))


@pytest.fixture
def without(browser: Browser, store_of_accounts: Database) -> Browser:
    """Somebody who may do everything else."""
    add_staff(store_of_accounts, "abe", WITHOUT)
    browser.sign_in("abe")
    return browser


def numbers_in(text: str) -> list[str]:
    return re.findall(r"QZX-?\d{6}", text)


def test_cards_to_lay_out_are_found_by_their_number(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    page = desk.open("/preparations")
    assert numbers_in(page.text) == sorted(SHOWN)
    assert numbers_in(desk.open("/preparations?sort=time").text) == list(SHOWN)
    lines = [line for line in log_lines(store_of_accounts) if "card.numbers" in line]
    assert lines == ["tanaka|card.numbers|preparations|honcho|done"] * 2
    counted = sql(store_of_accounts, "SELECT object_id FROM operation WHERE what = 'card.numbers'")
    assert counted == ["3", "3"]


def test_names_stand_there_only_where_bookings_have_one_and_order_the_list(
    desk: Browser, services: Services
) -> None:
    assert "氏名カナ" not in desk.open("/preparations").text
    assert isinstance(services.counter, FakeCounter)
    services.counter.names = {"8K2M47QX00": "ワタナベ ジロウ", "8K2M47QX02": "アベ ハナコ"}
    text = desk.open("/preparations?sort=name").text
    order = [text.index(word) for word in ("アベ ハナコ", "ワタナベ ジロウ", SHOWN[1])]
    assert order == sorted(order)


def test_a_number_never_stands_beside_a_birth_date(desk: Browser, services: Services) -> None:
    desk.open("/preparations")
    assert "生年月日" not in desk.html
    desk.open(f"/bookings/{first_id(services)}")
    desk.send(f"/bookings/{first_id(services)}/card-number", {})
    assert "生年月日" not in desk.html


def test_a_bookings_page_shows_it_on_a_press_and_no_address_does(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    path = f"/bookings/{first_id(services)}"
    assert numbers_in(desk.open(path).text) == []
    assert numbers_in(desk.send(f"{path}/card-number", {}).text) == [SHOWN[0]]
    assert log_lines(store_of_accounts)[-1] == "tanaka|card.number|booking||done"
    assert numbers_in(desk.open(path).text) == []
    assert desk.client.get(f"{path}/card-number").status_code == 405


def test_today_shows_the_last_four_signs_and_asks_once_for_each_card(
    desk: Browser, services: Services
) -> None:
    for _ in range(3):
        page = desk.open("/")
        assert "末尾 9876" in page.text
        assert numbers_in(desk.html) == []
        desk.client.get("/today/rows")
    assert eligibility_of(services).opened == [("tanaka", "today", 1)]


def test_without_eligibility_pages_go_on_and_say_what_is_missing(
    desk: Browser, services: Services
) -> None:
    eligibility_of(services).away = True
    assert "いまは表示できません" in desk.open("/preparations").text
    assert "8K2M4-7QX00" in desk.page.text
    assert "いまは表示できません" in desk.open("/bookings?cards=1").text
    assert "8K2M4-7QX3P" in desk.open("/").text
    desk.open(f"/bookings/{first_id(services)}")
    desk.send(f"/bookings/{first_id(services)}/card-number", {})
    assert (desk.status, "いまは表示できません" in desk.page.text) == (503, True)


def test_a_card_that_no_list_has_is_said(desk: Browser, services: Services) -> None:
    booking_of(services).kept.card_numbers[first_id(services)] = ""
    assert desk.open("/preparations").text.count("－") >= 1
    desk.open(f"/bookings/{first_id(services)}")
    desk.send(f"/bookings/{first_id(services)}/card-number", {})
    assert (desk.status, "名簿にありません" in desk.page.text) == (404, True)


def test_the_list_of_bookings_shows_numbers_when_asked(
    desk: Browser, store_of_accounts: Database
) -> None:
    assert numbers_in(desk.open("/bookings").text) == []
    assert "cards=1" in desk.html
    assert SHOWN[0] in desk.open("/bookings?cards=1").text
    assert log_lines(store_of_accounts)[-1] == "tanaka|card.numbers|list||done"


def export(browser: Browser, kind: str, cards: str = "1") -> bytes:
    browser.open("/bookings")
    browser.send("/exports", {"kind": kind, "query": f"sort=starts_at&cards={cards}"})
    form = next(f for f in browser.page.all("form") if (f.get("action") or "").endswith("/file"))
    hidden = {name: browser.page.field(name) for name in ("csrf", "key")}
    headers = {"origin": "http://127.0.0.1:8001"}
    return browser.client.post(form.get("action", ""), data=hidden, headers=headers).content


def test_a_file_has_them_when_asked_and_the_log_says_so(
    desk: Browser, store_of_accounts: Database
) -> None:
    rows = list(csv.reader(io.StringIO(export(desk, "csv-utf8").decode("utf-8-sig"))))
    place = rows[0].index("製造管理番号")
    assert sorted(row[place] for row in rows[1:]) == sorted([*SHOWN, "QZX-709876"])
    assert "tanaka|card.numbers|export||done" in log_lines(store_of_accounts)
    assert "QZX" not in export(desk, "csv-utf8", cards="").decode("utf-8-sig")


def test_without_the_right_it_is_in_no_page_no_file_and_no_answer(
    without: Browser, services: Services
) -> None:
    booking_id = first_id(services)
    for path in (
        "/",
        "/preparations",
        "/preparations?sort=card",
        "/bookings?cards=1",
        f"/bookings/{booking_id}",
        "/today/rows",
    ):
        answer = without.client.get(path)
        assert answer.status_code == 200, path
        assert "QZX" not in answer.text, path
        assert "9876" not in answer.text, path
        assert "製造管理番号を表示する" not in answer.text
    without.open(f"/bookings/{booking_id}")
    without.send(f"/bookings/{booking_id}/card-number", {})
    assert (without.status, "QZX" in without.html) == (403, False)
    for kind in ("csv-utf8", "csv-cp932"):
        assert b"QZX" not in export(without, kind)
    book: Any = openpyxl.load_workbook(io.BytesIO(export(without, "xlsx")))
    cells = [str(cell.value) for row in book.active.iter_rows() for cell in row]
    assert "予約番号" in cells
    assert not any("QZX" in cell or cell == "製造管理番号" for cell in cells)
    assert eligibility_of(services).opened == []


def test_no_log_line_and_no_figure_has_a_number(
    desk: Browser, services: Services, store_of_accounts: Database,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level("DEBUG")
    desk.open("/preparations")
    desk.open("/bookings?cards=1")
    desk.open("/")
    desk.open(f"/bookings/{first_id(services)}")
    desk.send(f"/bookings/{first_id(services)}/card-number", {})
    export(desk, "csv-utf8")
    kept = sql(store_of_accounts, "SELECT operation::text FROM operation")
    assert not any("QZX" in line for line in kept)
    written = [JsonFormatter("lgwan").format(record) for record in caplog.records]
    assert written
    assert not any("QZX" in line for line in written)
    assert b"QZX" not in generate_latest()


def test_help_at_another_office_opens_its_cards_and_ends_with_it(
    store_of_accounts: Database, services: Services
) -> None:
    """応援: the right is the account's, the reach is that of its offices of today."""
    add_staff(store_of_accounts, "abe", ["bookings.read", "cards.number"], ["dainan"])
    with sitting_at(store_of_accounts.url, services) as browser:
        browser.sign_in("abe")
        assert numbers_in(browser.open("/preparations?office=honcho").text) == []
        browser.open(f"/bookings/{first_id(services)}")
        assert browser.status == 404
        sql(
            store_of_accounts,
            "INSERT INTO staff_loan (staff_id, office_id, until_day) VALUES ('abe', 'honcho', "
            "(now() AT TIME ZONE 'Asia/Tokyo')::date)",
        )
        assert numbers_in(browser.open("/preparations?office=honcho").text) == sorted(SHOWN)
        browser.open(f"/bookings/{first_id(services)}")
        page = browser.send(f"/bookings/{first_id(services)}/card-number", {})
        assert numbers_in(page.text) == [SHOWN[0]]
        sql(store_of_accounts, "UPDATE staff_loan SET until_day = until_day - 1")
        assert numbers_in(browser.open("/preparations?office=honcho").text) == []
        browser.open(f"/bookings/{first_id(services)}")
        assert browser.status == 404
