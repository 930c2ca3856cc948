"""まとめ入力: the results of a day at an office, typed from paper, in one go."""

from datetime import date, timedelta
from typing import cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.booking import DayBooking
from services.gateway.lgwan.bookings.results import read_result
from services.gateway.lgwan.door.auth import actor_of, deed_of, form_of, session_of, staff
from services.gateway.lgwan.door.day import read_day
from services.gateway.lgwan.door.desk import Guide, desk_of
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_key
from services.gateway.lgwan.door.staff import Operation, Staff
from services.gateway.lgwan.door.store import Store
from services.gateway.lgwan.door.words import CORRECTION_REASONS, state_words
from services.gateway.lgwan.today.entry import EntryRow, key_of, open_rows, read_table, sent_rows
from services.gateway.web.forms import Form
from services.gateway.web.link import Refused
from services.gateway.web.times import now

TICK = "bookings.tick"
USUAL, COLLECTED = "outage", "collected"
CHANGED = "ほかの端末で変更されました。内容を確かめて、もう一度入力してください。"
REFUSED = {
    "version-conflict": CHANGED,
    "wrong-state": "いまの状態では入力できません。予約の詳細を確かめてください。",
    "not-found": "この場所の予約ではなくなりました。",
    "malformed": "時刻を確かめてください。",
}


@staff(TICK)
async def show(request: Request) -> Response:
    desk, query = desk_of(request), request.query_params
    guide = await desk.guides.get()
    office_id = _office(query.get("office", ""), guide, session_of(request).staff)
    day = min(read_day(query.get("day", "")), now().date())
    rows = open_rows(await _bookings(request, office_id, day), guide)
    return _page(request, guide, office_id, day, rows)


@staff(TICK, deed="entry.save", read=read_table)
async def save(request: Request) -> Response:
    """Each row that was filled in, by itself: what one of them lacks keeps no other from being
    entered. The same form sent again enters nothing twice."""
    form, deed, guide = cast("Form", form_of(request)), deed_of(request), await _guide(request)
    office_id = _office(form.get("office"), guide, session_of(request).staff)
    day = min(read_day(form.get("day")), now().date())
    deed.object_kind, deed.object_id, deed.office_id = "office", office_id, office_id
    key, reason = read_key(form), form.get("reason")
    rows = sent_rows(form, await _bookings(request, office_id, day), guide)
    for row in rows:
        if not row.typed.is_empty:
            await _enter(request, row, key, reason, guide)
    wrong = any(row.errors for row in rows)
    return _page(request, guide, office_id, day, rows, reason, 422 if wrong else 200)


async def _enter(request: Request, row: EntryRow, key: str, reason: str, guide: Guide) -> None:
    booking = row.row.booking
    read = read_result(row.typed, booking, row.version, reason, guide)
    if read.ask is None:
        row.errors = read.errors
        return
    corrections = desk_of(request).services.corrections
    try:
        saved = await corrections.change_result(
            actor_of(request), key_of(key, row), booking.booking_id, read.ask
        )
    except Refused as refused:
        if refused.slug not in REFUSED:
            raise
        row.errors["result"] = f"{REFUSED[refused.slug]}（いま：{row.row.state}）"
        await _note(request, row, refused.slug)
        return
    row.said, row.done = f"{state_words(saved.status, saved.outcome)}と入力しました。", True
    if COLLECTED in (row.typed.result, *row.typed.others.values()):
        found = await desk_of(request).services.booking.booking(actor_of(request), saved.booking_id)
        row.has_newer = found.newer is not None
    await _note(request, row, "done")


async def _note(request: Request, row: EntryRow, result: str) -> None:
    """A line of the operation log for each booking."""
    booking, actor = row.row.booking, session_of(request).staff.staff_id
    line = Operation(
        actor, "booking.correct", "booking", str(booking.booking_id), booking.office_id, result
    )
    async with desk_of(request).open_store(Store) as store:
        store.record(line)


async def _guide(request: Request) -> Guide:
    return await desk_of(request).guides.get()


async def _bookings(request: Request, office_id: str, day: date) -> tuple[DayBooking, ...]:
    corrections = desk_of(request).services.corrections
    return (await corrections.day(actor_of(request), office_id, day)).bookings


def _office(wanted: str, guide: Guide, member: Staff) -> str:
    """One that they work at: the wanted one, else the first."""
    mine = [office_id for office_id in guide.offices if member.serves(office_id)]
    return wanted if wanted in mine else next(iter(mine), "")


def _page(
    request: Request, guide: Guide, office_id: str, day: date, rows: list[EntryRow],
    reason: str = USUAL, status: int = 200,
) -> Response:  # fmt: skip
    member = session_of(request).staff
    values = {
        "rows": rows,
        "office": office_id,
        "offices": [(o, guide.office(o)) for o in guide.offices if member.serves(o)],
        "day": day,
        "latest": now().date(),
        "yesterday": day - timedelta(days=1),
        "reason": reason,
        "reasons": CORRECTION_REASONS.items(),
        "entered": sum(row.done for row in rows),
        "wrong_rows": sum(bool(row.errors) for row in rows),
        "sent": request.method == "POST",
    }
    return answer(request, "entry.html", values, status)


ROUTES = (
    Route("/entry", show, methods=["GET"]),
    Route("/entry", save, methods=["POST"]),
)
