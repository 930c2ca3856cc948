"""A booking as a line of the list and of its files: words only, and nobody's personal data."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from libs.contracts.booking import ListSort, StaffBooking, Stamps
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.lgwan.door.words import CHANNEL, NOT_DONE, OUTCOME, VISITOR, state_on
from services.gateway.web.times import local, now, weekday


@dataclass(frozen=True)
class BookingLine:
    """`starts` and `entered` are in the city's time. `warnings` are what to look at."""

    booking: StaffBooking
    starts: datetime
    entered: datetime
    office: str
    procedure: str
    channel: str
    visitor: str
    state: str
    warnings: tuple[str, ...]
    card_number: str = ""
    stamps: Stamps = Stamps()

    @property
    def id(self) -> UUID:
        return self.booking.booking_id

    @property
    def number(self) -> str:
        """The booking number as citizens have it on paper: in two groups of five."""
        return f"{self.booking.number[:5]}-{self.booking.number[5:]}"

    @property
    def day(self) -> str:
        return f"{self.starts:%Y/%m/%d}（{weekday(self.starts)}）"

    @property
    def time(self) -> str:
        return f"{self.starts:%H:%M}"

    @property
    def entered_at(self) -> str:
        return f"{self.entered:%Y/%m/%d %H:%M}"

    @property
    def why_undone(self) -> str:
        """Why the visit, or a part of it, ended without what it was for."""
        outcomes = dict.fromkeys((self.booking.outcome, *self.stamps.outcomes.values()))
        return "・".join(OUTCOME[outcome] for outcome in outcomes if outcome in NOT_DONE)

    @property
    def undone(self) -> bool:
        """Whether the visit ended without what it was for."""
        return self.booking.outcome in NOT_DONE


def line_of(
    booking: StaffBooking,
    catalog: CatalogIndex,
    card_number: str = "",
    stamps: Stamps | None = None,
) -> BookingLine:
    return BookingLine(
        booking=booking,
        starts=local(booking.starts_at),
        entered=local(booking.booked_at),
        office=catalog.office(booking.office_id),
        procedure="・".join(map(catalog.procedure, (booking.procedure_id, *booking.also))),
        channel=CHANNEL[booking.channel],
        visitor=VISITOR[booking.visitor],
        state=state_on(booking, now().date()),
        warnings=tuple(_warnings(booking)),
        card_number=card_number,
        stamps=stamps or Stamps(),
    )


def _warnings(booking: StaffBooking) -> list[str]:
    known = {"カードの場所が変更": booking.card_moved, "メール不達": booking.mail_failed}
    return [words for words, holds in known.items() if holds]


Value = str | int | date | time | datetime
"""What a cell holds. A spreadsheet sorts and counts days, times and numbers as what they are."""


@dataclass(frozen=True)
class FileColumn:
    """A column of the file; `width` is in characters of half width, as Excel counts."""

    heading: str
    width: float
    value: Callable[[BookingLine], Value]


def _time(at: datetime | None) -> Value:
    """Of the visit's own day, to the minute."""
    return local(at).time().replace(second=0, microsecond=0) if at else ""


COLUMNS = (
    FileColumn("来庁日", 16, lambda line: line.starts.date()),
    FileColumn("時刻", 7, lambda line: line.starts.time()),
    FileColumn("場所", 20, lambda line: line.office),
    FileColumn("予約番号", 13, lambda line: line.number),
    FileColumn("手続き", 30, lambda line: line.procedure),
    FileColumn("来庁者", 15, lambda line: line.visitor),
    FileColumn("予約種別", 11, lambda line: line.channel),
    FileColumn("状態", 22, lambda line: line.state),
    FileColumn("申込日時", 17, lambda line: line.entered),
    FileColumn("メール", 8, lambda line: "あり" if line.booking.has_email else "なし"),
    FileColumn("注意", 24, lambda line: "・".join(line.warnings)),
    FileColumn("完了できない理由", 17, lambda line: line.why_undone),
    FileColumn("受付番号", 9, lambda line: line.stamps.reception or ""),
    FileColumn("受付時刻", 9, lambda line: _time(line.stamps.arrived_at)),
    FileColumn("呼出時刻", 9, lambda line: _time(line.stamps.called_at)),
    FileColumn("呼んだ窓口", 10, lambda line: line.stamps.window or ""),
)

CARD_COLUMN = FileColumn("製造管理番号", 14, lambda line: line.card_number)


def columns_of(with_cards: bool) -> tuple[FileColumn, ...]:
    """Those of a file; the number of the card stands beside that of the booking."""
    if not with_cards:
        return COLUMNS
    at = next(n for n, column in enumerate(COLUMNS) if column.heading == "予約番号")
    return (*COLUMNS[: at + 1], CARD_COLUMN, *COLUMNS[at + 1 :])


PAGE_COLUMNS: tuple[tuple[ListSort, str], ...] = (
    ("starts_at", "来庁日時"),
    ("number", "番号"),
    ("procedure", "手続き"),
    ("office", "場所"),
    ("channel", "予約種別"),
    ("booked_at", "申込日時"),
    ("status", "状態"),
)
