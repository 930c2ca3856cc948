"""What a file changes: each number once, compared with what is known already."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from .problems import TooManyRows
from .rows import NUMBER, Entry, Fault

MAX_ROWS = 100_000
Effect = Literal["added", "changed", "moved", "unchanged"]


@dataclass(frozen=True, slots=True)
class Known:
    """What the list says about a number so far."""

    born: date
    office_id: str
    shielded: bool = False

    def shielded_by(self, entry: Entry) -> bool:
        """A file that says nothing about it changes nothing."""
        return self.shielded if entry.shielded is None else entry.shielded


def effect_of(entry: Entry, known: Known | None) -> Effect:
    """'moved' comes before 'changed': the card is elsewhere, whatever else is new."""
    if known is None:
        return "added"
    if known.office_id != entry.office_id:
        return "moved"
    told = (entry.born, known.shielded_by(entry))
    return "unchanged" if told == (known.born, known.shielded) else "changed"


@dataclass
class Ledger:
    """Counts the rows of one file and finds numbers that come twice."""

    limit: int = MAX_ROWS
    rows: int = 0
    rejected: int = 0
    effects: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    _first: dict[str, Entry] = field(default_factory=dict)

    def sort(self, read: Iterable[Entry | list[Fault]]) -> list[Entry]:
        """The entries whose number comes for the first time. Raises TooManyRows."""
        fresh: list[Entry] = []
        for row in read:
            self.rows += 1
            if self.rows > self.limit:
                raise TooManyRows(
                    f"一度に取り込めるのは{self.limit:,}行までです。ファイルを分けてください。"
                )
            if isinstance(row, list):
                self._reject(row)
            elif self._is_first(row):
                fresh.append(row)
        return fresh

    def _is_first(self, entry: Entry) -> bool:
        first = self._first.setdefault(entry.number, entry)
        if first is entry:
            return True
        if replace(first, line=entry.line) == entry:
            self.effects["unchanged"] += 1
        else:
            reason = f"{first.line}行目と同じ番号で、内容が違います。"
            self._reject([Fault(entry.line, NUMBER, reason)])
        return False

    def _reject(self, faults: list[Fault]) -> None:
        self.rejected += 1
        self.faults.extend(faults)
