"""停止時用一覧: asked for from the afternoon on, saved by a browser, seen by colleagues."""

import io
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

import msoffcrypto
import openpyxl
import pytest

from dev.testing import Database
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.door.staff import RIGHTS
from services.gateway.lgwan.tests.fake_today import FakeToday
from services.gateway.lgwan.tests.fakes import (
    FakeBooking,
    FakeEligibility,
    a_booking,
    fake_services,
    today_at,
)
from services.gateway.lgwan.tests.support import (
    ORIGIN,
    Browser,
    add_staff,
    log_lines,
    sitting_at,
    sql,
)
from services.gateway.web.times import now

WORD = "ゆふだけ 2026 桜道"
NUMBER = "QZX700001"
ASKS = "明日の停止時用一覧を保存してください"
LATER, ALWAYS = time(23, 59, 59), time(0)


@pytest.fixture
def services() -> Services:
    """One card for tomorrow."""
    made = fake_services([a_booking(starts_at=today_at(9) + timedelta(days=1))])
    assert isinstance(made.booking, FakeBooking)
    made.booking.kept.card_numbers = {next(iter(made.booking.kept)): NUMBER}
    return made


@pytest.fixture
def clerk(store_of_accounts: Database, services: Services) -> Iterator[Browser]:
    """Somebody in the afternoon."""
    with sitting(store_of_accounts, services) as browser:
        browser.come_in()
        yield browser


def sitting(database: Database, services: Services, **more: Any) -> Any:
    return sitting_at(
        database.url, services, **{"offline_password": WORD, "offline_ask": ALWAYS, **more}
    )


def tomorrow() -> date:
    return now().date() + timedelta(days=1)


def save(browser: Browser, office: str = "honcho", day: date | None = None, **more: str) -> Any:
    browser.open(f"/offline?office={office}")
    hidden = {name: browser.page.field(name) for name in ("csrf", "key")}
    sent = {"office": office, "day": (day or tomorrow()).isoformat(), **hidden, **more}
    return browser.client.post("/offline/list", data=sent, headers={"origin": ORIGIN})


def rows_of(content: bytes) -> list[list[str]]:
    plain, locked = io.BytesIO(), msoffcrypto.OfficeFile(io.BytesIO(content))
    locked.load_key(password=WORD, verify_password=True)
    locked.decrypt(plain)
    page: Any = openpyxl.load_workbook(plain).active
    return [[str(cell or "") for cell in row] for row in page.iter_rows(values_only=True)]


def test_the_page_of_the_day_asks_until_somebody_has_saved_the_list(
    clerk: Browser, services: Services, store_of_accounts: Database
) -> None:
    page = clerk.open("/")
    assert ASKS in page.text
    answer = save(clerk)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["cache-control"] == "no-store"
    assert "offline-list.save|office|honcho|done" in log_lines(store_of_accounts)[-1]
    add_staff(store_of_accounts, "abe", ["bookings.read", "bookings.tick"], ["honcho", "dainan"])
    with sitting(store_of_accounts, services) as colleague:
        colleague.sign_in("abe")
        text = colleague.open("/").text
        assert ASKS not in text
        assert "田中が保存しました" in text
        assert "田中" in "".join(colleague.open("/offline?office=honcho").one("table").itertext())
        assert ASKS in colleague.open("/?office=dainan").text


def test_the_file_has_the_day_and_opens_with_the_citys_password(clerk: Browser) -> None:
    content = save(clerk).content
    assert content[:4] != b"PK\x03\x04"
    rows = rows_of(content)
    assert rows[4][2:4] == ["8K2M4-7QX3P", "QZX-700001"]


def test_before_its_time_nobody_is_asked(store_of_accounts: Database, services: Services) -> None:
    with sitting(store_of_accounts, services, offline_ask=LATER) as browser:
        browser.come_in()
        assert ASKS not in browser.open("/").text
        assert save(browser).status_code == 200


def test_what_was_saved_before_its_time_does_not_count(
    clerk: Browser, store_of_accounts: Database
) -> None:
    """Until then most bookings of the next day have come in."""
    save(clerk)
    sql(store_of_accounts, "UPDATE saved_list SET saved_at = now() - interval '25 hours'")
    assert ASKS in clerk.open("/").text


def test_the_list_of_today_does_not_stand_for_that_of_tomorrow(clerk: Browser) -> None:
    assert save(clerk, day=now().date()).status_code == 200
    assert ASKS in clerk.open("/").text


def test_before_a_weekend_the_next_open_day_is_named(clerk: Browser, services: Services) -> None:
    assert isinstance(services.today, FakeToday)
    services.today.next_open = now().date() + timedelta(days=4)
    day = services.today.next_open
    text = clerk.open("/").text
    assert ASKS not in text
    assert f"{day.month}月{day.day}日" in text
    assert save(clerk, day=day).status_code == 200
    assert save(clerk, day=tomorrow()).status_code == 400


def test_without_a_password_nobody_is_asked_and_nothing_is_saved(
    store_of_accounts: Database, services: Services
) -> None:
    with sitting(store_of_accounts, services, offline_password="") as browser:
        browser.come_in()
        assert "停止時用一覧を保存" not in browser.open("/").text
        browser.open("/offline")
        assert "設定されていない" in browser.page.text
        page = browser.open("/notes")
        sent = {"office": "honcho", "day": tomorrow().isoformat(), "key": "k" * 20}
        browser.send("/offline/list", {**sent, "csrf": page.field("csrf")})
        assert browser.status == 404


def test_without_the_right_to_numbers_the_file_has_none(
    clerk: Browser, services: Services, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "abe", [right for right in RIGHTS if right != "cards.number"])
    with sitting(store_of_accounts, services) as browser:
        browser.sign_in("abe")
        assert "製造管理番号は入りません" in browser.open("/offline").text
        rows = rows_of(save(browser).content)
    assert rows[4][2:4] == ["8K2M4-7QX3P", ""]
    assert isinstance(services.eligibility, FakeEligibility)
    assert services.eligibility.opened == []


def test_while_numbers_cannot_be_had_that_is_said_and_a_list_without_is_offered(
    clerk: Browser, services: Services
) -> None:
    assert isinstance(services.eligibility, FakeEligibility)
    services.eligibility.away = True
    answer = save(clerk)
    assert answer.status_code == 503
    assert "番号のない一覧を保存する" in answer.text
    assert ASKS in clerk.open("/").text
    assert rows_of(save(clerk, without="1").content)[4][3] == ""
    assert ASKS not in clerk.open("/").text


def test_only_who_works_at_the_office_saves_its_list(
    clerk: Browser, services: Services, store_of_accounts: Database
) -> None:
    rights = ["bookings.read", "bookings.tick", "bookings.everywhere"]
    add_staff(store_of_accounts, "abe", rights, ["dainan"])
    add_staff(store_of_accounts, "reader", ["bookings.read"], ["honcho"])
    with sitting(store_of_accounts, services) as browser:
        browser.sign_in("abe")
        assert ASKS not in browser.open("/?office=honcho").text
        assert save(browser).status_code == 404
        assert save(browser, "dainan").status_code == 200
    with sitting(store_of_accounts, services) as browser:
        browser.sign_in("reader")
        assert ASKS not in browser.open("/").text
        browser.open("/offline")
        assert browser.status == 403


def test_the_same_form_sent_twice_is_one_download(
    clerk: Browser, store_of_accounts: Database
) -> None:
    clerk.open("/offline?office=honcho")
    hidden = {name: clerk.page.field(name) for name in ("csrf", "key")}
    sent = {"office": "honcho", "day": tomorrow().isoformat(), **hidden}
    for _ in range(2):
        clerk.client.post("/offline/list", data=sent, headers={"origin": ORIGIN})
    assert sql(store_of_accounts, "SELECT count(*) FROM saved_list") == ["1"]
