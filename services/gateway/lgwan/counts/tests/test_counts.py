"""集計: what is asked for, what is shown, and who may confirm a month."""

from datetime import date

import pytest

from services.gateway.lgwan.counts.columns import MAIN, MORE
from services.gateway.lgwan.counts.question import CountQuestion, read_question
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.tests.fakes import FakeReporting, a_cell
from services.gateway.lgwan.tests.support import Browser
from services.gateway.web.testing import words
from services.gateway.web.times import now

NOVEMBER = "/counts?unit=month&day=2026-11-01"


@pytest.fixture
def reporting(services: Services) -> FakeReporting:
    assert isinstance(services.reporting, FakeReporting)
    return services.reporting


def read(**query: str) -> CountQuestion:
    return read_question(query, ("honcho",), ("pin",))


def test_the_page_shows_each_office_and_the_sum_of_all(desk: Browser) -> None:
    page = desk.open("/counts?day=2026-12-01")
    assert "9時41分現在" in page.text
    assert "来庁日で数えています" in page.text
    rows = [words(row) for row in page.all("tr")]
    assert rows[1] == "本庁舎1階市民課 33 36 38 13 3 11 1 1 7.7% 4 5分 17分 21分"
    assert rows[2] == "鶴崎支所 12 12 12 5 1 4 0 1 20.0% 1 － － －"
    assert rows[3] == "合計 45 48 50 18 4 15 1 2 11.1% 5 5分 17分 21分"


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ({}, "today", "today"),
        ({"day": "2026-12-01"}, "2026-12-01", "2026-12-01"),
        ({"unit": "month", "day": "2028-02-15"}, "2028-02-01", "2028-02-29"),
        ({"unit": "month", "day": "2026-12-31"}, "2026-12-01", "2026-12-31"),
        ({"unit": "year", "day": "2027-03-31"}, "2026-04-01", "2027-03-31"),
        ({"unit": "year", "day": "2027-04-01"}, "2027-04-01", "2028-03-31"),
        ({"unit": "range", "day": "2026-11-30", "until": "2026-12-02"}, "2026-11-30", "2026-12-02"),
        ({"unit": "week", "day": "2026-12-01"}, "2026-12-01", "2026-12-01"),
    ],
)
def test_a_unit_spans_its_days(query: dict[str, str], first: str, last: str) -> None:
    found, today = read(**query), read().first.isoformat()
    assert found.first.isoformat() == (today if first == "today" else first)
    assert found.last.isoformat() == (today if last == "today" else last)


def test_what_was_asked_for_comes_back_from_its_own_address() -> None:
    asked = {
        "unit": "range",
        "day": "2026-11-30",
        "until": "2026-12-02",
        "by": "booked",
        "office": "honcho",
        "procedure": "pin",
        "channel": "phone",
        "window": "3",
        "cancelled": "out",
    }
    question = read(**asked)
    assert dict(part.split("=") for part in question.query().split("&")) == asked
    assert question.asked().model_dump(mode="json") == {
        "first": "2026-11-30",
        "last": "2026-12-02",
        "basis": "booked",
        "office": "honcho",
        "window": 3,
        "procedure": "pin",
        "channel": "phone",
        "cancelled": False,
    }


def test_what_nobody_can_mean_is_left_out() -> None:
    strange = {"office": "akeno", "procedure": "x", "channel": "fax", "window": "１２", "by": "1"}
    assert read(**strange, day="2026-12-01") == read(day="2026-12-01")


def test_earlier_and_later_are_neighbours() -> None:
    month = read(unit="month", day="2026-03-05")
    assert month.earlier.last == date(2026, 2, 28)
    assert month.earlier.later == month
    assert read(unit="year", day="2026-03-05").later.first == date(2026, 4, 1)


@pytest.mark.parametrize("path", ["/counts", "/counts/sheet", "/counts.csv", "/counts.xlsx"])
@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("unit=range&day=2026-12-02&until=2026-12-01", "始まりの日より前です"),
        ("unit=range&day=2016-12-01&until=2026-12-01", "10年まで"),
    ],
)
def test_days_that_cannot_be_counted_are_said_and_nobody_is_asked(
    desk: Browser, reporting: FakeReporting, path: str, query: str, says: str
) -> None:
    page = desk.open(f"{path}?{query}")
    assert desk.status == 400
    assert says in page.text
    assert reporting.asked == []


def test_cancelled_bookings_are_counted_in(desk: Browser, reporting: FakeReporting) -> None:
    """Or left out, where somebody asks for that."""
    desk.open("/counts")
    desk.open("/counts?cancelled=out")
    assert [asked.cancelled for asked in reporting.asked] == [True, False]


def test_a_period_without_bookings_says_so(desk: Browser, reporting: FakeReporting) -> None:
    reporting.cells = []
    assert "この日の予約はありません" in desk.open("/counts").text
    assert "この期間の予約はありません" in desk.open("/counts?unit=year").text


def test_each_report_says_what_its_words_mean(desk: Browser) -> None:
    for query in ("", "?unit=month", "?unit=year&by=booked"):
        page = desk.open(f"/counts{query}")
        assert "予約番号の数です" in page.text
        assert ("申込日で" if "booked" in query else "来庁日で") + "数えています" in page.text
    assert "4月1日から3月31日まで" in page.text


def test_counts_without_the_citys_offices_say_that_they_are_not_whole(
    desk: Browser, reporting: FakeReporting
) -> None:
    assert "そろっていません" not in desk.open("/counts").text
    reporting.offices_known = False
    assert "この集計は、そろっていません。" in desk.open("/counts").text


def test_a_figure_without_anything_to_count_is_a_dash() -> None:
    nothing = a_cell("honcho", "pin", 0, 0, 0, 0, 0, 0, 0).figures
    shown = {column.heading: column.text(nothing) for column in (*MAIN, *MORE)}
    assert {shown[name] for name in ("予約（件）", "人", "手続き数", "変更 職員")} == {"0"}
    assert {shown[name] for name in ("来庁なし率", "待ち 中央", "申込から来庁 平均")} == {"－"}


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "1分未満"), (50, "1分未満"), (60, "1分"), (1300, "22分")]
)
def test_waits_are_whole_minutes(seconds: int, shown: str) -> None:
    one = a_cell("honcho", "pin", 1, 0, 0, 1, 0, 0, 0, waits=1, longest_wait=seconds).figures
    assert MAIN[-1].text(one) == shown


def test_the_sheet_has_every_office_and_every_procedure(desk: Browser) -> None:
    page = desk.open("/counts/sheet?unit=month&day=2026-11-01")
    rows = [words(row) for row in page.all("tr")]
    assert "集計表 2026年11月" in page.text
    assert any(row.startswith("鶴崎支所 12 12 12") for row in rows)
    assert rows[-1].startswith("合計 36 39 36")
    assert rows[-1].endswith("45 48 50 15 1 2 5")


def test_a_month_is_confirmed_once_and_later_corrections_stand_apart(
    desk: Browser, reporting: FakeReporting
) -> None:
    page = desk.open(NOVEMBER)
    assert "結果未入力が7件あります" in page.text
    page = desk.send("/counts/close", {"month": "2026-11-01"})
    assert "この月の集計を確定しました" in page.text
    assert "月次確定" in page.text
    assert "確定したあとの訂正はありません" in page.text
    reporting.cells[2] = a_cell("tsurusaki", "issuance", 12, 5, 1, 5, 0, 0, 1)
    page = desk.open(NOVEMBER)
    found = [words(row) for row in page.all("tr")]
    assert "鶴崎支所 カードの交付 来庁なし 1 0" in found
    assert "鶴崎支所 カードの交付 完了 4 5" in found


def test_a_month_that_goes_on_has_no_button_and_is_refused(desk: Browser) -> None:
    page = desk.open("/counts?unit=month")
    assert "まだ確定していません" in page.text
    assert not [form for form in page.all("form") if form.get("action") == "/counts/close"]
    this_month = now().date().replace(day=1).isoformat()
    page = desk.send("/counts/close", {"month": this_month})
    assert desk.status == 409
    assert "この月はまだ終わっていません" in page.text
    desk.send("/counts/close", {"month": "2026-11-02"})
    assert desk.status == 400


def test_a_past_year_leads_to_the_list_of_its_bookings(desk: Browser) -> None:
    page = desk.open("/counts?unit=year&day=2025-03-31&office=honcho")
    [link] = [a for a in page.all("a") if "".join(a.itertext()) == "この期間の予約の一覧"]
    assert link.get("href") == "/bookings?from=2024-04-01&until=2025-03-31&office=honcho"
    desk.open(link.get("href", ""))
    assert (desk.status, desk.page.heading) == (200, "予約一覧")


@pytest.mark.parametrize(
    ("query", "url"),
    [
        ({"unit": "year", "day": "2026-03-31", "by": "booked"}, "booked_from=2025-04-01"),
        ({"unit": "day", "day": "2026-03-31", "window": "3"}, ""),
        ({"unit": "day", "day": "2026-03-31", "cancelled": "out"}, ""),
    ],
)
def test_the_list_has_the_same_bookings_or_is_not_offered(query: dict[str, str], url: str) -> None:
    found = read(**query).list_url
    assert url in found if url else not found
