"""What the city offers: offices, procedures, times, and the state of every cell."""

from collections.abc import Iterable, Sequence
from datetime import date, time
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from libs.common.facts import Contract

CELL_MINUTES = 5
"""The grid of all times: a visit of 30 minutes takes 6 cells of one window."""

BOOKED_UNTIL = 253402300799.0
"""`taken_until` of a booked cell, in seconds since 1970: the end of the year 9999."""

Visitor = Literal["self", "guardian", "proxy"]
"""本人 / 本人と法定代理人 / 任意代理人"""

Channel = Literal["web", "phone", "counter"]
"""ネット / 電話 / 窓口・当日"""

Status = Literal["confirmed", "arrived", "finished", "missed", "cancelled"]
BOOKED: tuple[Status, ...] = ("confirmed",)
STANDING: tuple[Status, ...] = ("confirmed", "arrived")
"""Somebody is expected, or here."""
WITH_RESULT: tuple[Status, ...] = ("confirmed", "arrived", "finished", "missed")
"""Somebody came or did not, or that is still open."""
"""予約済 / 受付済 / 完了 / 来庁なし / 取消"""

Outcome = Literal["collected", "done", "applied", "papers", "identity", "outage"]
"""交付済 / 手続完了 / 申請受付済 / 完了できず: 書類不足, 本人確認, システム障害"""

Need = Literal["wheelchair", "writing", "interpreter", "reading", "stroller"]
"""車いす / 筆談・手話 / 通訳 (in a language of Spoken) / 代筆・読み上げ / ベビーカー"""

Spoken = Literal["en", "zh", "ko", "vi", "tl", "ne", "id", "my", "pt", "es", "th", "other"]
"""What an interpreter is to speak: 英語 / 中国語 / 韓国語 / ベトナム語 / フィリピノ語 /
ネパール語 / インドネシア語 / ミャンマー語 / ポルトガル語 / スペイン語 / タイ語 / そのほかの言語"""

Relation = Literal["self", "spouse", "child", "parent", "other"]
"""わたし / 配偶者 / 子 / 親 / そのほか: how a family tells its numbers apart."""

Use = Literal["off", "optional", "required"]
"""Whether a form asks for something, and whether it must be answered."""

Language = Literal["ja", "ja-easy", "en", "zh-CN", "ko", "vi"]
"""日本語 / やさしい日本語 / English / 简体中文 / 한국어 / Tiếng Việt"""


class Break(Contract):
    """Part of each day in which a series is closed, but for the windows it `keeps` (昼窓口)."""

    starts: time
    ends: time
    keeps: tuple[int, ...] = ()


class Series(Contract):
    """Start times that an office offers: `unit_minutes` apart, on `weekdays` (0 = Monday).

    `windows` are the window numbers it may use; several series may share them. `staff_windows` are
    for bookings by staff alone. Closed on national holidays unless `on_holidays`, from 12/29 to 1/3
    unless `on_year_end`, and while the national system rests unless `on_stops`. Citizens see it
    from `published_from` on.
    """

    series_id: str
    procedure_ids: tuple[str, ...]
    weekdays: tuple[int, ...]
    opens: time
    closes: time
    unit_minutes: int = Field(ge=CELL_MINUTES, multiple_of=CELL_MINUTES)
    windows: tuple[int, ...]
    valid_from: date
    valid_until: date
    name: str = Field(default="", max_length=40)
    staff_windows: tuple[int, ...] = ()
    breaks: tuple[Break, ...] = ()
    on_holidays: bool = False
    published_from: AwareDatetime | None = None
    on_year_end: bool = False
    on_stops: bool = False


ClosureKind = Literal["holiday", "year-end", "stop"]
"""祝日 / 年末年始 / 全国システムの停止日"""
MAINTENANCE_DAY = "全国システムの点検日"
"""The reason of a stop by the rule; others have words of their own."""


class Closure(Contract):
    """A day on which the series of an office are closed, and why, as citizens may read it.

    Those that say so are open in spite of its `kind`; `whole` is a day that the city itself closed,
    for all of them.
    """

    day: date
    reason: str
    whole: bool = False
    kind: ClosureKind = "holiday"


class OfficeOutage(Contract):
    """The national system has failed: these procedures cannot be booked at the office for now, and
    who comes until the end of `last_day` has been told."""

    procedure_ids: tuple[str, ...]
    since: AwareDatetime
    last_day: date


class OfficeText(Contract):
    """What an office is called in another language; an empty text falls back to Japanese."""

    name: str = ""
    address: str = ""


class LaterAddress(Contract):
    """Where an office is from the morning of `from_day` on; `texts` is that in other languages."""

    from_day: date
    address: str
    texts: dict[Language, str] = Field(default_factory=dict)


class Guidance(Contract):
    """What holds on `days` at an office, each language's text; Japanese is always there."""

    guidance_id: UUID
    version: int
    days: tuple[date, ...]
    texts: dict[Language, str]

    @property
    def edition(self) -> str:
        """Which text of it this is; so it is known who was mailed an older one."""
        return f"{self.guidance_id}.{self.version}"

    def said_in(self, language: Language) -> tuple[tuple[Language, str], ...]:
        """The text in this language; without one, the Japanese and beside it the one in easy
        Japanese, which more people can read."""
        if own := self.texts.get(language):
            return ((language, own),)
        spare: tuple[Language, ...] = ("ja",) if language == "ja" else ("ja", "ja-easy")
        return tuple((code, self.texts[code]) for code in spare if self.texts.get(code))


def guidances_on(guidances: Iterable[Guidance], day: date) -> tuple[Guidance, ...]:
    """Those that hold on that day, in the order in which they are shown."""
    return tuple(guidance for guidance in guidances if day in guidance.days)


class Office(Contract):
    """`texts` are its words in other languages, `later` where it moves to, `closures` its closed
    days of the next year, `guidances` what those who come from today on should know, in the order
    in which it is shown. One that is `hidden` is offered to nobody any more; its bookings stay.
    """

    office_id: str
    name: str
    kana: str
    address: str
    phone: str
    series: tuple[Series, ...]
    position: int = 0
    version: int
    texts: dict[Language, OfficeText] = Field(default_factory=dict)
    closures: tuple[Closure, ...] = ()
    later: tuple[LaterAddress, ...] = ()
    hidden: bool = False
    guidances: tuple[Guidance, ...] = ()
    outages: tuple[OfficeOutage, ...] = ()

    def on(self, day: date) -> "Office":
        """The office with the address that it has on `day`."""
        moved = address_on(self.later, day)
        return self.model_copy(update={"address": moved.address}) if moved else self


def address_on(later: Sequence[LaterAddress], day: date) -> LaterAddress | None:
    """The last address whose first day has come by `day`; None before the first of them."""
    begun = [address for address in later if address.from_day <= day]
    return max(begun, key=lambda address: address.from_day, default=None)


class VisitorRule(Contract):
    """Who may come for a procedure, and what that takes.

    `documents` come on top of the procedure's own. With a `phone_reason` the visit is not booked
    online, because it would fail or take a second one: the sentence says why and leads to the
    phone.
    """

    visitor: Visitor
    documents: tuple[str, ...] = ()
    phone_reason: str = ""


class ProcedureText(Contract):
    """A procedure's words in another language. `visitors` has documents and reasons of those rules
    that have any."""

    name: str = ""
    plain: str = ""
    documents: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    visitors: tuple[VisitorRule, ...] = ()


class Length(Contract):
    """How long a visit takes that is on `from_day` or later, at one office; at every office without
    one of its own where `office_id` is empty."""

    from_day: date
    minutes: int
    office_id: str = ""


class Procedure(Contract):
    """`needs_card`: the person is checked against the imported list and the office is where the
    card is (unless `any_office`); otherwise 氏名カナ and date of birth are asked. `minutes` is how
    long a visit takes where none of `lengths` holds (libs.rules.visits.minutes_at).

    Bookable from `opens_days_before` to `closes_days_before` days ahead of the visit (0: until it
    starts); changed by the citizen until `changes_days_before`. `visitors` are those whom one can
    choose; `rules` say what each brings and who is led to the phone.

    `email` and `phone` are what the city asks for. `asks_inquiry`: a proxy needs the
    照会書兼回答書, and without it is led to the phone. `asks_cards`: for how many cards. `joins`:
    when one person comes for several procedures, their minutes are added, or the longest counts.
    `party_limit`: so many people at once. `online`: open, paused for now, or by phone only. One
    that is `hidden` is offered to nobody any more; its bookings stay.
    """

    procedure_id: str
    name: str
    plain: str
    group: str
    minutes: int = Field(ge=CELL_MINUTES, multiple_of=CELL_MINUTES)
    needs_card: bool
    outcomes: tuple[Outcome, ...]
    visitors: tuple[Visitor, ...]
    documents: tuple[str, ...]
    notes: tuple[str, ...]
    opens_days_before: int
    closes_days_before: int
    changes_days_before: int = 0
    position: int
    version: int
    rules: tuple[VisitorRule, ...] = ()
    any_office: bool = False
    email: Use = "optional"
    phone: Use = "off"
    asks_needs: bool = True
    asks_inquiry: bool = False
    asks_cards: bool = False
    joins: Literal["sum", "max"] = "sum"
    party_limit: int = 4
    online: Literal["open", "paused", "phone"] = "open"
    texts: dict[Language, ProcedureText] = Field(default_factory=dict)
    hidden: bool = False
    lengths: tuple[Length, ...] = ()

    @property
    def at_card_office(self) -> bool:
        """Whether one can come for it only where the card is."""
        return self.needs_card and not self.any_office

    def rule(self, visitor: Visitor) -> VisitorRule:
        """What holds for this visitor."""
        return next((r for r in self.rules if r.visitor == visitor), VisitorRule(visitor=visitor))


class Catalog(Contract):
    """GET /v1/catalog: everything a door shows apart from times."""

    offices: tuple[Office, ...]
    procedures: tuple[Procedure, ...]


class CellRun(Contract):
    """Neighbouring cells of one window. `versions` has one number a cell; `taken_until` is in
    seconds since 1970, 0 when free, BOOKED_UNTIL when booked."""

    window_id: int
    starts_at: AwareDatetime
    versions: tuple[int, ...]
    taken_until: float


class WindowDay(Contract):
    """One window on one day: runs of (first cell of the day 0–287, cells, version, taken_until).

    Only cells that a schedule opened appear.
    """

    window_id: int
    day: date
    runs: tuple[tuple[int, int, int, float], ...]


class BoardSnapshot(Contract):
    """GET /v1/board?office=…: the state of every cell of an office from today on."""

    office_id: str
    days: tuple[WindowDay, ...]
