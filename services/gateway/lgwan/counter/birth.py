"""A date of birth as staff hear it: typed into one field, and said back in both calendars."""

from datetime import date

from libs.rules.dates import Era, era_of
from libs.rules.visits import age_on
from services.gateway.web.typed import read_whole_birth

HOW = "生年月日は、S45.3.22、昭和45年3月22日、1970/3/22 のどれかの形で入力してください。"
_ERAS: dict[Era, str] = {
    "meiji": "明治",
    "taisho": "大正",
    "showa": "昭和",
    "heisei": "平成",
    "reiwa": "令和",
}


def read_born(text: str, today: date) -> date:
    """Raises Mistyped."""
    return read_whole_birth(text, today, HOW)


def born_in_words(born: date, today: date) -> str:
    """昭和45年3月22日（1970年）56歳"""
    era, year = era_of(born)
    of_era = f"{_ERAS[era]}{'元' if year == 1 else year}年{born.month}月{born.day}日"
    return f"{of_era}（{born.year}年）{age_on(today, born)}歳"
