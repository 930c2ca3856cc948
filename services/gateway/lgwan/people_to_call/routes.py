"""電話する方: the list of a day's calls, and 済 or 不在."""

from hashlib import sha256
from typing import Any, get_args
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.common.errors import Malformed
from libs.contracts.booking import CallNote, CallReason, CallResult, PersonToCall
from services.gateway.lgwan.door.auth import (
    actor_of,
    audit_of,
    form_of,
    note_list,
    session_of,
    staff,
)
from services.gateway.lgwan.door.context import CatalogIndex, door_of, offices_of
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_key
from services.gateway.web.link import Refused
from services.gateway.web.times import now
from services.gateway.web.typed import harmless

PATH = "/people-to-call"
REASONS: dict[CallReason, str] = {
    "displaced": "窓口の都合で日時の変更が必要",
    "reminder": "前日のお知らせが届いていない",
    "mail": "メール不達",
    "outage": "システム障害で手続きできなかった",
}
GONE = "この方への電話は、もう必要なくなりました。連絡先や日時が変わったか、取り消されています。"
_UUID: TypeAdapter[UUID] = TypeAdapter(UUID)


@staff("bookings.read")
async def people_to_call(request: Request) -> Response:
    """Those who were not reached yet, or everybody."""
    return await _page(request)


@staff("bookings.change", audit="people.call")
async def note_call(request: Request) -> Response:
    """済 / 不在"""
    form, audit = form_of(request), audit_of(request)
    result, booking_id = _pressed(form.get("press"))
    audit.object_kind, audit.object_id = "booking", str(booking_id)
    key = sha256(f"{read_key(form)}.{result}.{booking_id}".encode()).hexdigest()
    client = door_of(request).services.schedules
    try:
        person = await client.note_call(actor_of(request), key, booking_id, CallNote(result=result))
    except Refused as refused:
        if refused.slug != "not-found":
            raise
        audit.result = "gone"
        return await _page(request, GONE, 409)
    audit.office_id = person.office_id
    query = f"office={_asked(request, 'office')}&all={_asked(request, 'all')}"
    return RedirectResponse(f"{PATH}?{query}&done={result}", 303)


def _pressed(text: str) -> tuple[CallResult, UUID]:
    """Raises Malformed for anything but the value of a button."""
    what, _, booking_id = text.partition(".")
    try:
        result: CallResult = next(one for one in get_args(CallResult) if one == what)
        return result, _UUID.validate_python(booking_id)
    except (StopIteration, ValidationError):
        raise Malformed("This is not a button of the list.") from None


def _asked(request: Request, name: str) -> str:
    if request.method == "POST":
        return harmless(form_of(request).get(name))
    return harmless(request.query_params.get(name, ""))


async def _page(request: Request, told: str = "", status: int = 200) -> Response:
    door, member = door_of(request), session_of(request).staff
    catalog = await door.catalog.get()
    offices = offices_of(catalog, member)
    office = _asked(request, "office")
    office = office if office in dict(offices) else ""
    everybody = "1" if _asked(request, "all") == "1" else ""
    query = {"office": office, "all": everybody}
    found = await door.services.schedules.people_to_call(
        actor_of(request), {name: value for name, value in query.items() if value}
    )
    done = _asked(request, "done")
    values: dict[str, Any] = {
        "offices": offices,
        "office": office,
        "everybody": everybody,
        "rows": [_row(person, catalog) for person in found.people],
        "total": found.total,
        "shown_at": now(),
        "told": told,
        "done": done if done in get_args(CallResult) else "",
        "may_change": member.may("bookings.change"),
    }
    await note_list(request, "people", office, len(found.people))
    return answer(request, "people_to_call.html", values, status)


def _row(person: PersonToCall, catalog: CatalogIndex) -> dict[str, object]:
    return {
        "one": person,
        "number": f"{person.number[:5]}-{person.number[5:]}",
        "office": catalog.office(person.office_id),
        "procedure": catalog.procedure(person.procedure_id),
        "reasons": [REASONS[reason] for reason in person.reasons],
    }


ROUTES = [
    Route(PATH, people_to_call, methods=["GET"]),
    Route(PATH, note_call, methods=["POST"]),
]
