"""The counts of a day."""

import pytest

from services.gateway.lgwan.counts.tallies import Figures, by_office, line, total
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.tests.fakes import FakeReporting, a_count
from services.gateway.lgwan.tests.support import Browser
from services.gateway.web.testing import words


def test_counts_show_each_office_its_sum_and_the_sum_of_all(desk: Browser) -> None:
    page = desk.open("/counts?day=2026-12-01")
    assert "9時41分現在" in page.text
    assert "来庁日で数えた件数です" in page.text
    sums = [words(row) for row in page.all("tr") if "sum" in row.get("class", "")]
    assert sums == [
        "小計 33 13 3 11 1 1 4 6分 21分",
        "小計 12 5 1 4 0 1 1 － －",
        "合計 45 18 4 15 1 2 5 6分 21分",
    ]


def test_cancelled_bookings_are_counted_in(desk: Browser) -> None:
    for figures in (
        total(FakeReporting().rows),
        *(office.total.figures for office in by_office(FakeReporting().rows)),
    ):
        booked, *parts = figures
        assert booked == sum(parts)


def test_a_day_without_bookings_says_so(desk: Browser, services: Services) -> None:
    assert isinstance(services.reporting, FakeReporting)
    services.reporting.rows = []
    assert "この日の予約はありません" in desk.open("/counts").text


def test_of_a_past_day_the_page_says_what_nobody_ticked(desk: Browser) -> None:
    assert "結果未入力" not in desk.open("/counts").text
    assert "結果未入力の件数です" in desk.open("/counts?day=2026-01-05").text


def test_the_csv_is_reportings_own(desk: Browser) -> None:
    answer = desk.client.get("/counts.csv?day=2026-12-01")
    assert answer.content == "\ufeff来庁日,2026-12-01\r\n".encode()
    assert answer.headers["content-disposition"] == 'attachment; filename="counts-2026-12-01.csv"'


def test_a_sum_over_nothing_is_nothing() -> None:
    assert total([]) == Figures()
    assert by_office([]) == []


def test_an_office_keeps_its_procedures_in_order() -> None:
    rows = [a_count("a", "A", p, p, 1, 1, 0, 0, 0, 0, 0) for p in ("pin", "issuance")]
    assert [line.name for line in by_office(rows)[0].lines] == ["pin", "issuance"]


@pytest.mark.parametrize(
    ("waits", "says"),
    [
        ([], ("－", "－")),
        ([(0, 0, None)], ("－", "－")),
        ([(1, 0, 0)], ("1分未満", "1分未満")),
        ([(1, 30, 30), (3, 3690, 2000)], ("16分", "33分")),
    ],
)
def test_the_average_is_that_of_all_people_and_not_of_the_rows(
    waits: list[tuple[int, int, int | None]], says: tuple[str, str]
) -> None:
    one = a_count("a", "A", "p", "P", 1, 1, 0, 0, 0, 0, 0)
    names = ("waits", "wait_seconds", "longest_wait")
    rows = [one.model_copy(update=dict(zip(names, found, strict=True))) for found in waits]
    told = line("合計", rows).waits
    assert (told.average, told.longest) == says


def test_counts_without_the_citys_offices_say_that_they_are_not_whole(
    desk: Browser, services: Services
) -> None:
    assert isinstance(services.reporting, FakeReporting)
    assert "そろっていません" not in desk.open("/counts").text
    services.reporting.offices_known = False
    assert "この集計は、そろっていません。" in desk.open("/counts").text
