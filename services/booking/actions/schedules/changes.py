"""Planning a change, applying exactly what was seen, and taking it back."""

from collections.abc import Iterable
from uuid import UUID, uuid4

from libs.common.assertion import EVERY_OFFICE, Caller
from libs.common.errors import NotAllowed, NotFound
from libs.contracts.booking import (
    AppliedChange,
    AppliedChangeList,
    ScheduleApply,
    ScheduleChange,
    SchedulePlan,
    ScheduleStep,
    counter_offices,
)
from libs.contracts.times import day_of
from libs.rules.personal_numbers import refuse_individual_numbers
from services.booking.actions.desk import BookingContext
from services.booking.actions.patience import patiently
from services.booking.domain.free_texts import texts_of_steps
from services.booking.domain.problems import CannotUndo, PlanChanged
from services.booking.domain.schedules.deltas import created_by, delta_of, reverted
from services.booking.domain.schedules.faults import after_steps
from services.booking.domain.schedules.steps import Tables, is_for_all, offices_of
from services.booking.store import Store
from services.booking.store.changes import ChangeRow

from .carrying import carry_out, withdraw
from .drafts import ScheduleDraft, drafted, plan_of, seen

STOPS = "settings.edit"
"""Who writes down when the national system rests: that is the same at all offices."""
PATIENCE_SECONDS = 3.0
"""Longer than for one visit: a change that has begun gives way to everybody, and staff wait."""


async def plan(desk: BookingContext, caller: Caller, ask: ScheduleChange) -> SchedulePlan:
    """What the change would do; nothing is changed. Raises NotFound, BadSchedule, Malformed."""
    refuse_individual_numbers(texts_of_steps(ask.steps))
    async with desk.open_store() as store:
        before, after = await _tables(store, caller, ask.steps)
        draft = await drafted(store, before, after, sorted(offices_of(ask.steps, before)))
        return await plan_of(store, draft, ask.steps)


async def apply(
    desk: BookingContext, caller: Caller, key: str, ask: ScheduleApply
) -> AppliedChange:
    """Carry out exactly what was seen, all or nothing. Raises NotFound, BadSchedule, PlanChanged,
    Busy, Malformed."""
    refuse_individual_numbers(texts_of_steps(ask.change.steps))
    return await patiently(lambda: _apply_once(desk, caller, key, ask), PATIENCE_SECONDS)


async def undo(desk: BookingContext, caller: Caller, key: str, change_id: UUID) -> AppliedChange:
    """Take a change back. Raises NotFound, CannotUndo, Busy."""
    return await patiently(lambda: _undo_once(desk, caller, key, change_id), PATIENCE_SECONDS)


async def changes(desk: BookingContext, caller: Caller, office_id: str | None) -> AppliedChangeList:
    """The newest changes of the caller's offices."""
    async with desk.open_store() as store:
        rows = await store.changes.changes(counter_offices(caller), office_id)
        waiting = await store.displaced.waiting(row.change_id for row in rows)
        tables = await store.timetables.timetables()
        shown = [
            shown_change(
                row, waiting.get(row.change_id, 0), not await _hindrance(store, tables, row)
            )
            for row in rows
        ]
    return AppliedChangeList(changes=tuple(shown))


def shown_change(row: ChangeRow, waiting: int, can_undo: bool) -> AppliedChange:
    own = set(AppliedChange.model_fields) & set(vars(row))
    fields = {name: getattr(row, name) for name in own}
    more = {"waiting": waiting, "can_undo": can_undo, "created": created_by(row.delta)}
    return AppliedChange.model_validate({**fields, **more})


async def _apply_once(
    desk: BookingContext, caller: Caller, key: str, ask: ScheduleApply
) -> AppliedChange:
    request = desk.request(f"schedule:{caller.actor}", key, ask)
    change_id, steps = uuid4(), ask.change.steps
    async with desk.once(request, change_id) as (store, earlier):
        await store.schedules.lock_timetables()
        if earlier:
            return await _shown(store, await store.changes.change(earlier))
        before, after = await _tables(store, caller, steps)
        draft = await drafted(store, before, after, sorted(offices_of(steps, before)), lock=True)
        if seen(draft, steps) != ask.seen:
            fresh = await plan_of(store, draft, steps)
            raise PlanChanged("Something has moved.", plan=fresh.model_dump(mode="json"))
        row = await store.changes.write_change(_row(change_id, caller.actor, steps, before, draft))
        await carry_out(desk, store, row, draft, ask.mail)
        return await _shown(store, row)


async def _undo_once(
    desk: BookingContext, caller: Caller, key: str, change_id: UUID
) -> AppliedChange:
    request = desk.request(f"schedule-undo:{change_id}", key)
    async with desk.once(request, change_id) as (store, earlier):
        await store.schedules.lock_timetables()
        row = await store.changes.change_for(counter_offices(caller), change_id)
        if row is None:
            raise NotFound("There is no such change.")
        if earlier:
            return await _shown(store, row)
        tables = await store.timetables.timetables()
        if why := await _hindrance(store, tables, row, lock=True):
            raise CannotUndo("This change cannot be taken back.", why=why)
        draft = await drafted(store, tables, _reverted(tables, row), row.office_ids, lock=True)
        await carry_out(desk, store, row, draft, mail=False)
        await withdraw(desk, store, row, caller.actor)
        await store.changes.mark_undone(change_id, caller.actor)
        return await _shown(store, await store.changes.change(change_id))


async def _hindrance(store: Store, tables: Tables, row: ChangeRow, lock: bool = False) -> str:
    """Why a change cannot be taken back; empty when it can."""
    if row.undone_at:
        return "undone"
    if row.last_day < day_of(await store.now()):
        return "over"
    before = reverted(tables, row.delta)
    if before is None:
        return "changed"
    draft = await drafted(store, tables, before, row.office_ids, lock)
    impacts = [office.impact for office in draft.offices]
    return "booked" if any(i.affected or i.crowded or i.moved for i in impacts) else ""


def _reverted(tables: Tables, row: ChangeRow) -> Tables:
    before = reverted(tables, row.delta)
    assert before is not None, "nothing hinders it"
    return before


async def _tables(
    store: Store, caller: Caller, steps: Iterable[ScheduleStep]
) -> tuple[Tables, Tables]:
    """All timetables before and after. Raises NotFound for an office that the caller does not
    serve or that does not exist, BadSchedule; NotAllowed for a step about all offices without the
    right to it."""
    steps, before = tuple(steps), await store.timetables.timetables()
    served = counter_offices(caller)
    if any(map(is_for_all, steps)) and not (STOPS in caller.rights and EVERY_OFFICE in served):
        raise NotAllowed("This is about all offices.")
    for office_id in offices_of(steps, before):
        if office_id not in before or not {office_id, EVERY_OFFICE} & served:
            raise NotFound("There is no such office.")
    procedures = {
        procedure.procedure_id: procedure for procedure in await store.catalog.procedures()
    }
    return before, after_steps(before, steps, procedures, day_of(await store.now()))


def _row(
    change_id: UUID, actor: str, steps: Iterable[ScheduleStep], before: Tables, draft: ScheduleDraft
) -> ChangeRow:
    minutes = [office.minutes for office in draft.offices]
    return ChangeRow(
        change_id=change_id,
        actor=actor,
        steps=[step.model_dump(mode="json") for step in steps],
        office_ids=tuple(office.office_id for office in draft.offices),
        delta=delta_of(before, draft.tables),
        first_day=draft.first_day,
        last_day=draft.last_day,
        added=sum(added for added, _ in minutes),
        removed=sum(removed for _, removed in minutes),
        affected=len(draft.affected),
    )


async def _shown(store: Store, row: ChangeRow) -> AppliedChange:
    waiting = await store.displaced.waiting([row.change_id])
    return shown_change(row, waiting.get(row.change_id, 0), row.undone_at is None)
