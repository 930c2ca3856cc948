"""Dates of birth in every notation, and why one is refused."""

from datetime import UTC, date, datetime

import pytest

from services.eligibility.domain.dates import WrongBirth, born_on, day_in_japan

TODAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    "text",
    [
        "19500102",
        "1950/1/2",
        "1950-01-02",
        "1950.1.2",
        "1950年1月2日",
        "昭和25年1月2日",
        "S25.1.2",
        "s25.01.02",
        "S25/1/2",
        "昭25.1.2",
        "3250102",
        "S250102",
        "１９５０/１/２",
        "昭和２５年１月２日",
        "１９５００１０２",
        " 1950 / 1 / 2 ",
        "1950−01−02",
        "㍼25年1月2日",
        "昭和 25年 1月 2日",
        "1950年01月02",
    ],
)
def test_every_notation_says_the_same_day(text: str) -> None:
    assert born_on(text, TODAY) == date(1950, 1, 2)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20260401", date(2026, 4, 1)),
        ("2026/4/1", date(2026, 4, 1)),
        ("R08.04.01", date(2026, 4, 1)),
        ("令和8年4月1日", date(2026, 4, 1)),
        ("5080401", date(2026, 4, 1)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("4310430", date(2019, 4, 30)),
        ("平成元年1月8日", date(1989, 1, 8)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("昭和元年12月25日", date(1926, 12, 25)),
        ("大正15年12月25日", date(1926, 12, 25)),
        ("2010730", date(1912, 7, 30)),
        ("明治45年7月30日", date(1912, 7, 30)),
        ("1330101", date(1900, 1, 1)),
        ("M33.1.1", date(1900, 1, 1)),
        ("H12.2.29", date(2000, 2, 29)),
        ("2026-12-01", TODAY),
    ],
)
def test_eras_begin_and_end_on_their_days(text: str, day: date) -> None:
    assert born_on(text, TODAY) == day


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "空欄です。"),
        (" 　", "空欄です。"),
        ("19500100", "年月日に不明な部分(0や00)があります。"),
        ("1950/00/00", "年月日に不明な部分(0や00)があります。"),
        ("00000000", "年月日に不明な部分(0や00)があります。"),
        ("3000102", "年月日に不明な部分(0や00)があります。"),
        ("19500230", "暦にない日付です。"),
        ("1900/2/29", "暦にない日付です。"),
        ("昭和25年13月1日", "暦にない日付です。"),
        ("昭和64年1月8日", "元号と年月日が合いません。"),
        ("平成31年5月1日", "元号と年月日が合いません。"),
        ("令和元年4月30日", "元号と年月日が合いません。"),
        ("3990101", "元号と年月日が合いません。"),
        ("2026-12-02", "今日より後の日付です。"),
        ("1899/12/31", "1900年より前の日付です。"),
        ("明治32年12月31日", "1900年より前の日付です。"),
        ("不明", "日付として読み取れません。"),
        ("6010101", "日付として読み取れません。"),
        ("1950-1", "日付として読み取れません。"),
        ("1/2/1950", "日付として読み取れません。"),
        ("500102", "日付として読み取れません。"),
    ],
)
def test_what_is_no_date_of_birth_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(WrongBirth, match=r".") as refused:
        born_on(text, TODAY)
    assert str(refused.value) == reason


def test_the_day_changes_at_midnight_in_japan() -> None:
    assert day_in_japan(datetime(2026, 12, 1, 14, 59, tzinfo=UTC)) == date(2026, 12, 1)
    assert day_in_japan(datetime(2026, 12, 1, 15, 0, tzinfo=UTC)) == date(2026, 12, 2)
