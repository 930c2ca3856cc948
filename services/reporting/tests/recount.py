"""The figures once more, from what is true of each booking, one by one: no SQL, nothing clever."""

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date

from libs.contracts.reporting import LEADS, FigureGroup, FigureQuery, Figures

from .histories import Life, in_city

Cut = dict[tuple[object, ...], Figures]


def chosen(lives: Iterable[Life], asked: FigureQuery) -> list[Life]:
    """The bookings that a question is about."""
    return [
        life
        for life in lives
        if asked.first <= day_of(life, asked) <= asked.last
        and asked.office in (None, life.office_id)
        and asked.window in (None, window_of(life))
        and asked.procedure in (None, life.procedure_id)
        and asked.channel in (None, life.channel)
        and (asked.cancelled or life.status != "cancelled")
    ]


def day_of(life: Life, asked: FigureQuery) -> date:
    return in_city(life.starts_at if asked.basis == "visit" else life.booked_at)


def came(life: Life) -> bool:
    return life.status in ("arrived", "finished")


def window_of(life: Life) -> int | None:
    return life.window if came(life) else None


def lead_of(life: Life) -> int:
    days = (in_city(life.starts_at) - in_city(life.booked_at)).days
    return sum(days >= border for border in LEADS)


def by(lives: Iterable[Life], key: Callable[[Life], tuple[object, ...]]) -> Cut:
    """The figures of those that have the same key."""
    same: dict[tuple[object, ...], list[Life]] = defaultdict(list)
    for life in lives:
        same[key(life)].append(life)
    return {key: figures(found) for key, found in same.items()}


def figures(lives: list[Life]) -> Figures:
    count = _Count(lives)
    waits = sorted(_seconds(life, "arrived_at", "first_call") for life in lives if _waited(life))
    serves = [_seconds(life, "first_call", "finished_at") for life in lives if _served(life)]
    undone = ("papers", "identity", "outage")
    return Figures(
        bookings=len(lives),
        people=sum(life.cards or 1 for life in lives),
        procedures=sum((life.cards or 1) + len(life.also) for life in lives),
        waiting=count(status="confirmed"),
        arrived=count(status="arrived"),
        finished=sum(life.status == "finished" and life.outcome not in undone for life in lives),
        unfinished=sum(life.status == "finished" and life.outcome in undone for life in lives),
        papers=count(status="finished", outcome="papers"),
        identity=count(status="finished", outcome="identity"),
        outage=count(status="finished", outcome="outage"),
        missed=count(status="missed"),
        cancelled=count(status="cancelled"),
        cancelled_by_staff=count(status="cancelled", cancelled_by_staff=True),
        moves=sum(len(life.moves) for life in lives),
        moves_by_staff=sum(sum(life.moves) for life in lives),
        waits=len(waits),
        wait_seconds=sum(waits),
        median_wait=round(statistics.median(waits)) if waits else None,
        high_wait=_high(waits),
        longest_wait=waits[-1] if waits else None,
        serves=len(serves),
        serve_seconds=sum(serves),
        lead_days=sum((in_city(x.starts_at) - in_city(x.booked_at)).days for x in lives),
        minutes=sum(life.minutes for life in lives),
    )


class _Count:
    def __init__(self, lives: list[Life]) -> None:
        self._lives = lives

    def __call__(self, **values: object) -> int:
        """Those whose fields are so."""
        return sum(all(getattr(x, k) == v for k, v in values.items()) for x in self._lives)


def procedures_done(lives: Iterable[Life], *, by_office: bool) -> dict[tuple[object, ...], int]:
    """How often each procedure is done, be it the first of a visit or not."""
    done: dict[tuple[object, ...], int] = defaultdict(int)
    for life in lives:
        office = (life.office_id,) if by_office else ()
        done[*office, life.procedure_id] += life.cards or 1
        for also in life.also:
            done[*office, also] += 1
    return dict(done)


def as_cut(groups: Iterable[FigureGroup], *names: str) -> Cut:
    """What was answered, in the same shape."""
    return {tuple(getattr(g, name) for name in names): g.figures for g in groups}


def _waited(life: Life) -> bool:
    return came(life) and bool(life.arrived_at and life.first_call)


def _served(life: Life) -> bool:
    return came(life) and bool(life.first_call and life.finished_at)


def _seconds(life: Life, earlier: str, later: str) -> int:
    return max(0, int((getattr(life, later) - getattr(life, earlier)).total_seconds()))


def _high(waits: list[int]) -> int | None:
    """The 95th of a hundred, between two neighbours where it has to be."""
    if not waits:
        return None
    place = 0.95 * (len(waits) - 1)
    low = int(place)
    above = waits[min(low + 1, len(waits) - 1)]
    return round(waits[low] + (place - low) * (above - waits[low]))
