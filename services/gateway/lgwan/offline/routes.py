"""停止時用一覧: the list for an outage, saved by the browser of whoever works at the office.

No folder and no server at the city is needed; the file opens with the city's password."""

import asyncio
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, UUID, uuid5

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.errors import Malformed, NotAllowed
from libs.contracts.booking import CARD_NUMBERS
from libs.contracts.times import find_day
from services.gateway.lgwan.door.auth import actor_of, audit_of, form_of, session_of, staff
from services.gateway.lgwan.door.card_numbers import numbers_of
from services.gateway.lgwan.door.context import door_of, offices_of
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_key
from services.gateway.web.times import now

from .asking import SAVES
from .plan import file_name
from .sheets import PaperDay, locked_workbook, standing
from .store import SavedListStore

SHOWN_FOR = timedelta(days=7)
NO_NUMBERS = (
    "製造管理番号を、いまは入れられません。少し待ってから、もう一度保存してください。"
    "急ぐときは、番号のない一覧を保存できます。"
)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@staff(SAVES, parts=(CARD_NUMBERS,))
async def show(request: Request) -> Response:
    return await _page(request, await _office(request, request.query_params.get("office", "")))


@staff(SAVES, audit="offline-list.save")
async def save(request: Request) -> Response:
    """The list as a file, and a note of it for colleagues."""
    form, audit, door = form_of(request), audit_of(request), door_of(request)
    office_id, key = await _office(request, form.get("office"), own=True), read_key(form)
    audit.object_kind, audit.object_id, audit.office_id = "office", office_id, office_id
    if not door.outage.password:
        raise HTTPException(404)
    day = await _day(request, office_id, form.get("day"))
    content = await _list(request, office_id, day, without_numbers=bool(form.get("without")))
    if content is None:
        audit.result = "without-numbers"
        return await _page(request, office_id, day, 503)
    async with door.open_store(SavedListStore) as store:
        member = session_of(request).staff.staff_id
        await store.add(_save_id(member, key, office_id, day), office_id, day, member)
    name = file_name(door.catalog.office(office_id), day)
    said = f"attachment; filename=\"list-{day}.xlsx\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, 200, {"content-disposition": said}, _XLSX)


async def _list(
    request: Request, office_id: str, day: date, *, without_numbers: bool
) -> bytes | None:
    """The locked workbook; None where the numbers of cards cannot be had and are wanted."""
    door = door_of(request)
    found = await door.services.corrections.day_for_outage(actor_of(request), office_id, day)
    numbers = await numbers_of(request, found.cards, "outage", office_id)
    if numbers is None and not without_numbers:
        return None
    name, visits = door.catalog.office(office_id), standing(found.bookings)
    paper = PaperDay(name, day, found.at, visits, numbers or {}, found.shelves)
    return await asyncio.to_thread(
        locked_workbook, paper, await door.catalog.get(), door.outage.password
    )


def _save_id(member: str, key: str, office_id: str, day: date) -> UUID:
    """The same for a form that is sent twice."""
    return uuid5(NAMESPACE_URL, f"{member} {key} {office_id} {day}")


async def _office(request: Request, wanted: str, own: bool = False) -> str:
    """One that they work at: the wanted one, else the first. Raises NotAllowed, and HTTPException
    (404) for one that is not their `own`."""
    mine = [office for office, _ in offices_of(await _index(request), session_of(request).staff)]
    if not mine:
        raise NotAllowed("This account serves no office.")
    if own and wanted not in mine:
        raise HTTPException(404)
    return wanted if wanted in mine else mine[0]


async def _index(request: Request) -> Any:
    return await door_of(request).catalog.get()


async def _days(request: Request, office_id: str) -> list[date]:
    """Those that a list is saved of: today and the next open day."""
    services = door_of(request).services
    return [now().date(), await services.today.next_day(actor_of(request), office_id)]


async def _day(request: Request, office_id: str, text: str) -> date:
    """Raises Malformed."""
    day = find_day(text)
    if day is None or day not in await _days(request, office_id):
        raise Malformed("There is no list of that day.")
    return day


async def _page(
    request: Request, office_id: str, lacking: date | None = None, status: int = 200
) -> Response:
    """`lacking` is the day whose list would be without the numbers of cards."""
    door, member = door_of(request), session_of(request).staff
    async with door.open_store(SavedListStore) as store:
        saved = await store.newest(office_id, now() - SHOWN_FOR)
    values = {
        "office_id": office_id,
        "office": door.catalog.office(office_id),
        "offices": offices_of(await _index(request), member),
        "days": await _days(request, office_id),
        "today": now().date(),
        "saved": saved,
        "possible": bool(door.outage.password),
        "lacking": lacking,
        "told": NO_NUMBERS if lacking else "",
        "sees_numbers": member.may(CARD_NUMBERS),
    }
    return answer(request, "offline.html", values, status)


ROUTES = [
    Route("/offline", show, methods=["GET"]),
    Route("/offline/list", save, methods=["POST"]),
]
