"""Results of many visits at once, typed from the paper of an outage: a table of a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from starlette.requests import Request

from libs.common.errors import Malformed
from libs.contracts.booking import STANDING, DayBooking
from services.gateway.lgwan.bookings.results import TypedResult, choices, read_typed, without_visit
from services.gateway.lgwan.counter.rows import Row, row_of
from services.gateway.lgwan.door.auth import FormData
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.lgwan.door.posted import read_version
from services.gateway.web.forms import Form, read_form

PAGE = 60
"""Visits in one table; the next ones come when these have their results."""

_FIELDS = PAGE * 10 + 10
_BODY = 128 * 1024


@dataclass
class EntryRow:
    """One line of the table. `said` is what became of it, good where `done`; `mark` is what its
    fields end with. `has_newer`: the card was handed over, and its person has another booking."""

    mark: str
    row: Row
    version: int
    results: list[tuple[str, str]]
    others: list[tuple[str, str, list[tuple[str, str]]]]
    typed: TypedResult = field(default_factory=TypedResult)
    errors: dict[str, str] = field(default_factory=dict)
    said: str = ""
    done: bool = False
    has_newer: bool = False


async def read_table(request: Request) -> FormData:
    """A form with so many fields that a whole table fits."""
    return await read_form(request, limit=_BODY, most=_FIELDS)


def open_rows(bookings: Iterable[DayBooking], catalog: CatalogIndex) -> list[EntryRow]:
    """The visits of a day that have no result yet, as a table that nobody filled in."""
    still = [one for one in bookings if one.booking.status in STANDING]
    return [_row(str(n), one, catalog) for n, one in enumerate(still[:PAGE])]


def sent_rows(form: Form, bookings: Sequence[DayBooking], catalog: CatalogIndex) -> list[EntryRow]:
    """The rows that came back, each for a booking of this day, as they were filled in. Raises
    Malformed."""
    known = {one.booking.booking_id: one for one in bookings}
    rows = []
    for n in range(PAGE):
        typed_id = form.get(f"id-{n}")
        if not typed_id:
            break
        one = known.get(_uuid(typed_id))
        if one is None:
            continue
        row = _row(str(n), one, catalog)
        row.version = read_version(form.get(f"version-{n}"))
        row.typed = read_typed(form, one.booking, f"-{n}")
        rows.append(row)
    return rows


def key_of(form_key: str, row: EntryRow) -> str:
    """The idempotency key of one row as it was filled in."""
    content = (form_key, row.row.booking.booking_id, row.version, row.typed.fields)
    return sha256(repr(content).encode()).hexdigest()


def _row(mark: str, one: DayBooking, catalog: CatalogIndex) -> EntryRow:
    booking = one.booking
    return EntryRow(
        mark=mark,
        row=row_of(booking, catalog, may_tick=False),
        version=booking.version,
        results=[*choices(booking.procedure_id, catalog), *without_visit(booking)],
        others=[
            (other, catalog.procedure(other), choices(other, catalog)) for other in booking.also
        ],
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Malformed("This is no id of a booking.") from None
