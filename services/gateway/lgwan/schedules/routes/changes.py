"""Changes that were applied: who, when, what, what is left to do, and taking one back."""

from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from libs.contracts.booking import AppliedChange
from services.gateway.lgwan.door.auth import actor_of, audit_of, form_of, staff
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.posted import read_key
from services.gateway.lgwan.schedules.groups import in_words
from services.gateway.lgwan.schedules.says import minutes_text, offices_text
from services.gateway.web.link import Refused

from .work import RIGHT, Work, asked, show, work_of

WHY_NOT = {
    "undone": "この変更は、すでに取り消されています。",
    "over": "この変更の期間は、もう終わっています。",
    "changed": "この後の変更が、同じ日や枠にかかっています。先に後の変更を取り消してください。",
    "booked": "この変更で開いた時間に、もう予約が入っています。"
    "取り消す代わりに、休みや枠の変更で直してください。",
}
_CANNOT = "この変更は取り消せません。いまの状態を確かめてください。"


@staff("bookings.read")
async def changes(request: Request) -> Response:
    work = await work_of(request)
    office_id = asked(request, "office")
    office_id = office_id if office_id in dict(work.offices) else ""
    found = await _changes(request, office_id)
    done = asked(request, "done")
    values = {
        "office_id": office_id,
        "lines": [_line(change, work) for change in found],
        "done": next((_line(c, work) for c in found if str(c.change_id) == done), None),
        "may_edit": work.member.may(RIGHT),
    }
    return show(request, work, "schedule_changes.html", values)


@staff(RIGHT)
async def ask_undo(request: Request) -> Response:
    return await _undo_page(request, await work_of(request))


@staff(RIGHT, audit="schedule.undo")
async def undo(request: Request) -> Response:
    work, audit = await work_of(request), audit_of(request)
    change_id: UUID = request.path_params["change_id"]
    audit.object_kind, audit.object_id = "schedule", str(change_id)
    try:
        await door_of(request).services.schedules.undo(
            actor_of(request), read_key(form_of(request)), change_id
        )
    except Refused as refused:
        if refused.slug != "cannot-undo":
            raise
        audit.result = refused.slug
        why = WHY_NOT.get(str(refused.facts.get("why")), _CANNOT)
        return await _undo_page(request, work, why)
    return RedirectResponse(f"/schedules/changes?done={change_id}", 303)


async def _changes(request: Request, office_id: str) -> tuple[AppliedChange, ...]:
    client = door_of(request).services.schedules
    return (await client.changes(actor_of(request), office_id)).changes


async def _undo_page(request: Request, work: Work, why: str = "") -> Response:
    """404 for a change of other offices, as for none."""
    change_id = request.path_params["change_id"]
    found = [c for c in await _changes(request, "") if c.change_id == change_id]
    if not found:
        raise HTTPException(404)
    values = {"line": _line(found[0], work), "why": why}
    return show(request, work, "schedule_undo.html", values, 409 if why else 200)


def _line(change: AppliedChange, work: Work) -> dict[str, object]:
    told = Work(work.session, work.catalog, change.steps)
    before = {
        office: {key: one for key, one in series.items() if key not in change.created}
        for office, series in work.known.items()
    }
    return {
        "change": change,
        "offices": offices_text(change.office_ids, work.catalog),
        "sentences": in_words(change.steps, work.catalog, before, told.coming),
        "added": minutes_text(change.added) if change.added else "",
        "removed": minutes_text(change.removed) if change.removed else "",
    }
