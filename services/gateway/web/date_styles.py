"""How each language writes dates, months and times of day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from functools import cache, lru_cache

from babel import Locale
from babel.dates import format_date

from .ruby import ruby

_WEEKDAYS = "月火水木金土日"
_WEEKDAY_READINGS = ("げつ", "か", "すい", "もく", "きん", "ど", "にち")
_IRREGULAR_DAYS = {
    1: "ついたち",
    2: "ふつか",
    3: "みっか",
    4: "よっか",
    5: "いつか",
    6: "むいか",
    7: "なのか",
    8: "ようか",
    9: "ここのか",
    10: "とおか",
    14: "じゅうよっか",
    20: "はつか",
    24: "にじゅうよっか",
}


@dataclass(frozen=True)
class DateStyle:
    """`whole` and `short` have the weekday, `birthday` not; `whole` and `month` have the year, the
    short ones not.

    `glue` joins a date and a time of day; `around` is what stands before and after a number in a
    calendar to make a whole date of it.
    """

    whole: Callable[[date], str]
    short: Callable[[date], str]
    birthday: Callable[[date], str]
    month: Callable[[date], str]
    short_month: Callable[[date], str]
    weekday: Callable[[date], str]
    weekday_name: Callable[[date], str]
    around: Callable[[date], tuple[str, str]]
    clock: Callable[[time], str]
    glue: str = " "
    clock_first: bool = False


def _japanese_weekday(day: date) -> str:
    return _WEEKDAYS[day.weekday()]


def _japanese_clock(at: time) -> str:
    return f"{at.hour}時{at.minute:02}分"


JAPANESE_DATES = DateStyle(
    whole=lambda day: f"{day.year}年{day.month}月{day.day}日（{_japanese_weekday(day)}）",
    short=lambda day: f"{day.month}月{day.day}日（{_japanese_weekday(day)}）",
    birthday=lambda day: f"{day.year}年{day.month}月{day.day}日",
    month=lambda day: f"{day.year}年{day.month}月",
    short_month=lambda day: f"{day.month}月",
    weekday=_japanese_weekday,
    weekday_name=lambda day: f"{_japanese_weekday(day)}曜日",
    around=lambda day: (f"{day.month}月", f"日 {_japanese_weekday(day)}曜日 "),
    clock=_japanese_clock,
)


def _easy_day(day: date) -> str:
    reading = _IRREGULAR_DAYS.get(day.day)
    return f"{{{day.day}日|{reading}}}" if reading else f"{day.day}{{日|にち}}"


def _easy_weekday(day: date) -> str:
    return f"{{{_japanese_weekday(day)}|{_WEEKDAY_READINGS[day.weekday()]}}}"


def _easy_clock(at: time) -> str:
    hour = f"{at.hour}{{時|じ}}"
    minutes = "ふん" if at.minute % 10 in (2, 5, 7, 9) else "ぷん"
    return f"{hour}{at.minute:02}{{分|{minutes}}}" if at.minute else hour


EASY_DATES = DateStyle(
    whole=lambda day: ruby(
        f"{day.year}{{年|ねん}}{day.month}{{月|がつ}} {_easy_day(day)}（{_easy_weekday(day)}）"
    ),
    short=lambda day: ruby(f"{day.month}{{月|がつ}} {_easy_day(day)}（{_easy_weekday(day)}）"),
    birthday=lambda day: ruby(f"{day.year}{{年|ねん}}{day.month}{{月|がつ}} {_easy_day(day)}"),
    month=lambda day: ruby(f"{day.year}{{年|ねん}}{day.month}{{月|がつ}}"),
    short_month=lambda day: ruby(f"{day.month}{{月|がつ}}"),
    weekday=lambda day: ruby(_easy_weekday(day)),
    weekday_name=lambda day: ruby(f"{_easy_weekday(day)}{{曜日|ようび}}"),
    around=JAPANESE_DATES.around,
    clock=lambda at: ruby(_easy_clock(at)),
)


@cache
def _locale(name: str) -> Locale:
    return Locale.parse(name)


@lru_cache(4096)
def _written(day: date, pattern: str, locale: str) -> str:
    return format_date(day, pattern, locale=_locale(locale))


def by_pattern(
    locale: str,
    *,
    whole: str,
    short: str,
    birthday: str,
    month: str,
    short_month: str,
    weekday: str,
    around: tuple[str, str],
    glue: str = " ",
    clock_first: bool = False,
) -> DateStyle:
    """A style from patterns of the CLDR. Times of day are written 14:30."""

    def written(pattern: str) -> Callable[[date], str]:
        return lambda day: _written(day, pattern, locale)

    before, after = around
    return DateStyle(
        whole=written(whole),
        short=written(short),
        birthday=written(birthday),
        month=written(month),
        short_month=written(short_month),
        weekday=written(weekday),
        weekday_name=written("cccc"),
        around=lambda day: (
            _written(day, before, locale) if before else "",
            _written(day, after, locale) if after else "",
        ),
        clock=lambda at: f"{at:%H:%M}",
        glue=glue,
        clock_first=clock_first,
    )


ENGLISH_DATES = by_pattern(
    "en",
    whole="EEEE, MMMM d, y",
    short="EEE, MMM d",
    birthday="MMMM d, y",
    month="MMMM y",
    short_month="MMM",
    weekday="ccc",
    around=("EEEE, MMMM ", "' '"),
    glue=", ",
)
CHINESE_DATES = by_pattern(
    "zh_CN",
    whole="y年M月d日（EEE）",
    short="M月d日（EEE）",
    birthday="y年M月d日",
    month="y年M月",
    short_month="M月",
    weekday="ccccc",
    around=("M月", "日 EEEE "),
)
KOREAN_DATES = by_pattern(
    "ko",
    whole="y년 M월 d일 (EEE)",
    short="M월 d일 (EEE)",
    birthday="y년 M월 d일",
    month="y년 M월",
    short_month="M월",
    weekday="ccc",
    around=("M월 ", "일 EEEE "),
)
VIETNAMESE_DATES = by_pattern(
    "vi",
    whole="EEEE, 'ngày' d 'tháng' M 'năm' y",
    short="EEE, 'ngày' d/M",
    birthday="'ngày' d 'tháng' M 'năm' y",
    month="'Tháng' M 'năm' y",
    short_month="'Tháng' M",
    weekday="ccccc",
    around=("EEEE, 'ngày '", "' tháng' M "),
    glue=", ",
    clock_first=True,
)
