"""Finding a booking without its number: one field, where staff look first."""

from datetime import timedelta

import pytest

from dev.testing import Database
from libs.contracts.booking import StaffBooking
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.tests.fakes import FakeBooking, a_booking, today_at
from services.gateway.lgwan.tests.support import Browser, log_lines, sql

NAME = "オオイタ ハナコ 1960/4/1"


def booking_of(services: Services) -> FakeBooking:
    assert isinstance(services.booking, FakeBooking)
    return services.booking


def found(services: Services, count: int) -> list[StaffBooking]:
    """What the next search finds."""
    booking = booking_of(services)
    made = [
        a_booking(number=f"8K2M47QX{n:02}", starts_at=today_at(9) + timedelta(days=n))
        for n in range(count)
    ]
    booking.kept.update({one.booking_id: one for one in made})
    booking.found = made
    return made


def find(desk: Browser, term: str, start: str = "/") -> None:
    desk.open(start)
    desk.send("/find", {"term": term})


@pytest.mark.parametrize("start", ["/", "/bookings", "/find", "/phone"])
def test_each_page_has_one_field_for_a_search(desk: Browser, start: str) -> None:
    (form,) = desk.open(start).all("form", role="search")
    fields = [one.get("name") for one in form.iter("input") if one.get("type") != "hidden"]
    assert fields == ["number" if start == "/" else "term"]


@pytest.mark.parametrize(
    "term", [NAME, "090-1234-5678", "0975346111", "hanako@example.jp", "ABC-123456"]
)
def test_the_field_of_the_day_finds_what_is_no_number_of_the_day(
    desk: Browser, services: Services, store_of_accounts: Database, term: str
) -> None:
    (one,) = found(services, 1)
    desk.open("/")
    desk.send("/today/scan", {"number": term, "office": "honcho"})
    assert desk.path == f"/bookings/{one.booking_id}"
    assert log_lines(store_of_accounts)[-1].startswith("tanaka|booking.find|")
    assert "honcho" not in log_lines(store_of_accounts)[-1].split("|")[2]


def test_the_field_of_the_day_counts_searches_as_the_other_one_does(
    desk: Browser, services: Services
) -> None:
    booking_of(services).searches_an_hour = 0
    desk.open("/")
    desk.send("/today/scan", {"number": NAME, "office": "honcho"})
    assert desk.status == 429


def test_one_booking_opens_at_once(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    (one,) = found(services, 1)
    find(desk, NAME)
    assert desk.path == f"/bookings/{one.booking_id}"
    assert log_lines(store_of_accounts)[-1] == "tanaka|booking.find|name||done"
    assert sql(
        store_of_accounts, "SELECT object_id FROM operation WHERE what = 'booking.find'"
    ) == ["1"]


def test_several_are_shown_under_an_address_that_says_nothing(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    made = found(services, 3)
    find(desk, "090-1234-5678")
    assert desk.path.startswith("/find/")
    rows = [one.get("href") for one in desk.page.one("tbody").iter("a")]
    assert rows == [f"/bookings/{one.booking_id}" for one in made]
    assert "3件" in desk.page.text
    booking_of(services).by_another_terminal(made[0].booking_id, "arrived")
    assert "受付済" in desk.open(desk.path).text, "as it is now"
    kept = "".join(map(str, sql(store_of_accounts, "SELECT found::text FROM found")))
    assert "1234" not in kept.replace(str(made[0].booking_id), "")


def test_what_was_found_is_for_who_found_it_and_for_some_minutes(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    found(services, 2)
    find(desk, NAME)
    address = desk.path
    sql(store_of_accounts, "UPDATE found SET at = now() - interval '16 minutes' RETURNING 1")
    assert "検索の結果は、しばらくすると消えます" in desk.open(address).text
    assert desk.status == 404


def test_nobody_found_says_what_else_helps(desk: Browser, services: Services) -> None:
    booking_of(services).is_complete = False
    find(desk, NAME)
    assert "あてはまる予約はありません" in desk.page.text
    assert "予約ID（交付通知書の番号）で探してください" in desk.page.text
    assert "少し待ってから" in desk.page.text
    assert desk.page.field("term") == NAME


def test_a_booking_id_is_looked_for_by_the_key_of_its_card(
    desk: Browser, services: Services
) -> None:
    found(services, 1)
    find(desk, "abc-123456")
    (asked,) = booking_of(services).searches
    assert (asked.kind, len(asked.card_key or "")) == ("card", 64)


def test_ten_digits_are_a_phone_number_and_else_a_booking_number(
    desk: Browser, services: Services
) -> None:
    booking = booking_of(services)
    one = a_booking(number="0975346111")
    booking.kept[one.booking_id] = one
    find(desk, "0975346111")
    assert [asked.kind for asked in booking.searches] == ["phone", "number"]
    assert desk.path == f"/bookings/{one.booking_id}"


def test_at_the_limit_the_page_says_when_and_what_goes_on(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    booking_of(services).searches_an_hour = 1
    find(desk, NAME)
    find(desk, NAME)
    assert desk.status == 429
    assert "次は14時32分に検索できます" in desk.page.text
    assert log_lines(store_of_accounts)[-1] == "tanaka|booking.find|name||searched-enough"
    find(desk, "8K2M4-7QX3P")
    assert desk.path.startswith("/bookings/"), "the number finds still"


def test_twelve_digits_are_not_looked_for_and_not_shown_again(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    find(desk, "1234 5678 9018")
    assert desk.status == 422
    assert "マイナンバーはこの予約では使いません" in desk.page.text
    assert desk.page.field("term") == ""
    assert booking_of(services).searches == []
    assert log_lines(store_of_accounts)[-1] == "tanaka|booking.find|||individual-number"


def test_what_cannot_be_read_is_kept_in_the_field(desk: Browser, services: Services) -> None:
    find(desk, "オオイタ ハナコ")
    assert desk.status == 422
    assert "続けて生年月日も入力してください" in desk.page.text
    assert desk.page.field("term") == "オオイタ ハナコ"


def test_what_is_looked_for_is_in_no_table(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    found(services, 2)
    find(desk, NAME)
    tables = sql(
        store_of_accounts, "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = current_schema()",
    )  # fmt: skip
    for table in tables:
        rows = sql(store_of_accounts, f'SELECT t::text FROM "{table}" t')
        assert "ハナコ" not in "".join(map(str, rows)), table
