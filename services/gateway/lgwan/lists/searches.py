"""A search among bookings: its filter and order, read from a form or an address and back."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, get_args
from urllib.parse import parse_qsl, urlencode

from libs.contracts.booking import CARD_NUMBERS, ListSort
from libs.rules.folding import fold
from libs.rules.personal_numbers import has_individual_number
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.lgwan.door.staff import Staff
from services.gateway.lgwan.door.words import CHANNEL, STATE_FILTERS, STATUS
from services.gateway.web.times import long_date
from services.gateway.web.typed import INDIVIDUAL_NUMBER, Mistyped, read_booking_number

SORTS: dict[ListSort, str] = {
    "starts_at": "来庁日時",
    "number": "番号",
    "procedure": "手続き",
    "office": "場所",
    "channel": "予約種別",
    "booked_at": "申込日時",
    "status": "状態",
}
assert set(SORTS) == set(get_args(ListSort))
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_AFTER = re.compile(
    r"(?P<word>.*)_(?:\d{4}-\d\d-\d\dT[0-9:.]{5,15}(?:\+\d\d:\d\d|Z)_[0-9a-f-]{36}|[0-9A-Z]{10})"
)
_YEARS = range(2000, 2100)
_NO_CHOICE = "{what}を選び直してください。選んだものは、いまは選べません。"
_NO_DAY = "{what}は、カレンダーにある日を入力してください。例：2026年12月1日"
_BACKWARDS = "{what}の終わりは、始めと同じ日か、それより後の日にしてください。"
_DAYS = {
    "from": "来庁日の始め",
    "until": "来庁日の終わり",
    "booked_from": "申込日の始め",
    "booked_until": "申込日の終わり",
}


@dataclass(frozen=True)
class ListSearch:
    """What its address says: codes, ISO dates, a booking number; an empty text means all.

    `sort` has a `-` before it downwards. Days are those of the visit and of the booking. `cards` is
    "1" where the numbers of cards are shown as well.
    """

    office: str = ""
    procedure: str = ""
    status: str = ""
    channel: str = ""
    from_: str = ""
    until: str = ""
    booked_from: str = ""
    booked_until: str = ""
    number: str = ""
    sort: str = "starts_at"
    after: str = ""
    cards: str = ""

    @property
    def query(self) -> dict[str, str]:
        """The parts of an address that are set, which are also what booking is asked."""
        named = {name.rstrip("_"): value for name, value in vars(self).items()}
        return {name: value for name, value in named.items() if value}

    @property
    def saved(self) -> str:
        """The search as it is kept: without the place one had come to."""
        return urlencode(replace(self, after="").query)

    def url(self, path: str = "/bookings", **other: str) -> str:
        """The address of this search, with `other` in place of parts of it."""
        return f"{path}?{urlencode(replace(self, **other).query)}"

    def sorted_by(self, column: ListSort) -> str:
        """Where a press of a column's heading leads: upwards, and downwards the second time."""
        return self.url(sort=f"-{column}" if self.sort == column else column, after="")

    def direction(self, column: ListSort) -> str:
        """For aria-sort; empty for a column that does not decide."""
        ways = {column: "ascending", f"-{column}": "descending"}
        return ways.get(self.sort, "")


@dataclass(frozen=True)
class ReadSearch:
    """A search as it was read. `errors` are sentences by field; what is wrong is in them only."""

    search: ListSearch
    errors: dict[str, str]


def from_today(today: date) -> ListSearch:
    """What the list opens with: everything that is still to come."""
    return ListSearch(from_=today.isoformat())


def read_saved(text: str) -> dict[str, str]:
    """The fields of a search that was kept."""
    return dict(parse_qsl(text, max_num_fields=20))


def read_search(given: Mapping[str, str], catalog: CatalogIndex, member: Staff) -> ReadSearch:
    """The search in a form or an address, each field checked against what one may choose."""
    errors: dict[str, str] = {}
    asked = {f.name: given.get(f.name.rstrip("_"), "").strip()[:300] for f in fields(ListSearch)}
    for name, read in _readers(catalog, member).items():
        try:
            asked[name] = read(asked[name]) if asked[name] else ""
        except Mistyped as mistyped:
            errors[name.rstrip("_")] = str(mistyped)
            if has_individual_number(asked[name]):
                asked[name] = ""
    # Nobody types these three: there is no field to correct.
    if asked["sort"].removeprefix("-") not in SORTS:
        asked["sort"] = "starts_at"
    asked["cards"] = "1" if asked["cards"] == "1" and member.may(CARD_NUMBERS) else ""
    if not _is_place(asked["after"], catalog):
        asked["after"] = ""
    search = ListSearch(**asked)
    return ReadSearch(search, errors or _backwards(search))


def _readers(catalog: CatalogIndex, member: Staff) -> dict[str, Callable[[str], str]]:
    offices = {office for office in catalog.offices if member.sees_bookings_of(office)}
    return {
        "office": _choice(offices, "場所"),
        "procedure": _choice(set(catalog.procedures), "手続き"),
        "status": _choice(set(STATE_FILTERS), "状態"),
        "channel": _choice(set(CHANNEL), "予約種別"),
        "from_": _day_of("from"),
        "until": _day_of("until"),
        "booked_from": _day_of("booked_from"),
        "booked_until": _day_of("booked_until"),
        "number": _number,
    }


def _is_place(text: str, catalog: CatalogIndex) -> bool:
    """Whether booking may have written this as the place where a list goes on."""
    found = _AFTER.fullmatch(text)
    words = ("", *catalog.offices, *catalog.procedures, *STATUS, *CHANNEL)
    return found is not None and found["word"] in words


def _choice(known: set[str], what: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in known:
            raise Mistyped(_NO_CHOICE.format(what=what))
        return text

    return read


def _day_of(field: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        found = _DAY.fullmatch(fold(text))
        try:
            day = date(*map(int, found.groups())) if found else None
        except ValueError:
            day = None
        if day is None or day.year not in _YEARS:
            wrong = INDIVIDUAL_NUMBER if has_individual_number(text) else _NO_DAY
            raise Mistyped(wrong.format(what=_DAYS[field]))
        return day.isoformat()

    return read


def _number(text: str) -> str:
    if has_individual_number(text):
        raise Mistyped(INDIVIDUAL_NUMBER)
    return read_booking_number(text)


def _backwards(search: ListSearch) -> dict[str, str]:
    wrong = {}
    if search.from_ and search.until and search.until < search.from_:
        wrong["until"] = _BACKWARDS.format(what="来庁日")
    if search.booked_from and search.booked_until and search.booked_until < search.booked_from:
        wrong["booked_until"] = _BACKWARDS.format(what="申込日")
    return wrong


def in_words(search: ListSearch, catalog: CatalogIndex) -> str:
    """The filter and the order as a line of a printed list."""
    parts = [
        ("場所", catalog.office(search.office) if search.office else ""),
        ("手続き", catalog.procedure(search.procedure) if search.procedure else ""),
        ("状態", _word(STATE_FILTERS, search.status)),
        ("予約種別", _word(CHANNEL, search.channel)),
        ("来庁日", _span(search.from_, search.until)),
        ("申込日", _span(search.booked_from, search.booked_until)),
        ("番号", search.number),
        ("並び順", _order(search.sort)),
    ]
    return "　".join(f"{name}：{words}" for name, words in parts if words)


def _word(words: Mapping[Any, str], code: str) -> str:
    return words.get(code, "")


def _span(first: str, last: str) -> str:
    if not first and not last:
        return ""
    if first == last:
        return long_date(date.fromisoformat(first))
    ends = [long_date(date.fromisoformat(day)) if day else "" for day in (first, last)]
    return "から".join(ends) + ("まで" if last else "")


def _order(sort: str) -> str:
    words = _word(SORTS, sort.removeprefix("-"))
    return f"{words}の降順" if sort.startswith("-") else f"{words}の昇順"
