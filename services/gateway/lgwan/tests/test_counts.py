"""The counts of a day."""

from services.gateway.lgwan.desk import Services
from services.gateway.lgwan.tallies import Figures, by_office, total
from services.gateway.web.testing import words

from .fakes import FakeReporting, a_count
from .support import Browser


def test_counts_show_each_office_its_sum_and_the_sum_of_all(desk: Browser) -> None:
    page = desk.open("/counts?day=2026-12-01")
    assert "9時41分現在" in page.text
    assert "来庁日で数えた件数です" in page.text
    sums = [words(row) for row in page.all("tr") if "sum" in row.get("class", "")]
    assert sums == [
        "小計 33 13 3 11 1 1 4",
        "小計 12 5 1 4 0 1 1",
        "合計 45 18 4 15 1 2 5",
    ]


def test_cancelled_bookings_are_counted_in(desk: Browser) -> None:
    for figures in (
        total(FakeReporting().rows),
        *(o.total for o in by_office(FakeReporting().rows)),
    ):
        booked, *parts = figures
        assert booked == sum(parts)


def test_a_day_without_bookings_says_so(desk: Browser, services: Services) -> None:
    assert isinstance(services.reporting, FakeReporting)
    services.reporting.rows = []
    assert "この日の予約はありません" in desk.open("/counts").text


def test_the_csv_is_reportings_own(desk: Browser) -> None:
    answer = desk.client.get("/counts.csv?day=2026-12-01")
    assert answer.content == "\ufeff来庁日,2026-12-01\r\n".encode()
    assert answer.headers["content-disposition"] == 'attachment; filename="counts-2026-12-01.csv"'


def test_a_sum_over_nothing_is_nothing() -> None:
    assert total([]) == Figures()
    assert by_office([]) == []


def test_an_office_keeps_its_procedures_in_order() -> None:
    rows = [a_count("a", "A", p, p, 1, 1, 0, 0, 0, 0, 0) for p in ("pin", "issuance")]
    assert [name for name, _ in by_office(rows)[0].lines] == ["pin", "issuance"]
