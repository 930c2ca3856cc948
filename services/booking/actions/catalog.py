"""What the city offers: registering offices and procedures, and laying out their times."""

from datetime import date, timedelta

from libs.contracts.booking import (
    BoardSnapshot,
    Catalog,
    CellsChanged,
    Office,
    OfficePublished,
    Procedure,
    ProcedurePublished,
)
from libs.contracts.times import day_of
from services.booking.store import OpenStore, Store


async def catalog(open_store: OpenStore) -> Catalog:
    async with open_store() as store:
        return Catalog(
            offices=tuple(await store.offices()), procedures=tuple(await store.procedures())
        )


async def board(open_store: OpenStore, office_id: str) -> BoardSnapshot:
    async with open_store() as store:
        return await store.board(office_id)


async def register(open_store: OpenStore, wanted: Catalog) -> int:
    """Save what is new or different and tell everybody; the number of such things. The times of an
    office that has some are its own: they are set up by staff."""
    async with open_store() as store:
        offices = {office.office_id: office for office in await store.offices()}
        procedures = {p.procedure_id: p for p in await store.procedures()}
        changed = 0
        for procedure in wanted.procedures:
            known = procedures.get(procedure.procedure_id)
            changed += await _register_procedure(store, procedure, known)
        for office in wanted.offices:
            changed += await _register_office(store, office, offices.get(office.office_id))
    return changed


async def _register_procedure(store: Store, wanted: Procedure, known: Procedure | None) -> bool:
    version = known.version if known else 0
    if known == wanted.model_copy(update={"version": version}):
        return False
    saved = wanted.model_copy(update={"version": version + 1})
    await store.save_procedure(saved)
    store.publish(ProcedurePublished(procedure=saved))
    return True


async def _register_office(store: Store, wanted: Office, known: Office | None) -> bool:
    version = known.version if known else 0
    kept = {"series": known.series or wanted.series, "closures": known.closures} if known else {}
    if known == wanted.model_copy(update={"version": version, **kept}):
        return False
    await store.save_office(wanted.model_copy(update={"version": version + 1, **kept}))
    await publish_office(store, wanted.office_id)
    return True


async def publish_office(store: Store, office_id: str) -> None:
    """Tell everybody how the office is now."""
    saved = next(office for office in await store.offices() if office.office_id == office_id)
    store.publish(OfficePublished(office=saved))


async def lay_out(open_store: OpenStore, horizon_days: int, from_today: bool = False) -> int:
    """Open the cells of every day up to the horizon; the number of new ones.

    Only the days after the last one laid out, unless `from_today`: after a change of the offer.
    A day is a transaction, so that none is long.
    """
    async with open_store() as store:
        today = day_of(await store.now())
        first = today if from_today else await _first_missing(store, today)
    opened = 0
    for ahead in range((first - today).days, horizon_days + 1):
        async with open_store() as store:
            opened += await store.open_cells(today + timedelta(days=ahead))
    if opened:
        await _tell(open_store)
    return opened


async def _tell(open_store: OpenStore) -> None:
    async with open_store() as store:
        await store.refresh_statistics()
        for office in await store.offices():
            store.publish(CellsChanged(office_id=office.office_id, runs=(), many=True))


async def _first_missing(store: Store, today: date) -> date:
    opened_until = await store.opened_until()
    return max(today, opened_until + timedelta(days=1)) if opened_until else today
