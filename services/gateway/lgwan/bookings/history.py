"""The history of a booking in words: who did what when, and what was otherwise before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from libs.contracts.booking import HistoryLine
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.lgwan.door.staff_names import StaffNames
from services.gateway.lgwan.door.words import DEED, state_words
from services.gateway.web.times import long_time


@dataclass(frozen=True)
class Past:
    """A version of a booking. `changes` are what differs from the one before, as (what, before,
    after)."""

    at: datetime
    deed: str
    who: str
    state: str
    starts_at: datetime
    changes: tuple[tuple[str, str, str], ...]
    reason: str


def pasts(
    history: Sequence[HistoryLine], catalog: CatalogIndex, names: StaffNames, since: int = 0
) -> tuple[Past, ...]:
    """The newest first; those after the version `since`."""
    before = (None, *history)
    pairs = zip(before, history, strict=False)
    told = [_past(line, last, catalog, names) for last, line in pairs if line.version > since]
    return tuple(reversed(told))


def _past(
    line: HistoryLine, last: HistoryLine | None, catalog: CatalogIndex, names: StaffNames
) -> Past:
    return Past(
        at=line.at,
        deed=DEED.get(line.what, line.what),
        who=names.of(line.actor),
        state=state_words(line.status, line.outcome),
        starts_at=line.starts_at,
        changes=tuple(_changes(last, line, catalog)) if last else (),
        reason=line.reason or "",
    )


def _changes(
    last: HistoryLine, line: HistoryLine, catalog: CatalogIndex
) -> Iterator[tuple[str, str, str]]:  # fmt: skip
    if last.starts_at != line.starts_at:
        yield "日時", long_time(last.starts_at), long_time(line.starts_at)
    if last.office_id != line.office_id:
        yield "場所", catalog.office(last.office_id or ""), catalog.office(line.office_id or "")
