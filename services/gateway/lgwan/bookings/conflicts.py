"""Two people at one booking: what one of them wanted beside what the other made of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from libs.contracts.booking import HistoryLine, StaffBooking, StaffBookingDetail, Status
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.lgwan.door.words import state_words
from services.gateway.web.times import local, long_time

STATE, TIME, PLACE = "状態", "日時", "場所"


@dataclass(frozen=True)
class PendingChange:
    """A change that was asked for when the booking had this `version`.

    `lines` are what it would have made otherwise, by label; `now` what these are by now, where a
    booking in a list does not say it. The form goes to `path` again with the `fields` for a
    version, from one of `statuses`.
    """

    deed: str
    version: int
    path: str
    fields: Callable[[int], Mapping[str, str]]
    statuses: frozenset[Status]
    lines: Mapping[str, str]
    now: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class BookingDifference:
    """One line of the comparison; `mine` is one that the wish itself would change."""

    label: str
    wanted: str
    now: str
    mine: bool

    @property
    def differs(self) -> bool:
        return self.wanted != self.now


def compare(
    pending: PendingChange, found: StaffBookingDetail, catalog: CatalogIndex
) -> tuple[BookingDifference, ...]:
    """The booking as it would have become, beside what it is."""
    now = {**_as_it_is(found.booking, catalog), **pending.now}
    seen = next((one for one in found.history if one.version == pending.version), None)
    wanted = {**now, **(_as_seen(seen, found, catalog) if seen else {}), **pending.lines}
    return tuple(
        BookingDifference(label, text, now.get(label, ""), label in pending.lines)
        for label, text in wanted.items()
    )


def is_done(lines: Sequence[BookingDifference]) -> bool:
    """Whether somebody else has done the very same."""
    return not any(line.differs for line in lines)


def _as_it_is(booking: StaffBooking, catalog: CatalogIndex) -> dict[str, str]:
    return {
        STATE: state_words(booking.status, booking.outcome),
        TIME: long_time(local(booking.starts_at)),
        PLACE: catalog.office(booking.office_id),
    }


def _as_seen(line: HistoryLine, found: StaffBookingDetail, catalog: CatalogIndex) -> dict[str, str]:
    return {
        STATE: state_words(line.status, line.outcome),
        TIME: long_time(local(line.starts_at)),
        PLACE: catalog.office(line.office_id or found.booking.office_id),
    }
