"""What the address of 集計 asks for: which days, by which of its days, and which bookings."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, get_args
from urllib.parse import urlencode

from libs.contracts.booking import Channel
from libs.contracts.reporting import Basis, FigureQuery
from libs.contracts.times import find_day
from services.gateway.lgwan.door.day import read_day
from services.gateway.web.times import long_date, long_month
from services.gateway.web.typed import harmless

Unit = Literal["day", "month", "year", "range"]
UNIT: dict[Unit, str] = {"day": "日", "month": "月", "year": "年度", "range": "期間"}
BASIS: dict[Basis, str] = {"visit": "来庁日で", "booked": "申込日で"}
FIRST_MONTH = 4
"""Of a fiscal year."""
YEARS_MOST = 10


@dataclass(frozen=True)
class CountQuestion:
    """`window` is the number that called; 0 and empty texts mean all."""

    unit: Unit
    first: date
    last: date
    basis: Basis = "visit"
    office: str = ""
    window: int = 0
    procedure: str = ""
    channel: Channel | None = None
    cancelled: bool = True

    def asked(self) -> FigureQuery:
        return FigureQuery(
            first=self.first,
            last=self.last,
            basis=self.basis,
            office=self.office or None,
            window=self.window or None,
            procedure=self.procedure or None,
            channel=self.channel,
            cancelled=self.cancelled,
        )

    @property
    def fault(self) -> str:
        """Why this cannot be counted, as a sentence."""
        if self.last < self.first:
            return "終わりの日が、始まりの日より前です。日付を選び直してください。"
        if self.last >= _years_later(self.first, YEARS_MOST):
            return f"一度に数えられるのは{YEARS_MOST}年までです。期間を短くしてください。"
        return ""

    @property
    def title(self) -> str:
        match self.unit:
            case "day":
                return long_date(self.first)
            case "month":
                return long_month(self.first)
            case "year":
                return f"{self.first.year}年度"
        return f"{long_date(self.first)}から{long_date(self.last)}まで"

    @property
    def narrowed(self) -> bool:
        """Whether only some of the bookings are counted."""
        chosen = (self.office, self.window, self.procedure, self.channel)
        return any(chosen) or not self.cancelled

    @property
    def earlier(self) -> "CountQuestion":
        return self.spanning(self.unit, self.first - timedelta(days=1))

    @property
    def later(self) -> "CountQuestion":
        return self.spanning(self.unit, self.last + timedelta(days=1))

    def spanning(self, unit: Unit, day: date) -> "CountQuestion":
        """The day, month or fiscal year with this day in it."""
        first, last = span(unit, day)
        return replace(self, unit=unit, first=first, last=last)

    def query(self, **other: str) -> str:
        """As an address says it; what means all of it is left out."""
        parts = {"unit": self.unit, "day": self.first.isoformat()}
        parts |= {"until": self.last.isoformat()} if self.unit == "range" else {}
        parts |= {"by": "booked"} if self.basis == "booked" else {}
        chosen = {"office": self.office, "procedure": self.procedure, "channel": self.channel or ""}
        parts |= {name: value for name, value in chosen.items() if value}
        parts |= {"window": str(self.window)} if self.window else {}
        parts |= {} if self.cancelled else {"cancelled": "out"}
        return urlencode({**parts, **other})

    def url(self, **other: str) -> str:
        return f"/counts?{self.query(**other)}"

    @property
    def list_url(self) -> str:
        """The list of these bookings, from which they are saved as a file; empty where a list
        cannot be asked for them."""
        if self.window or not self.cancelled:
            return ""
        before = "booked_" if self.basis == "booked" else ""
        days = {f"{before}from": f"{self.first}", f"{before}until": f"{self.last}"}
        chosen = {"office": self.office, "procedure": self.procedure, "channel": self.channel or ""}
        return f"/bookings?{urlencode({**days, **{k: v for k, v in chosen.items() if v}})}"


def span(unit: Unit, day: date) -> tuple[date, date]:
    """The first and the last day of what `day` is in."""
    if unit == "month":
        first = day.replace(day=1)
        return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    if unit == "year":
        first = date(day.year - (day.month < FIRST_MONTH), FIRST_MONTH, 1)
        return first, _years_later(first, 1) - timedelta(days=1)
    return day, day


def _years_later(day: date, years: int) -> date:
    """The first day after so many years that begin on `day`."""
    if (day.month, day.day) == (2, 29):
        return date(day.year + years, 3, 1)
    return day.replace(year=day.year + years)


def read_question(
    query: Mapping[str, str], offices: Collection[str], procedures: Collection[str]
) -> CountQuestion:
    """What cannot be understood is left out, and an office of others is as unknown as none."""
    unit: Unit = next((one for one in UNIT if one == query.get("unit")), "day")
    day = read_day(harmless(query.get("day", "")))
    first, last = span(unit, day)
    if unit == "range":
        last = find_day(harmless(query.get("until", ""))) or day
    window = query.get("window", "")
    return CountQuestion(
        unit=unit,
        first=first,
        last=last,
        basis="booked" if query.get("by") == "booked" else "visit",
        office=_known(query.get("office"), offices),
        window=int(window) if window.isascii() and window.isdigit() and len(window) < 4 else 0,
        procedure=_known(query.get("procedure"), procedures),
        channel=next((one for one in get_args(Channel) if one == query.get("channel")), None),
        cancelled=query.get("cancelled") != "out",
    )


def _known(code: str | None, among: Collection[str]) -> str:
    return code if code and code in among else ""
