"""Sums over the counts of a day."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from itertools import groupby

from libs.contracts.reporting import CountRow


@dataclass(frozen=True)
class Figures:
    """Bookings (件) by what became of them; the columns of the page, in its order."""

    booked: int = 0
    waiting: int = 0
    arrived: int = 0
    finished: int = 0
    unfinished: int = 0
    missed: int = 0
    cancelled: int = 0

    def __iter__(self) -> Iterator[int]:
        return iter(vars(self).values())


HEADINGS = ("予約", "予約済", "受付済", "完了", "完了できず", "来庁なし", "取消")


@dataclass(frozen=True)
class Waits:
    """From 受付 to the first 呼出, in words: 「12分」, or a dash where nobody was called."""

    average: str
    longest: str


@dataclass(frozen=True)
class CountLine:
    """What one row of the page says."""

    name: str
    figures: Figures
    waits: Waits


@dataclass(frozen=True)
class OfficeCounts:
    name: str
    lines: tuple[CountLine, ...]
    total: CountLine


def by_office(rows: Iterable[CountRow]) -> list[OfficeCounts]:
    """The rows of each office together with their sum, in the order in which they came."""
    return [
        OfficeCounts(
            same[0].office_name,
            tuple(line(row.procedure_name, (row,)) for row in same),
            line("小計", same),
        )
        for same in (tuple(group) for _, group in groupby(rows, key=lambda row: row.office_id))
    ]


def line(name: str, rows: Iterable[CountRow]) -> CountLine:
    """Rows as one; the average is that over all people, not over the rows."""
    counted = tuple(rows)
    people, seconds = sum(row.waits for row in counted), sum(row.wait_seconds for row in counted)
    longest = max((row.longest_wait for row in counted if row.longest_wait is not None), default=0)
    waits = Waits(_minutes(seconds / people), _minutes(longest)) if people else Waits("－", "－")
    return CountLine(name, total(counted), waits)


def total(rows: Iterable[CountRow]) -> Figures:
    counted = tuple(rows)
    return Figures(*(sum(getattr(row, f.name) for row in counted) for f in fields(Figures)))


def _minutes(seconds: float) -> str:
    """Whole minutes; what is less than one is said so."""
    return f"{round(seconds / 60)}分" if seconds >= 60 else "1分未満"
