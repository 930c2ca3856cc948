"""What the city offers: registering offices and procedures."""

from libs.contracts.booking import (
    SEED,
    BoardSnapshot,
    Catalog,
    Office,
    OfficePublished,
    Procedure,
    ProcedurePublished,
    differences,
    flat_office,
    flat_procedure,
)
from services.booking.store import OpenStore, Store


async def catalog(open_store: OpenStore) -> Catalog:
    async with open_store() as store:
        return Catalog(
            offices=tuple(await store.catalog.offices()),
            procedures=tuple(await store.catalog.procedures()),
        )


async def board(open_store: OpenStore, office_id: str) -> BoardSnapshot:
    async with open_store() as store:
        return await store.boards.of(office_id)


async def register(open_store: OpenStore, wanted: Catalog) -> int:
    """Save what is new or different and tell everybody; the number of such things. The times of an
    office that has some are its own: they are set up by staff. Once members of staff have changed
    any setting, the offer is theirs: then only what is missing is added."""
    async with open_store() as store:
        only_new = await store.settings.edited_by_staff()
        offices = {office.office_id: office for office in await store.catalog.offices()}
        procedures = {p.procedure_id: p for p in await store.catalog.procedures()}
        changed = 0
        for procedure in wanted.procedures:
            known = procedures.get(procedure.procedure_id)
            if known is None or not only_new:
                changed += await _register_procedure(store, procedure, known)
        for office in wanted.offices:
            there = offices.get(office.office_id)
            if there is None or not only_new:
                changed += await _register_office(store, office, there)
    return changed


async def _register_procedure(store: Store, wanted: Procedure, known: Procedure | None) -> bool:
    version = known.version if known else 0
    if known == wanted.model_copy(update={"version": version}):
        return False
    saved = wanted.model_copy(update={"version": version + 1})
    await store.catalog.save_procedure(saved)
    changes = differences(flat_procedure(known) if known else {}, flat_procedure(saved))
    await store.settings.log_change("procedure", saved.procedure_id, saved.version, SEED, changes)
    store.publish(ProcedurePublished(procedure=saved))
    return True


async def _register_office(store: Store, wanted: Office, known: Office | None) -> bool:
    version = known.version if known else 0
    kept: dict[str, object] = {}
    if known:
        kept = {name: getattr(known, name) for name in ("closures", "guidances", "outages")}
        kept["series"] = known.series or wanted.series
    if known == wanted.model_copy(update={"version": version, **kept}):
        return False
    saved = wanted.model_copy(update={"version": version + 1, **kept})
    await store.catalog.save_office(saved)
    if changes := differences(flat_office(known) if known else {}, flat_office(saved)):
        await store.settings.log_change("office", saved.office_id, saved.version, SEED, changes)
    await publish_office(store, wanted.office_id)
    return True


async def publish_office(store: Store, office_id: str) -> None:
    """Tell everybody how the office is now."""
    saved = next(
        office for office in await store.catalog.offices() if office.office_id == office_id
    )
    store.publish(OfficePublished(office=saved))
