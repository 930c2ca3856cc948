"""Which list should have been written last, and what its file is called."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import uuid4

KEPT_DAYS = 2
"""So long after its day a list is removed."""

_ONE_DAY = timedelta(days=1)
_NAME = re.compile(r"予約_.+_(\d{4}-\d{2}-\d{2})\.xlsx")
_PART = re.compile(r"予約_.+_\d{4}-\d{2}-\d{2}(\.xlsx\.[0-9a-f]{32})?\.part")
"""The shorter ones are of an older release."""
_NO_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


@dataclass(frozen=True)
class DueLists:
    """The lists of `day`, which are to be there since this moment."""

    since: datetime
    day: date


def due(at: datetime, morning: time, evening: time) -> DueLists:
    """In the morning the lists of the day itself, in the evening those of the next. `at` is in the
    city's time."""
    today, zone = at.date(), at.tzinfo
    moments = (
        DueLists(datetime.combine(today - _ONE_DAY, evening, zone), today),
        DueLists(datetime.combine(today, morning, zone), today),
        DueLists(datetime.combine(today, evening, zone), today + _ONE_DAY),
    )
    return max((one for one in moments if one.since <= at), key=lambda one: one.since)


def file_name(office: str, day: date) -> str:
    """予約_鶴崎支所_2026-12-01.xlsx"""
    return f"予約_{_NO_NAME.sub('_', office)}_{day.isoformat()}.xlsx"


def part_name(name: str) -> str:
    """What the file is called while it is written, for this writer alone."""
    return f"{name}.{uuid4().hex}.part"


def is_part(name: str) -> bool:
    """Whether this is a list of ours that is not written yet."""
    return bool(_PART.fullmatch(name))


def is_old(name: str, today: date) -> bool:
    """Whether this is a list of ours that nobody needs any more."""
    found = _NAME.fullmatch(name)
    return bool(found) and date.fromisoformat(found[1]) < today - KEPT_DAYS * _ONE_DAY  # type: ignore[index]
