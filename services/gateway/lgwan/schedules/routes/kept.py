"""Changes that were collected when a session ended by itself: taken up again, or given up."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.gateway.lgwan.door.auth import audit_of, session_of, staff
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.store import Store
from services.gateway.lgwan.schedules.pending import SUBJECT, Steps, kept_steps

from .plan import planned
from .work import RIGHT, Work


@staff(RIGHT, audit="schedule.resume")
async def resume(request: Request) -> Response:
    """They travel in the forms again, so that nothing is kept any more once they are shown."""
    audit_of(request).object_kind = "schedule"
    steps = await kept(request)
    if not steps:
        return RedirectResponse("/schedules", 303)
    work = Work(session_of(request), await door_of(request).catalog.fresh(), steps)
    shown = await planned(request, work)
    await _drop(request)
    return shown


@staff(RIGHT, audit="schedule.forget")
async def forget(request: Request) -> Response:
    audit_of(request).object_kind = "schedule"
    await _drop(request)
    return RedirectResponse("/schedules", 303)


async def kept(request: Request) -> Steps:
    """What is kept for this member of staff."""
    async with door_of(request).open_store(Store) as store:
        return kept_steps(await store.unsaved(session_of(request).staff.staff_id, SUBJECT))


async def _drop(request: Request) -> None:
    async with door_of(request).open_store(Store) as store:
        await store.drop_unsaved(session_of(request).staff.staff_id, SUBJECT)
