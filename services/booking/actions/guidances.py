"""来庁日の案内 as staff keep them. Both doors and the mails take them from the office's fact."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID, uuid4

from libs.common.assertion import EVERY_OFFICE, Caller
from libs.common.errors import NotAllowed, NotFound
from libs.contracts.booking import (
    GuidanceChange,
    GuidanceCheck,
    GuidanceList,
    GuidanceRecord,
    GuidanceVersion,
    GuidanceWish,
    Overlap,
    counter_offices,
)
from libs.contracts.times import day_of
from services.booking.domain import GuidanceRefused, VersionConflict
from services.booking.domain.guidances import GuidanceState, days_of, faults_of, tidied
from services.booking.store import Store

from .catalog import publish_office
from .desk import BookingContext


async def list_guidances(desk: BookingContext, caller: Caller, past: bool) -> GuidanceList:
    """Those of the caller's offices."""
    async with desk.open_store() as store:
        now = await store.now()
        states = await store.guidances.all(past, day_of(now))
    seen = [state for state in states if _reaches(caller, state)]
    return GuidanceList(guidances=tuple(_record(caller, [state]) for state in seen), at=now)


async def see_guidance(desk: BookingContext, caller: Caller, guidance_id: UUID) -> GuidanceRecord:
    """Raises NotFound, also where none of its offices is the caller's."""
    async with desk.open_store() as store:
        return _record(caller, await _seen(store, caller, guidance_id))


async def check_guidance(
    desk: BookingContext, caller: Caller, ask: GuidanceChange
) -> GuidanceCheck:
    """What saving it would come to. Raises NotAllowed."""
    wish = _tidy(ask)
    _check_offices(caller, wish)
    async with desk.open_store() as store:
        today = day_of(await store.now())
        if problems := faults_of(wish, today):
            return GuidanceCheck(problems=tuple(problems), days=days_of(wish))
        days = [day for day in days_of(wish) if day >= today]
        overlaps = await _overlaps(store, wish, days, today)
        standing = await store.guidances.standing(wish.office_ids, days)
    return GuidanceCheck(days=tuple(days), overlaps=tuple(overlaps), standing=standing)


async def save_guidance(
    desk: BookingContext, caller: Caller, key: str, ask: GuidanceChange
) -> GuidanceRecord:
    """A new one, another state of one, or its end; everybody is told at once. Raises NotFound,
    NotAllowed, GuidanceRefused, VersionConflict, KeyReused."""
    request, made = desk.request(f"guidance:{caller.actor}", key, ask), ask.guidance_id or uuid4()
    async with desk.once(request, made) as (store, earlier):
        if earlier:
            return _record(caller, await _seen(store, caller, earlier))
        wish, before = _tidy(ask), await _before(store, caller, ask)
        _check_offices(caller, wish)
        if not ask.ended:
            await _check_sound(store, wish)
        await store.guidances.add(made, ask.version + 1, wish, ask.ended, caller.actor)
        await _publish(store, {*wish.office_ids, *(before.office_ids if before else ())})
        return _record(caller, await _seen(store, caller, made))


async def _before(store: Store, caller: Caller, ask: GuidanceChange) -> GuidanceState | None:
    """The state that was seen; the new one takes its place. Raises NotFound, NotAllowed,
    VersionConflict."""
    if ask.guidance_id is None:
        return None
    before = (await _seen(store, caller, ask.guidance_id))[0]
    _check_offices(caller, before)
    if before.version != ask.version:
        raise VersionConflict("The guidance was changed by somebody else.")
    return before


async def _check_sound(store: Store, wish: GuidanceWish) -> None:
    """Raises GuidanceRefused."""
    if problems := faults_of(wish, day_of(await store.now())):
        told = [problem.model_dump(mode="json") for problem in problems]
        raise GuidanceRefused("The guidance cannot be like this.", problems=told)


async def _publish(store: Store, offices: Iterable[str]) -> None:
    known = {office.office_id for office in await store.catalog.offices()}
    for office_id in sorted(known.intersection(offices)):
        await store.timetables.raise_version(office_id)
        await publish_office(store, office_id)


async def _seen(store: Store, caller: Caller, guidance_id: UUID) -> list[GuidanceState]:
    history = await store.guidances.history(guidance_id)
    if not history or not _reaches(caller, history[0]):
        raise NotFound("There is no such guidance.")
    return history


async def _overlaps(
    store: Store, ask: GuidanceChange, days: Iterable[date], today: date
) -> list[Overlap]:
    """Other guidances that the same visitors would read, office by office."""
    wanted, found = set(days), []
    for office_id, guidances in (await store.guidances.in_force(today)).items():
        if office_id not in ask.office_ids:
            continue
        for other in guidances:
            shared = tuple(day for day in other.days if day in wanted)
            if shared and other.guidance_id != ask.guidance_id:
                found.append(Overlap(office_id=office_id, days=shared, texts=other.texts))
    return found


def _tidy(ask: GuidanceChange) -> GuidanceChange:
    return ask.model_copy(update=tidied(ask))


def _reaches(caller: Caller, state: GuidanceWish) -> bool:
    return bool({EVERY_OFFICE, *state.office_ids} & counter_offices(caller))


def _serves(caller: Caller, wish: GuidanceWish) -> bool:
    served = counter_offices(caller)
    return EVERY_OFFICE in served or set(wish.office_ids) <= served


def _check_offices(caller: Caller, wish: GuidanceWish) -> None:
    """Who changes what visitors of an office are told works there. Raises NotAllowed."""
    if not _serves(caller, wish):
        raise NotAllowed("A guidance is changed by who serves all of its offices.")


def _record(caller: Caller, history: list[GuidanceState]) -> GuidanceRecord:
    """The newest of the states, with all of them."""
    newest = history[0]
    states = tuple(
        GuidanceVersion.model_validate(state.model_dump(exclude={"guidance_id"}))
        for state in history
    )
    return GuidanceRecord(
        **newest.model_dump(),
        days=days_of(newest),
        may_change=_serves(caller, newest),
        history=states,
    )
