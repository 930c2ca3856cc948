"""The list of bookings: searching, ordering, going on, and searches kept by name."""

import gzip
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from dev.testing import Database
from services.gateway.lgwan.door.context import CatalogIndex, Services
from services.gateway.lgwan.lists.files import FILTERS_MOST
from services.gateway.lgwan.lists.lines import line_of
from services.gateway.lgwan.tests.fakes import FakeBooking, a_booking, fake_services, today_at
from services.gateway.lgwan.tests.support import Browser, add_staff, log_lines, sitting_at, sql
from services.gateway.web.testing import Page, words


def booking_of(services: Services) -> FakeBooking:
    assert isinstance(services.booking, FakeBooking)
    return services.booking


def asked(services: Services) -> dict[str, str]:
    """What booking was asked last, without the length of the page."""
    query = dict(booking_of(services).queries[-1])
    assert query.pop("limit") == "100"
    return query


def kept_names(page: Page) -> list[str]:
    found = page.all("nav", **{"aria-label": "保存した条件"})
    return [words(a) for nav in found for a in nav.iter("a")]


PLACE = "_2026-12-01T10:30:00+09:00_5eeba121-f6d4-464a-8770-df7cf6acf993"
WHOLE = {
    "office": "honcho",
    "procedure": "issuance",
    "status": "confirmed",
    "channel": "web",
    "from": "2026-12-01",
    "until": "2026-12-24",
    "booked_from": "2026-11-01",
    "booked_until": "2026-11-30",
    "number": "8K2M4-7QX3P",
    "sort": "-booked_at",
}


def test_the_list_opens_with_what_is_still_to_come(desk: Browser, services: Services) -> None:
    page = desk.open("/bookings")
    today = today_at(0).date()
    assert asked(services) == {"from": today.isoformat(), "sort": "starts_at"}
    cells = [words(cell) for cell in page.one("tbody").iter() if cell.tag in ("td", "th")]
    booked = today_at(9).date().toordinal() - 12
    assert cells[:5] == [
        f"{today:%Y/%m/%d}（{'月火水木金土日'[today.weekday()]}） 10:30",
        "8K2M4-7QX3P",
        "カードの交付",
        "本庁舎1階市民課",
        "ネット",
    ]
    assert cells[5] == f"{today.fromordinal(booked):%Y/%m/%d} 09:00"
    assert cells[6] == "予約済"


@pytest.mark.parametrize("status", ["confirmed", "arrived"])
def test_what_nobody_ticked_on_its_day_is_called_so_everywhere(
    store_of_accounts: Database, status: str
) -> None:
    past = a_booking(starts_at=today_at(10) - timedelta(days=1), status=status)
    with sitting_at(store_of_accounts.url, fake_services([past])) as browser:
        browser.sign_in()
        assert "結果未入力" in words(browser.open("/bookings?from=2026-01-01").one("tbody"))
        main = browser.open(f"/bookings/{past.booking_id}").one("main")
    assert "8K2M4-7QX3P 結果未入力" in words(main)
    pressed = [words(one) for one in main.iter("button") if one.get("name") == "tick"]
    assert pressed[:2] == ["交付済", "来庁なし"], "and 受付 is not offered any more"
    assert line_of(past, CatalogIndex({}, {})).state == "結果未入力"


def test_all_conditions_go_to_booking_together_and_stay_in_the_form(
    desk: Browser, services: Services
) -> None:
    desk.open("/bookings")
    page = desk.send("/bookings/search", {**WHOLE, "number": " ８k2m4‐7qx3p "})
    assert asked(services) == WHOLE
    for name in ("from", "until", "booked_from", "booked_until", "number", "sort"):
        assert page.field(name) == WHOLE[name]
    chosen = [o.get("value") for o in page.all("option") if o.get("selected") is not None]
    assert chosen == ["honcho", "issuance", "confirmed", "web"]


def test_empty_conditions_mean_everything(desk: Browser, services: Services) -> None:
    desk.open("/bookings")
    desk.send("/bookings/search", {"sort": "starts_at", "from": "", "until": ""})
    assert asked(services) == {"sort": "starts_at"}


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"from": "いつか"}, "from", "来庁日の始めは、カレンダーにある日を入力してください。"),
        ({"until": "2026-02-30"}, "until", "来庁日の終わりは、カレンダーにある日"),
        ({"booked_from": "1850-01-01"}, "booked_from", "申込日の始めは、"),
        (
            {"from": "2026-12-02", "until": "2026-12-01"},
            "until",
            "来庁日の終わりは、始めと同じ日か、それより後の日にしてください。",
        ),
        ({"booked_from": "2026-12-02", "booked_until": "2026-12-01"}, "booked_until", "申込日の"),
        ({"office": "nowhere"}, "office", "場所を選び直してください。"),
        ({"procedure": "x"}, "procedure", "手続きを選び直してください。"),
        ({"status": "x"}, "status", "状態を選び直してください。"),
        ({"channel": "x"}, "channel", "予約種別を選び直してください。"),
        ({"number": "8K2M4"}, "number", "予約番号は、英数字10文字です。"),
    ],
)
def test_a_condition_that_makes_no_sense_is_explained_beside_its_field(
    desk: Browser, services: Services, typed: dict[str, str], field: str, said: str
) -> None:
    desk.open("/bookings")
    before = len(booking_of(services).queries)
    page = desk.send("/bookings/search", {"status": "arrived", **typed})
    assert desk.status == 422
    assert page.text.startswith("エラー：予約一覧")
    link = page.one("div", role="alert").find(".//a")
    assert link is not None
    assert link.get("href") == f"#{field}"
    assert said in words(link)
    assert said in words(page.one("p", id=f"{field}-error"))
    assert len(booking_of(services).queries) == before
    assert "status" in typed or 'value="arrived" selected' in desk.html


@pytest.mark.parametrize("field", ["number", "from"])
def test_twelve_digits_are_neither_kept_nor_shown(desk: Browser, field: str) -> None:
    desk.open("/bookings")
    page = desk.send("/bookings/search", {field: "1234-5678-9018"})
    assert desk.status == 422
    assert "12桁の番号が入力されました" in page.text
    assert "1234" not in desk.html


@pytest.mark.parametrize(
    "query", ["from=never&sort=kana", "office=" + "x" * 2000, "number=123456789018"]
)
def test_an_address_that_makes_no_sense_is_explained(desk: Browser, query: str) -> None:
    desk.open(f"/bookings?{query}")
    assert desk.status == 422
    assert "12345" not in desk.html


def test_an_order_that_there_is_not_is_that_of_appointments(
    desk: Browser, services: Services
) -> None:
    desk.open("/bookings?sort=-kana")
    assert asked(services) == {"sort": "starts_at"}


def test_days_are_understood_as_people_write_them(desk: Browser, services: Services) -> None:
    desk.open("/bookings")
    desk.send("/bookings/search", {"from": "２０２６年１２月１日", "until": "2026/12/3"})
    query = asked(services)
    assert (query["from"], query["until"]) == ("2026-12-01", "2026-12-03")


def test_every_column_orders_the_list_up_and_down(desk: Browser, services: Services) -> None:
    for column in ("来庁日時", "番号", "手続き", "場所", "予約種別", "申込日時", "状態"):
        page = desk.open("/bookings?sort=-number&status=confirmed")
        heading = next(a for a in page.one("thead").iter("a") if words(a).startswith(column))
        page = desk.open(heading.get("href", ""))
        up = asked(services)["sort"]
        assert not up.startswith("-")
        assert asked(services)["status"] == "confirmed"
        (sorted_by,) = [th for th in page.all("th") if th.get("aria-sort")]
        assert sorted_by.get("aria-sort") == "ascending"
        assert words(sorted_by).startswith(column)
        again = sorted_by.find("a")
        assert again is not None
        page = desk.open(again.get("href", ""))
        assert asked(services)["sort"] == f"-{up}"
        assert page.all("th", **{"aria-sort": "descending"})


def test_a_long_list_goes_on_with_the_same_conditions_and_an_empty_one_says_so(
    desk: Browser, services: Services
) -> None:
    booking_of(services).next_after = PLACE
    page = desk.open("/bookings?status=confirmed&sort=-starts_at")
    assert "続きがあります" in page.text
    onward = next(a for a in page.all("a") if words(a) == "次の予約を見る")
    booking_of(services).next_after = None
    page = desk.open(onward.get("href", ""))
    assert asked(services) == {
        "status": "confirmed",
        "sort": "-starts_at",
        "after": PLACE,
    }
    first = next(a for a in page.all("a") if words(a) == "最初から")
    desk.open(first.get("href", ""))
    assert asked(services) == {"status": "confirmed", "sort": "-starts_at"}
    booking_of(services).kept.clear()
    assert "この条件の予約はありません" in desk.open("/bookings?sort=number").text


@pytest.mark.parametrize("place", ["x", "123456789018", f"1234-5678-9018{PLACE}", "_1234567890x"])
def test_a_place_that_no_list_has_is_its_beginning(
    desk: Browser, services: Services, place: str
) -> None:
    desk.open(f"/bookings?{urlencode({'after': place})}")
    assert asked(services) == {"sort": "starts_at"}
    for known in (PLACE, f"honcho{PLACE}", "_00000ABCDE"):
        desk.open(f"/bookings?{urlencode({'after': known})}")
        assert asked(services)["after"] == known


def test_other_offices_can_neither_be_chosen_nor_asked_for(store_of_accounts: Database) -> None:
    add_staff(store_of_accounts, "branch", offices=["dainan"])
    theirs, foreign = a_booking(office_id="dainan"), a_booking(number="0000000000")
    with sitting_at(store_of_accounts.url, fake_services([theirs, foreign])) as browser:
        browser.sign_in("branch")
        page = browser.open("/bookings?sort=number")
        assert "8K2M4-7QX3P" in page.text
        assert "00000-00000" not in page.text
        assert "本庁舎" not in page.text
        browser.open("/bookings?office=honcho")
        assert browser.status == 422
        assert "場所を選び直してください" in browser.page.text


def test_a_search_is_kept_by_name_used_and_deleted(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    desk.open("/bookings?status=confirmed&sort=-booked_at")
    page = desk.send(
        "/bookings/filters", {"name": "  新しい 順 ", "query": desk.page.field("query")}
    )
    assert kept_names(page) == ["新しい 順"]
    desk.open("/bookings")
    link = desk.page.one("nav", **{"aria-label": "保存した条件"}).find("a")
    assert link is not None
    page = desk.open(link.get("href", ""))
    assert asked(services) == {"status": "confirmed", "sort": "-booked_at"}
    current = page.one("nav", **{"aria-label": "保存した条件"}).find("a")
    assert current is not None
    assert current.get("aria-current") == "true"
    action = next(f.get("action", "") for f in page.all("form") if "delete" in f.get("action", ""))
    page = desk.send(action, {"query": page.field("query")})
    assert kept_names(page) == []
    assert asked(services) == {"status": "confirmed", "sort": "-booked_at"}
    desk.send(action, {"query": page.field("query")})
    assert log_lines(store_of_accounts)[-3:] == [
        "tanaka|filter.save|filter||done",
        "tanaka|filter.delete|filter||done",
        "tanaka|filter.delete|filter||gone",
    ]


def test_the_same_name_is_replaced_and_other_staff_have_their_own(
    desk: Browser, store_of_accounts: Database
) -> None:
    desk.open("/bookings?status=confirmed")
    for query in ("status=confirmed", "status=missed&after=x"):
        desk.send("/bookings/filters", {"name": "確認", "query": query})
    assert sql(store_of_accounts, "SELECT owner, name, query FROM saved_filter") == [
        "tanaka|確認|status=missed&sort=starts_at"
    ]
    filter_id = sql(store_of_accounts, "SELECT filter_id FROM saved_filter")[0]
    add_staff(store_of_accounts, "suzuki")
    desk.client.cookies.clear()
    desk.sign_in("suzuki")
    assert kept_names(desk.open("/bookings")) == []
    desk.send(f"/bookings/filters/{filter_id}/delete", {"query": ""})
    assert sql(store_of_accounts, "SELECT count(*) FROM saved_filter") == ["1"]
    assert log_lines(store_of_accounts)[-1] == "suzuki|filter.delete|filter||gone"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("  ", "条件の名前を入力してください。"),
        ("あ" * 41, "40文字以内"),
        ("1234 5678 9018", "12桁の番号が入力されました"),
    ],
)
def test_a_name_that_is_none_is_refused(
    desk: Browser, store_of_accounts: Database, name: str, said: str
) -> None:
    desk.open("/bookings?status=confirmed")
    page = desk.send("/bookings/filters", {"name": name, "query": "status=confirmed"})
    assert desk.status == 422
    assert said in words(page.one("p", id="name-error"))
    assert "1234" not in desk.html
    assert sql(store_of_accounts, "SELECT count(*) FROM saved_filter") == ["0"]
    assert log_lines(store_of_accounts)[-1] == "tanaka|filter.save|filter||not-saved"


def test_there_is_room_for_so_many_searches(desk: Browser, store_of_accounts: Database) -> None:
    sql(
        store_of_accounts,
        "INSERT INTO saved_filter (filter_id, owner, name, query) SELECT gen_random_uuid(), "
        f"'tanaka', 'n' || n, 'status=missed' FROM generate_series(1, {FILTERS_MOST}) AS n",
    )
    desk.open("/bookings")
    page = desk.send("/bookings/filters", {"name": "もう一つ", "query": "status=missed"})
    assert "30個までです" in page.text
    page = desk.send("/bookings/filters", {"name": "n1", "query": "status=arrived"})
    assert desk.status == 200
    assert len(kept_names(page)) == FILTERS_MOST


def test_changes_of_kept_searches_need_the_token_and_the_key(desk: Browser) -> None:
    desk.open("/bookings")
    fields = {"name": "x", "query": ""}
    desk.send("/bookings/filters", {**fields, "csrf": "x" * 43})
    assert desk.status == 403
    desk.open("/bookings")
    desk.send("/bookings/filters", {**fields, "key": ""})
    assert desk.status == 400


def test_a_page_of_the_list_stays_below_fifteen_kilobytes_on_the_wire(
    store_of_accounts: Database,
) -> None:
    many = [
        a_booking(
            number=f"{n:010}",
            starts_at=today_at(9 + n // 25, n % 25),
            mail_failed=n % 3 == 0,
            card_moved=n % 4 == 0,
            visitor="guardian",
        )
        for n in range(100)
    ]
    with sitting_at(store_of_accounts.url, fake_services(many)) as browser:
        browser.sign_in()
        answer = browser.client.get("/bookings")
        assert answer.text.count('<tr class="is-') == 100
        assert len(gzip.compress(answer.content, 5)) < 15_000
