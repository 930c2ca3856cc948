"""前日準備 as its page shows it: which list was asked for, and a card as a row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

from libs.common.errors import Malformed
from libs.contracts.booking import CardPlace, Preparation, PreparationSort, PreparationTick
from libs.contracts.times import find_day, parse_day
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.lgwan.door.words import NOT_DONE, VISITOR, outcome_words
from services.gateway.web.times import clock, local
from services.gateway.web.typed import harmless

PATH = "/preparations"
ENDING = 4
"""So many signs of a number are enough: what one reads off an envelope."""
_READY = {"ready": True, "back": False}
_NOT_HERE: dict[CardPlace, str] = {
    "gone": "交付済みの記録あり",
    "unknown": "カード未確認",
}


Sort = Literal["card", "number", "time", "name"]
"""By 製造管理番号, 予約番号, time or name; who may not see the first has the two next to it."""
_SORTS: tuple[Sort, ...] = ("card", "number", "time", "name")


@dataclass(frozen=True)
class Asked:
    """Which list: without a day that of the next open one. `changed` was just ticked, by its number
    where it was `typed`, the shelf of `shelved` just written down. `usual` is the order that one's
    addresses do not name."""

    office: str
    day: date | None = None
    sort: Sort = "number"
    changed: UUID | None = None
    usual: Sort = "number"
    shelved: UUID | None = None
    typed: bool = False

    @property
    def asked_of_booking(self) -> PreparationSort:
        """Booking knows no numbers of cards: such an order is made here."""
        return "number" if self.sort == "number" else "time"

    def url(self, **other: str) -> str:
        """The address of this list, with `other` in place of parts of it; the mark is not kept."""
        parts = {
            "office": self.office,
            "day": self.day.isoformat() if self.day else "",
            "sort": self.sort,
            **other,
        }
        if parts["sort"] == self.usual:
            parts["sort"] = ""
        return f"{PATH}?{urlencode({name: value for name, value in parts.items() if value})}"


def read_asked(
    query: Mapping[str, str], offices: Iterable[tuple[str, str]], sees_numbers: bool
) -> Asked:
    """What cannot be understood is left out; the office is one of one's own, else the first."""
    mine = [office_id for office_id, _ in offices]
    wanted = harmless(query.get("office", ""))
    office = wanted if wanted in mine else next(iter(mine), "")
    usual: Sort = "card" if sees_numbers else "number"
    possible = _SORTS if sees_numbers else _SORTS[1:3]
    sort = next((sort for sort in possible if sort == query.get("sort")), usual)
    changed, shelved = (_uuid(query.get(name, "")) for name in ("changed", "shelved"))
    typed = bool(query.get("typed"))
    return Asked(office, find_day(query.get("day", "")), sort, changed, usual, shelved, typed)


def _short(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class CardToLay:
    """A card to lay out. `starts` is in the city's time; `warnings` are what to look at first."""

    visit: Preparation
    starts: datetime
    procedure: str
    visitor: str
    warnings: tuple[str, ...]
    ready: bool
    done: str
    why_back: str
    card_number: str = ""

    @property
    def number(self) -> str:
        """The booking number as citizens have it on paper: in two groups of five."""
        return f"{self.visit.number[:5]}-{self.visit.number[5:]}"

    @property
    def time(self) -> str:
        return f"{self.starts:%H:%M}"

    def is_meant(self, code: str) -> bool:
        """Whether `code` is the card number or the booking number, or the last four of one."""
        numbers = (self.card_number.replace("-", ""), self.visit.number)
        return any(one == code or (len(code) == ENDING and one.endswith(code)) for one in numbers)

    def value(self, ready: bool) -> str:
        """What the button of this row sends."""
        return f"{'ready' if ready else 'back'}.{self.visit.booking_id}"


def in_order(rows: Iterable[CardToLay], sort: Sort) -> list[CardToLay]:
    """As booking listed them, or by what it does not know; what is not known comes last."""
    match sort:
        case "card":
            return sorted(rows, key=lambda row: (not row.card_number, row.card_number))
        case "name":
            return sorted(rows, key=lambda row: (not row.visit.kana, row.visit.kana or ""))
        case _:
            return list(rows)


def card_row(
    visit: Preparation,
    catalog: CatalogIndex,
    office_id: str,
    day: date,
    card_number: str = "",
) -> CardToLay:
    """`visit` in the list of this office and day."""
    at = visit.prepared_at
    return CardToLay(
        visit=visit,
        starts=local(visit.starts_at),
        procedure="・".join(map(catalog.procedure, (visit.procedure_id, *visit.also))),
        visitor=VISITOR[visit.visitor],
        warnings=tuple(_warnings(visit, catalog)),
        ready=at is not None,
        done=f"{_short(local(at))} {clock(at)}" if at else "",
        why_back=_why_back(visit, catalog, office_id, day),
        card_number=card_number,
    )


def _warnings(visit: Preparation, catalog: CatalogIndex) -> Iterable[str]:
    if visit.card == "elsewhere" and visit.card_office_id:
        yield f"カードは{catalog.office(visit.card_office_id)}"
    elif visit.card != "here":
        yield _NOT_HERE[visit.card]


def _why_back(visit: Preparation, catalog: CatalogIndex, office_id: str, day: date) -> str:
    """Why a card that was laid out will not be handed over at this office on this day."""
    starts = local(visit.starts_at)
    if visit.status == "cancelled":
        return "予約が取り消されました"
    if visit.office_id != office_id:
        return f"場所が{catalog.office(visit.office_id)}に変わりました"
    if starts.date() != day:
        return f"来庁日が{_short(starts)}に変わりました"
    if visit.status == "missed":
        return "来庁がありませんでした"
    if visit.outcome in NOT_DONE:
        return outcome_words(visit.outcome)
    return "受け取る方が変わりました"


@dataclass(frozen=True)
class Ticked:
    """A button of the list, as its form sends it."""

    booking_id: UUID
    ask: PreparationTick

    def key(self, form_key: str) -> str:
        """The idempotency key of this button in one rendered list."""
        wanted = f"{form_key}.{self.booking_id}.{self.ask.ready}"
        return sha256(wanted.encode()).hexdigest()


def read_ticked(value: str, day: str) -> Ticked:
    """Raises Malformed for anything but the value of a button."""
    what, _, booking_id = value.partition(".")
    try:
        ask = PreparationTick(day=parse_day(day), ready=_READY[what])
        return Ticked(UUID(booking_id), ask)
    except (KeyError, ValueError):
        raise Malformed("This is not a button of the list.") from None
