"""Members of staff change offices and procedures; both doors are told at once."""

from uuid import UUID, uuid4

from libs.common.assertion import EVERY_OFFICE, Caller
from libs.common.errors import NotAllowed, NotFound
from libs.contracts.booking import (
    DEADLINES,
    Office,
    OfficeChange,
    OfficeRecord,
    Procedure,
    ProcedureChange,
    ProcedurePublished,
    ProcedureRecord,
    SettingCheck,
    counter_offices,
    differences,
    flat_office,
    flat_procedure,
)
from libs.rules.personal_numbers import refuse_individual_numbers
from services.booking.domain import SettingRefused, VersionConflict
from services.booking.domain.editing import (
    Surroundings,
    office_problems,
    office_warnings,
    procedure_problems,
    procedure_warnings,
)
from services.booking.domain.free_texts import texts_of_settings
from services.booking.store import Store

from .catalog import publish_office
from .desk import BookingContext
from .lengths import changed_weeks

SETTINGS = "settings.edit"
"""The right to all settings; who has only the one to deadlines changes nothing else."""


async def see_office(desk: BookingContext, caller: Caller, office_id: str) -> OfficeRecord:
    """Raises NotFound, also for an office that the caller does not serve."""
    async with desk.open_store() as store:
        return await _office_record(store, await _theirs(store, caller, office_id, lock=False))


async def see_procedure(desk: BookingContext, caller: Caller, procedure_id: str) -> ProcedureRecord:
    """Raises NotAllowed, NotFound."""
    _serves_all(caller)
    async with desk.open_store() as store:
        return await _procedure_record(store, procedure_id)


async def check_office(desk: BookingContext, caller: Caller, wanted: OfficeChange) -> SettingCheck:
    """What saving would say; an empty id stands for a new office. Raises NotFound, NotAllowed,
    Malformed."""
    refuse_individual_numbers(texts_of_settings(flat_office(wanted)))
    async with desk.open_store() as store:
        if wanted.office_id:
            await _theirs(store, caller, wanted.office_id, lock=False)
        else:
            _serves_all(caller)
        return await _checked_office(store, wanted)


async def check_procedure(
    desk: BookingContext, caller: Caller, wanted: ProcedureChange
) -> SettingCheck:
    """Likewise. Raises NotAllowed, Malformed."""
    _serves_all(caller)
    refuse_individual_numbers(texts_of_settings(flat_procedure(wanted)))
    async with desk.open_store() as store:
        return await _checked_procedure(store, wanted)


async def change_office(
    desk: BookingContext, caller: Caller, key: str, wanted: OfficeChange
) -> OfficeRecord:
    """Raises NotFound, VersionConflict, SettingRefused, KeyReused."""
    request = desk.request(f"office:{wanted.office_id}", key, wanted)
    async with desk.once(request, uuid4()) as (store, earlier):
        known = await _theirs(store, caller, wanted.office_id, lock=True)
        if earlier:
            return await _office_record(store, known)
        if await store.settings.changed_since("office", known.office_id, wanted.version):
            raise VersionConflict("The office was changed by somebody else.")
        return await _save_office(store, caller, known, wanted)


async def add_office(
    desk: BookingContext, caller: Caller, key: str, wanted: OfficeChange
) -> OfficeRecord:
    """Raises NotAllowed, SettingRefused, KeyReused."""
    _serves_all(caller)
    request, made = desk.request("office", key, wanted), uuid4()
    async with desk.once(request, made) as (store, earlier):
        office_id = _name("o", earlier or made)
        if earlier:
            known = await _theirs(store, caller, office_id, lock=False)
            return await _office_record(store, known)
        named = wanted.model_copy(update={"office_id": office_id, "version": 0})
        return await _save_office(store, caller, None, named)


async def change_procedure(
    desk: BookingContext, caller: Caller, key: str, wanted: ProcedureChange
) -> ProcedureRecord:
    """Raises NotAllowed, NotFound, VersionConflict, SettingRefused, KeyReused."""
    _serves_all(caller)
    procedure_id = wanted.procedure_id
    request = desk.request(f"procedure:{procedure_id}", key, wanted)
    async with desk.once(request, uuid4()) as (store, earlier):
        if not await store.settings.lock_procedure(procedure_id):
            raise NotFound("There is no such procedure.")
        if not earlier:
            if await store.settings.changed_since("procedure", procedure_id, wanted.version):
                raise VersionConflict("The procedure was changed by somebody else.")
            await _save_procedure(store, caller, wanted)
        return await _procedure_record(store, procedure_id)


async def add_procedure(
    desk: BookingContext, caller: Caller, key: str, wanted: ProcedureChange
) -> ProcedureRecord:
    """Raises NotAllowed, SettingRefused, KeyReused."""
    _serves_all(caller)
    request, made = desk.request("procedure", key, wanted), uuid4()
    async with desk.once(request, made) as (store, earlier):
        procedure_id = _name("p", earlier or made)
        if not earlier:
            update = {"procedure_id": procedure_id, "version": 0}
            await _save_procedure(store, caller, wanted.model_copy(update=update))
        return await _procedure_record(store, procedure_id)


def _serves_all(caller: Caller) -> None:
    """Procedures, and which offices there are, concern the whole city. Raises NotAllowed."""
    if EVERY_OFFICE not in counter_offices(caller):
        raise NotAllowed("This concerns every office.")


async def _theirs(store: Store, caller: Caller, office_id: str, lock: bool) -> Office:
    office = await store.settings.office_for(counter_offices(caller), office_id, lock)
    if office is None:
        raise NotFound("There is no such office.")
    return office


def _name(kind: str, made: UUID) -> str:
    """An id that stands in addresses of pages."""
    return f"{kind}{made.hex[:8]}"


async def _save_office(
    store: Store, caller: Caller, known: Office | None, wanted: OfficeChange
) -> OfficeRecord:
    """Raises SettingRefused, Malformed."""
    refuse_individual_numbers(texts_of_settings(flat_office(wanted)))
    series = known.series if known else ()
    named = wanted.model_copy(update={"series": series})
    check = await _checked_office(store, named)
    if check.problems:
        raise SettingRefused("The office cannot be like this.", **_as_facts(check))
    version = known.version + 1 if known else 1
    saved = Office.model_validate({**named.model_dump(), "version": version})
    changes = differences(flat_office(known) if known else {}, flat_office(saved))
    if known and not changes:
        return await _office_record(store, known)
    await store.catalog.keep_office(saved)
    await store.settings.log_change("office", saved.office_id, version, caller.actor, changes)
    await publish_office(store, saved.office_id)
    return await _office_record(store, saved)


async def _save_procedure(store: Store, caller: Caller, wanted: ProcedureChange) -> None:
    """Raises SettingRefused, Malformed, NotAllowed."""
    refuse_individual_numbers(texts_of_settings(flat_procedure(wanted)))
    named = wanted.model_copy(update={"group": wanted.group or wanted.procedure_id})
    check = await _checked_procedure(store, named)
    if check.problems:
        raise SettingRefused("The procedure cannot be like this.", **_as_facts(check))
    known = next(
        (p for p in await store.catalog.procedures() if p.procedure_id == named.procedure_id), None
    )
    version = known.version + 1 if known else 1
    saved = Procedure.model_validate({**named.model_dump(), "version": version})
    changes = differences(flat_procedure(known) if known else {}, flat_procedure(saved))
    if known and not changes:
        return
    if SETTINGS not in caller.rights and any(one.field not in DEADLINES for one in changes):
        raise NotAllowed("This caller may change deadlines only.")
    await store.catalog.save_procedure(saved)
    await store.settings.log_change("procedure", saved.procedure_id, version, caller.actor, changes)
    store.publish(ProcedurePublished(procedure=saved))


def _as_facts(check: SettingCheck) -> dict[str, object]:
    return {"problems": [problem.model_dump(mode="json") for problem in check.problems]}


async def _checked_office(store: Store, wanted: Office) -> SettingCheck:
    standing = await store.settings.standing_at(wanted.office_id)
    offices = await store.catalog.offices()
    around = Surroundings(offices, await store.catalog.procedures(), standing.count)
    series = next((o.series for o in offices if o.office_id == wanted.office_id), ())
    whole = wanted.model_copy(update={"series": series})
    problems, warnings = office_problems(whole, around), office_warnings(whole, around)
    return SettingCheck(problems=tuple(problems), warnings=tuple(warnings))


async def _checked_procedure(store: Store, wanted: Procedure) -> SettingCheck:
    named = wanted.model_copy(update={"group": wanted.group or wanted.procedure_id})
    lengths = [named.minutes, *(one.minutes for one in named.lengths)]
    standing = await store.settings.standing_for(named.procedure_id, lengths)
    around = Surroundings(
        await store.catalog.offices(),
        await store.catalog.procedures(),
        standing.count,
        standing.other_length,
    )
    problems, warnings = procedure_problems(named, around), procedure_warnings(named, around)
    known = around.procedure(named.procedure_id)
    if known and not problems:
        warnings += await changed_weeks(store, known, named, list(around.offices))
    return SettingCheck(problems=tuple(problems), warnings=tuple(warnings))


async def _office_record(store: Store, office: Office) -> OfficeRecord:
    check = await _checked_office(store, office)
    log = await store.settings.changes_of("office", office.office_id)
    return OfficeRecord(office=office, warnings=check.warnings, log=log)


async def _procedure_record(store: Store, procedure_id: str) -> ProcedureRecord:
    """Raises NotFound."""
    for procedure in await store.catalog.procedures():
        if procedure.procedure_id == procedure_id:
            check = await _checked_procedure(store, procedure)
            log = await store.settings.changes_of("procedure", procedure_id)
            return ProcedureRecord(procedure=procedure, warnings=check.warnings, log=log)
    raise NotFound("There is no such procedure.")
