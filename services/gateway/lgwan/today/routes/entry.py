"""まとめ入力: the results of a day at an office, typed from paper, in one go."""

from datetime import date, timedelta
from typing import cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.booking import DayBooking
from services.gateway.lgwan.bookings.results import read_result
from services.gateway.lgwan.door.auth import actor_of, audit_of, form_of, session_of, staff
from services.gateway.lgwan.door.context import CatalogIndex, door_of
from services.gateway.lgwan.door.day import read_day
from services.gateway.lgwan.door.kept_forms import keep_form, kept_form
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
    "in-outage": "この予約はシステム障害の間のため、来庁なしにはできません。",
    "not-found": "この場所の予約ではなくなりました。",
    "malformed": "時刻を確かめてください。",
}


@staff(TICK)
async def show(request: Request) -> Response:
    door, query = door_of(request), request.query_params
    catalog = await door.catalog.get()
    if form := await kept_form(request):
        return await _come_back(request, catalog, form)
    office_id = _office(query.get("office", ""), catalog, session_of(request).staff)
    day = min(read_day(query.get("day", "")), now().date())
    rows = open_rows(await _bookings(request, office_id, day), catalog)
    return _page(request, catalog, office_id, day, rows)


async def _come_back(request: Request, catalog: CatalogIndex, form: Form) -> Response:
    """The table as it was filled in; nothing of it is entered yet."""
    office_id = _office(form.get("office"), catalog, session_of(request).staff)
    day = min(read_day(form.get("day")), now().date())
    rows = sent_rows(form, await _bookings(request, office_id, day), catalog)
    return _page(request, catalog, office_id, day, rows, form.get("reason"))


@staff(TICK, audit="entry.save", read=read_table, keep=keep_form())
async def save(request: Request) -> Response:
    """Each row that was filled in, by itself: what one of them lacks keeps no other from being
    entered. The same form sent again enters nothing twice."""
    form, audit, catalog = cast("Form", form_of(request)), audit_of(request), await _index(request)
    office_id = _office(form.get("office"), catalog, session_of(request).staff)
    day = min(read_day(form.get("day")), now().date())
    audit.object_kind, audit.object_id, audit.office_id = "office", office_id, office_id
    key, reason = read_key(form), form.get("reason")
    rows = sent_rows(form, await _bookings(request, office_id, day), catalog)
    for row in rows:
        if not row.typed.is_empty:
            await _enter(request, row, key, reason, catalog)
    wrong = any(row.errors for row in rows)
    return _page(request, catalog, office_id, day, rows, reason, 422 if wrong else 200)


async def _enter(
    request: Request, row: EntryRow, key: str, reason: str, catalog: CatalogIndex
) -> None:
    booking = row.row.booking
    read = read_result(row.typed, booking, row.version, reason, catalog)
    if read.ask is None:
        row.errors = read.errors
        return
    corrections = door_of(request).services.corrections
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
        found = await door_of(request).services.booking.booking(actor_of(request), saved.booking_id)
        row.has_newer = found.newer is not None
    await _note(request, row, "done")


async def _note(request: Request, row: EntryRow, result: str) -> None:
    """A line of the operation log for each booking."""
    booking, actor = row.row.booking, session_of(request).staff.staff_id
    line = Operation(
        actor, "booking.correct", "booking", str(booking.booking_id), booking.office_id, result
    )
    async with door_of(request).open_store(Store) as store:
        store.record(line)


async def _index(request: Request) -> CatalogIndex:
    return await door_of(request).catalog.get()


async def _bookings(request: Request, office_id: str, day: date) -> tuple[DayBooking, ...]:
    corrections = door_of(request).services.corrections
    return (await corrections.day(actor_of(request), office_id, day)).bookings


def _office(wanted: str, catalog: CatalogIndex, member: Staff) -> str:
    """One that they work at: the wanted one, else the first."""
    mine = [office_id for office_id in catalog.offices if member.serves(office_id)]
    return wanted if wanted in mine else next(iter(mine), "")


def _page(
    request: Request, catalog: CatalogIndex, office_id: str, day: date, rows: list[EntryRow],
    reason: str = USUAL, status: int = 200,
) -> Response:  # fmt: skip
    member = session_of(request).staff
    values = {
        "rows": rows,
        "office": office_id,
        "offices": [(o, catalog.office(o)) for o in catalog.offices if member.serves(o)],
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
