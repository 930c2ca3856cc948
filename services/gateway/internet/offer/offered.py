"""Which offices have times for a procedure at a moment, by what their series say alone."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from libs.contracts.booking import Office, Procedure, Series
from libs.contracts.times import JST, day_of
from libs.rules.series import is_published

Offered = dict[str, frozenset[str]]
"""The ids of the offices, by that of the procedure."""


def period(procedure: Procedure, now: datetime) -> tuple[date, date]:
    """The first and the last day that can be booked now."""
    today = day_of(now)
    return (
        today + timedelta(days=procedure.closes_days_before),
        today + timedelta(days=procedure.opens_days_before),
    )


def offered_at(
    offices: Iterable[Office], procedures: Iterable[Procedure], now: datetime
) -> tuple[Offered, datetime]:
    """What is offered, and until when that holds by itself: the next publication or midnight."""
    known = {procedure.procedure_id: procedure for procedure in procedures}
    found: dict[str, set[str]] = {procedure_id: set() for procedure_id in known}
    until = datetime.combine(day_of(now) + timedelta(days=1), time(), JST)
    for office in offices:
        for series in office.series:
            if not is_published(series, now):
                until = min(until, series.published_from or until)
                continue
            for procedure_id in series.procedure_ids:
                procedure = known.get(procedure_id)
                if procedure and _can_be_booked(series, procedure, now):
                    found[procedure_id].add(office.office_id)
    return {procedure_id: frozenset(ids) for procedure_id, ids in found.items()}, until


def _can_be_booked(series: Series, procedure: Procedure, now: datetime) -> bool:
    """Whether the series holds on a day that citizens can book now, at a window for them."""
    first, last = period(procedure, now)
    return bool(series.windows) and series.valid_from <= last and first <= series.valid_until
