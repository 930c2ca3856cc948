"""One reader of eras: each begins and ends on its day."""

from datetime import date

import pytest

from libs.rules.dates import Era, WrongDate, day_of, era_of, split_date, split_year


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("平成元年1月8日", date(1989, 1, 8)),
        ("4010108", date(1989, 1, 8)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("R1.5.1", date(2019, 5, 1)),
        ("大正15年12月25日", date(1926, 12, 25)),
        ("昭和1年12月25日", date(1926, 12, 25)),
        ("明治45年7月30日", date(1912, 7, 30)),
    ],
)
def test_an_era_begins_and_ends_on_its_day(written: str, day: date) -> None:
    parts = split_date(written)
    assert parts is not None
    assert parts[0] is not None
    assert day_of(parts[0], *parts[1:]) == day


@pytest.mark.parametrize(
    ("day", "era", "year"),
    [
        (date(1989, 1, 7), "showa", 64),
        (date(1989, 1, 8), "heisei", 1),
        (date(2019, 4, 30), "heisei", 31),
        (date(2019, 5, 1), "reiwa", 1),
        (date(1926, 12, 25), "showa", 1),
    ],
)
def test_a_day_has_one_era(day: date, era: Era, year: int) -> None:
    assert era_of(day) == (era, year)


@pytest.mark.parametrize(
    ("era", "year", "month", "day", "reason"),
    [
        ("heisei", "1", "1", "1", "era-day"),
        ("heisei", "元", "1", "7", "era-day"),
        ("showa", "64", "3", "1", "era-day"),
        ("showa", "64", "1", "8", "era-day"),
        ("showa", "65", "1", "1", "era-year"),
        ("reiwa", "1", "4", "30", "era-day"),
        ("showa", "0", "1", "2", "zero"),
        ("showa", "25", "2", "30", "calendar"),
        ("ce", "50", "1", "2", "short-year"),
    ],
)
def test_what_is_no_day_of_the_era_is_refused(
    era: Era, year: str, month: str, day: str, reason: str
) -> None:
    with pytest.raises(WrongDate) as wrong:
        day_of(era, year, month, day)
    assert wrong.value.reason == reason


@pytest.mark.parametrize("text", ["昭和1950年1月2日", "S19500102", "1/2/1950", "不明", "6010101"])
def test_what_is_written_like_no_date_is_none(text: str) -> None:
    assert split_date(text) is None


def test_a_year_alone_may_name_its_era() -> None:
    assert split_year("S35年") == ("showa", "35")
    assert split_year("1960") == (None, "1960")
    assert split_year("昭和1960") is None
