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
class OfficeCounts:
    name: str
    lines: tuple[tuple[str, Figures], ...]
    total: Figures


def by_office(rows: Iterable[CountRow]) -> list[OfficeCounts]:
    """The rows of each office together with their sum, in the order in which they came."""
    return [
        OfficeCounts(same[0].office_name, tuple(map(_line, same)), total(same))
        for same in (tuple(group) for _, group in groupby(rows, key=lambda row: row.office_id))
    ]


def total(rows: Iterable[CountRow]) -> Figures:
    counted = tuple(rows)
    return Figures(*(sum(getattr(row, f.name) for row in counted) for f in fields(Figures)))


def _line(row: CountRow) -> tuple[str, Figures]:
    return row.procedure_name, total((row,))
