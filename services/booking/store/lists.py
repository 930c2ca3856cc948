"""Lists of bookings for staff: any filter, any order, continued where the last page ended.

Orders by a word (office, state …) go group by group, in the order in which pages show the words;
within a group by appointment. So each query has one index to walk along, and no page needs OFFSET.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, get_args
from uuid import UUID

from libs.common.assertion import EVERY_OFFICE
from libs.common.statements import one_of
from libs.contracts.booking import Channel, ListSort, Status
from libs.contracts.times import parse_zoned
from services.booking.domain.booking import Booking
from services.booking.domain.ticks import NOT_DONE

from .base import Repository
from .bookings import COLUMNS, booking_row
from .cards import SHIELDED_PARTY
from .standing import is_forgotten

PAGE = 200
SORTED_DAYS = 93
"""So many days are sorted for one page; a page of more is soon filled by walking along an index."""
_MIDNIGHT = "::date::timestamp AT TIME ZONE 'Asia/Tokyo'"
_NEXT_MIDNIGHT = "({}::date::timestamp + interval '1 day') AT TIME ZONE 'Asia/Tokyo'"
_ORDERS: dict[ListSort, tuple[str, ...]] = {
    "starts_at": ("starts_at", "booking_id"),
    "booked_at": ("booked_at", "booking_id"),
    "number": ("number",),
}
_BY_APPOINTMENT = _ORDERS["starts_at"]
_WORDS: dict[str, str] = {
    "office": "office_id",
    "procedure": "procedure_id",
    "status": "status",
    "channel": "channel",
}
_PLACES = {
    "office": "SELECT office_id FROM office ORDER BY position, office_id",
    "procedure": "SELECT procedure_id FROM procedure ORDER BY position, procedure_id",
}
_FIXED = {"status": get_args(Status), "channel": get_args(Channel)}
# States that are more than the word in the column.
_STATES = {
    "undone": f"(status = 'finished' AND {one_of('outcome', NOT_DONE)})",
    "forgotten": is_forgotten(),
}
# The values decide which index pays, so each list is planned for its own.
_PLAN = "SET LOCAL plan_cache_mode = force_custom_plan"


@dataclass(frozen=True)
class DaySpan:
    """Days of the city's calendar, first and last included; None is open."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class After:
    """Where a list goes on: after the row with this group and these values of the order."""

    group: str
    key: tuple[datetime | str | UUID, ...]

    @property
    def text(self) -> str:
        words = (k.isoformat() if isinstance(k, datetime) else str(k) for k in self.key)
        return "_".join((self.group, *words))


@dataclass(frozen=True)
class Filter:
    """Which bookings a list shows and in which order; None means all.

    `status` is a state, or `undone` (完了できず) or `forgotten` (結果未入力). `day` is one day of
    appointments, `days` are several; `after` continues a list.
    """

    office_id: str | None = None
    day: date | None = None
    procedure_id: str | None = None
    status: str | None = None
    number: str | None = None
    booking_ids: tuple[UUID, ...] | None = None
    channel: str | None = None
    days: DaySpan = field(default_factory=DaySpan)
    booked: DaySpan = field(default_factory=DaySpan)
    sort: ListSort = "starts_at"
    descending: bool = False
    after: After | None = None
    limit: int = PAGE
    shielded: bool = True
    """Also of people who are not served online, and of who comes along."""
    cards: bool = False
    """With what opens the numbers of their cards."""


def read_after(sort: ListSort, text: str) -> After:
    """What `After.text` wrote for this order. Raises ValueError."""
    order = _order(sort)
    group, *parts = text.rsplit("_", len(order))
    if len(parts) != len(order):
        raise ValueError("not a place in a list")
    return After(group, tuple(_READ[name](part) for name, part in zip(order, parts, strict=True)))


def after_row(sort: ListSort, row: Booking) -> str:
    """The place of a list behind `row`."""
    word = _WORDS.get(sort)
    key = tuple(getattr(row, name) for name in _order(sort))
    return After(getattr(row, word) if word else "", key).text


_READ: dict[str, Callable[[str], datetime | str | UUID]] = {
    "starts_at": parse_zoned,
    "booked_at": parse_zoned,
    "number": str,
    "booking_id": UUID,
}


def _order(sort: ListSort) -> tuple[str, ...]:
    return _ORDERS.get(sort, _BY_APPOINTMENT)


@dataclass
class _Query:
    """A WHERE that grows, with its arguments; all text is from this module."""

    conditions: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, condition: str, *values: Any) -> None:
        """`condition` with {} for each value; without a value (None) there is no condition."""
        if None in values:
            return
        marks = (f"${len(self.values) + n}" for n in range(1, len(values) + 1))
        self.conditions.append(condition.format(*marks))
        self.values.extend(values)

    @property
    def where(self) -> str:
        return f"WHERE {' AND '.join(self.conditions)}" if self.conditions else ""


@dataclass(frozen=True)
class _Group:
    """A part of a list: the bookings with this word, or all of them without one."""

    word: str
    after: After | None


def _filtered(offices: Iterable[str], wanted: Filter) -> _Query:
    query, mine = _Query(), sorted(offices)
    if EVERY_OFFICE not in mine:
        query.add("office_id = {}" if len(mine) == 1 else "office_id = ANY ({})", *_one(mine))
    for column in ("office_id", "channel", "number"):
        query.add(f"{column} = {{}}", getattr(wanted, column))
    if wanted.status in _STATES:
        query.conditions.append(_STATES[wanted.status])
    else:
        query.add("status = {}", wanted.status)
    query.add("booking_id = ANY ({})", wanted.booking_ids)
    procedure = wanted.procedure_id
    query.add("(procedure_id = {} OR {} = ANY (also))", procedure, procedure)
    if not wanted.shielded:
        query.conditions.append(f"NOT {SHIELDED_PARTY}")
    day = DaySpan(wanted.day, wanted.day)
    for column, span in (
        ("starts_at", day),
        ("starts_at", wanted.days),
        ("booked_at", wanted.booked),
    ):
        query.add(f"{column} >= {{}}{_MIDNIGHT}", span.first)
        query.add(f"{column} < {_NEXT_MIDNIGHT}", span.last)
    return query


def _one(mine: list[str]) -> list[Any]:
    return mine if len(mine) == 1 else [mine]


def _page_query(query: _Query, wanted: Filter, after: After | None, limit: int) -> str:
    order, way = _order(wanted.sort), "DESC" if wanted.descending else "ASC"
    if after:
        marks = ", ".join("{}" for _ in order)
        beyond = "<" if wanted.descending else ">"
        query.add(f"({', '.join(order)}) {beyond} ({marks})", *after.key)
    first, *rest = order
    first = f"{first} + interval '0'" if _sorts_anew(wanted) else first
    by = ", ".join(f"{name} {way}" for name in (first, *rest))
    return f"SELECT {COLUMNS} FROM booking {query.where} ORDER BY {by} LIMIT {limit}"


def _sorts_anew(wanted: Filter) -> bool:
    """Whether to find the rows by one of the two times and sort them by the other.

    The planner takes them for independent. Visits of next week, by time of booking, would make it
    walk through the bookings of years before the first one fits.
    """
    if wanted.sort == "number":
        return False
    other = wanted.days if wanted.sort == "booked_at" else wanted.booked
    if wanted.sort == "booked_at" and wanted.day:
        return True
    return other.first is not None and (
        other.last is None or (other.last - other.first).days <= SORTED_DAYS
    )


class Lists(Repository):
    """Pages of bookings; `offices` are those the caller serves."""

    async def bookings(self, offices: Iterable[str], wanted: Filter) -> tuple[list[Booking], bool]:
        """One page, and whether there are more."""
        served = tuple(offices)
        await self.connection.execute(_PLAN)
        rows: list[Booking] = []
        for group in await self._groups(wanted):
            query = _filtered(served, wanted)
            if group.word:
                query.add(f"{_WORDS[wanted.sort]} = {{}}", group.word)
            rows += await self._some(query, wanted, group.after, wanted.limit + 1 - len(rows))
            if len(rows) > wanted.limit:
                break
        return rows[: wanted.limit], len(rows) > wanted.limit

    async def see_one_state(self) -> None:
        """This transaction writes nothing and sees the database as it is now, however long it goes
        on. Comes before anything else in it."""
        await self.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    async def count_bookings(self, offices: Iterable[str], wanted: Filter, most: int) -> int:
        """How many there are, counted up to `most` + 1. For files only: pages do without."""
        await self.connection.execute(_PLAN)
        query = _filtered(offices, wanted)
        counted: int = await self.connection.fetchval(
            f"SELECT count(*) FROM (SELECT FROM booking {query.where} LIMIT {most + 1}) AS found",
            *query.values,
        )
        return counted

    async def _some(
        self, query: _Query, wanted: Filter, after: After | None, limit: int
    ) -> list[Booking]:
        statement = _page_query(query, wanted, after, limit)
        return [booking_row(row) for row in await self.connection.fetch(statement, *query.values)]

    async def _groups(self, wanted: Filter) -> Iterator[_Group]:
        """The parts of a list, from where it goes on: one, or one for each word."""
        if wanted.sort not in _WORDS:
            return iter((_Group("", wanted.after),))
        words = await self._words(wanted)
        return _from(words[::-1] if wanted.descending else words, wanted.after)

    async def _words(self, wanted: Filter) -> tuple[str, ...]:
        """In the order of the pages. A visit for several procedures stands under its first one,
        and is found by the others too."""
        sort = wanted.sort
        asked = None if sort == "procedure" else getattr(wanted, _WORDS[sort])
        if asked and asked not in _STATES:
            return (asked,)
        if sort in _FIXED:
            return _FIXED[sort]
        return tuple(row[0] for row in await self.connection.fetch(_PLACES[sort]))


def _from(words: tuple[str, ...], after: After | None) -> Iterator[_Group]:
    """One part a word; only the first goes on from somewhere."""
    rest = words[words.index(after.group) :] if after and after.group in words else words
    for word in rest:
        yield _Group(word, after if after and after.group == word else None)
