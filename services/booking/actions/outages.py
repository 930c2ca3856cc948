"""全国システム障害: starting and ending one, in one transaction each, whoever presses at once."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID, uuid4

from libs.common.assertion import EVERY_OFFICE, Caller
from libs.common.errors import Malformed, NotAllowed, NotFound
from libs.contracts.booking import (
    Outage,
    OutageCount,
    OutageList,
    OutagePreview,
    OutageRequest,
    Tick,
    counter_offices,
)
from libs.contracts.times import day_of
from services.booking.domain.booking import Booking
from services.booking.store import Store
from services.booking.store.outages import MetOutage

from .catalog import publish_office
from .desk import BookingContext
from .lookup import check_office

TICKS = "bookings.tick"
"""Beside the right to set up times: those who wait get their outcome."""


async def outages(desk: BookingContext, caller: Caller) -> OutageList:
    """Those that touch an office of the caller."""
    async with desk.open_store() as store:
        rows = await store.outages.all(counter_offices(caller))
    return OutageList(outages=tuple(_shown(row, caller) for row in rows))


async def preview(desk: BookingContext, caller: Caller, ask: OutageRequest) -> OutagePreview:
    """Whom it would meet; nothing is changed. Raises NotFound, NotAllowed, Malformed."""
    async with desk.open_store() as store:
        await _check(store, caller, ask)
        today = day_of(await store.now())
        counts = {
            count.office_id: count
            for count in await store.outages.count(
                ask.office_ids, ask.procedure_ids, today + timedelta(days=1)
            )
        }
        running = await store.outages.covering(
            ask.office_ids, ask.procedure_ids, _last_day(ask, today)
        )
    return OutagePreview(
        offices=tuple(counts.get(one) or OutageCount(office_id=one) for one in ask.office_ids),
        running=running is not None,
    )


async def start(desk: BookingContext, caller: Caller, key: str, ask: OutageRequest) -> Outage:
    """Booking online stops, and who waits there gets the outcome; all of it or nothing. Where it
    has stopped already, that outage is the answer. Raises NotFound, NotAllowed, Malformed."""
    request, outage_id = desk.request(f"outage:{caller.actor}", key, ask), uuid4()
    async with desk.once(request, outage_id) as (store, earlier):
        await _check(store, caller, ask)
        await store.outages.lock()
        last_day = _last_day(ask, day_of(await store.now()))
        running = await store.outages.covering(ask.office_ids, ask.procedure_ids, last_day)
        if not earlier and running is None:
            await _stop(store, outage_id, caller.actor, ask, last_day)
        known = (earlier, running, outage_id)
        for one in filter(None, known):
            if found := await store.outages.all(counter_offices(caller), one):
                return _shown(found[0], caller)
    raise NotFound("There is no such outage.")


async def end(desk: BookingContext, caller: Caller, key: str, outage_id: UUID) -> Outage:
    """Booking online goes on, and who is still to come has the time again. Ending twice is ending
    once. Raises NotFound, also for one that touches an office the caller does not serve."""
    _check_rights(caller)
    request = desk.request(f"outage-end:{outage_id}", key)
    async with desk.once(request, outage_id) as (store, _):
        await store.outages.lock()
        found = await store.outages.all(counter_offices(caller), outage_id)
        if not found or not _serves_all(caller, found[0].office_ids):
            raise NotFound("There is no such outage.")
        if found[0].ended_at is None:
            await store.outages.end(outage_id, caller.actor)
            await _publish(store, found[0].office_ids)
        return _shown((await store.outages.all(counter_offices(caller), outage_id))[0], caller)


async def _stop(
    store: Store, outage_id: UUID, actor: str, ask: OutageRequest, last_day: date
) -> None:
    offices, procedures = ask.office_ids, ask.procedure_ids
    await store.outages.start(outage_id, offices, procedures, last_day, actor)
    waiting = await store.outages.waiting(offices, procedures)
    await _finish(store, waiting, actor)
    waited = [booking.booking_id for booking in waiting]
    await store.outages.meet(outage_id, offices, procedures, last_day, waited)
    await _publish(store, offices)


async def _finish(store: Store, waiting: Sequence[Booking], actor: str) -> None:
    """Each of them met the outage, for all that they came for."""
    wanted = {one for booking in waiting for one in booking.procedure_ids}
    known, at = await store.catalog.procedures_named(wanted), await store.now()
    for booking in waiting:
        procedures = tuple(known[one] for one in booking.procedure_ids)
        stamps = await store.visits.stamps_of(booking)
        ask = Tick(version=booking.version, outcome="outage")
        await store.save(booking.tick("finish", ask, procedures, stamps, actor, at))


async def _publish(store: Store, offices: Sequence[str]) -> None:
    for office_id in sorted(offices):
        await store.timetables.raise_version(office_id)
        await publish_office(store, office_id)


async def _check(store: Store, caller: Caller, ask: OutageRequest) -> None:
    """Raises NotFound, NotAllowed, Malformed."""
    _check_rights(caller)
    known = {office.office_id for office in await store.catalog.offices()}
    for office_id in ask.office_ids:
        check_office(counter_offices(caller), office_id)
        check_office(frozenset(known), office_id)
    procedures = await store.catalog.procedures_named(ask.procedure_ids)
    if set(procedures) != set(ask.procedure_ids):
        raise Malformed("There is no such procedure.", fields=["procedure_ids"])


def _check_rights(caller: Caller) -> None:
    if TICKS not in caller.rights:
        raise NotAllowed("Who waits gets an outcome: that is for those who tick.")


def _serves_all(caller: Caller, offices: Sequence[str]) -> bool:
    served = counter_offices(caller)
    return EVERY_OFFICE in served or set(offices) <= served


def _last_day(ask: OutageRequest, today: date) -> date:
    return today + timedelta(days=1) if ask.tomorrow else today


def _shown(row: MetOutage, caller: Caller) -> Outage:
    return Outage(**vars(row), may_end=row.ended_at is None and _serves_all(caller, row.office_ids))
