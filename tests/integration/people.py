"""People whose personal data is easy to find again, wherever it may have leaked to."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

INDIVIDUAL_NUMBER = "731946508270"
"""Twelve digits with a valid check digit: they must turn up nowhere."""

_KANA = str.maketrans("0123456789", "カキクケコサシスセソ")
_numbers = itertools.count(1)


_SPELT = re.compile(
    r"[Zmモ昭1](?=((?<=Z)QX-?\d{6}|(?<=m)orinonushi\d+@family\.example|(?<=モ)リノヌシ[カ-ソ]+"
    r"|(?<=昭)和\d+年\d+月\d+日|(?<=1)9\d\d(?:-\d\d-\d\d|\d{4}|/\d+/\d+|年\d+月\d+日)))"
)
_SHORTEST = 6


def spelt_in(text: str) -> Iterator[str]:
    """Whatever looks like a secret of one of these people. Texts are many megabytes and people
    many, so they are read once for all of them; `1931/1/30` has `1931/1/3` in it as well."""
    for found in _SPELT.finditer(text):
        whole = found[0] + found[1]
        yield from (whole[:end] for end in range(_SHORTEST, len(whole) + 1))


@dataclass(frozen=True)
class Person:
    """Somebody for a test; no other test has them."""

    number: int

    @property
    def card(self) -> str:
        return f"ZQX-{700_000 + self.number}"

    @property
    def born(self) -> date:
        return date(1931, 1, 3) + timedelta(days=41 * self.number % 9000)

    @property
    def kana(self) -> str:
        return "モリノヌシ" + str(self.number).translate(_KANA)

    @property
    def email(self) -> str:
        return f"morinonushi{self.number}@family.example"

    def secrets(self) -> Iterator[str]:
        """Every spelling of what only this person's own pages and mails may show; `spelt_in` knows
        them."""
        born = self.born
        yield from (self.card, self.card.replace("-", ""), self.email, self.kana)
        yield from (born.isoformat(), f"{born:%Y%m%d}", f"{born.year}/{born.month}/{born.day}")
        yield f"{born.year}年{born.month}月{born.day}日"
        yield f"昭和{born.year - 1925}年{born.month}月{born.day}日"

    def row(self, office: str) -> str:
        """Their line of an import."""
        return f"{self.card},{self.born.isoformat()},{office}"


def new_person() -> Person:
    return Person(next(_numbers))


def everybody() -> list[Person]:
    """Everybody who was made so far."""
    made = next(_numbers)
    return [Person(number) for number in range(1, made)]


def csv_file(*rows: str) -> bytes:
    """A file of eligible persons, as a Japanese Excel saves it."""
    return "\r\n".join(("製造管理番号,生年月日,受取場所", *rows, "")).encode("cp932")
