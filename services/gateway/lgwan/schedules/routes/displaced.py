"""Bookings that a change displaced: whom to tell, what was proposed, and what became of it."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any, get_args
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from libs.common.errors import Malformed
from libs.contracts.booking import CallResult, Displaced, DisplacedAnswer, DisplacedCall, Proposal
from services.gateway.lgwan.door.auth import actor_of, audit_of, form_of, session_of, staff
from services.gateway.lgwan.door.context import CatalogIndex, door_of
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_key, read_version
from services.gateway.lgwan.door.words import PROPOSAL
from services.gateway.web.clients import Answer
from services.gateway.web.link import Refused
from services.gateway.web.times import now

from .work import asked

SHOWN = 40
REFUSED = {
    "hold-expired": "提案した時間は、もう確保されていません。"
    "予約の画面で、別の日時を選んでください。",
    "not-active": "この予約は、ほかの職員がもう対応したか、取り消されています。",
    "version-conflict": "この予約は、ほかの端末で先に変更されていました。"
    "いまの内容を確かめてください。",
    "one-window": "同じ法定代理人の方が、提案した時間にはほかの方の窓口にいます。"
    "予約の画面で、別の日時を選んでください。",
    "slot-full": "元の日時に空けられる窓口がありません。予約の画面で、別の日時を選んでください。",
    "already-booked": "この方は、ほかの時間を予約し直しています。",
}
_UUID = TypeAdapter(UUID)


@dataclass(frozen=True)
class Pressed:
    """Which button of which row."""

    what: str
    booking_id: UUID
    version: int

    def key(self, form_key: str) -> str:
        value = f"{form_key}.{self.what}.{self.booking_id}.{self.version}"
        return sha256(value.encode()).hexdigest()


@staff("bookings.read")
async def displaced(request: Request) -> Response:
    return await _page(request)


@staff("bookings.read")
async def sheet(request: Request) -> Response:
    """The same on paper: every row, with room for what came of each call."""
    return answer(request, "displaced_sheet.html", await _values(request))


@staff("bookings.change", audit="displaced.call")
async def call(request: Request) -> Response:
    """済 / 不在"""
    pressed, audit = _pressed(request), audit_of(request)
    audit.object_kind, audit.object_id = "booking", str(pressed.booking_id)
    client, key = door_of(request).services.schedules, pressed.key(read_key(form_of(request)))
    for result in get_args(CallResult):
        if result == pressed.what:
            called = DisplacedCall(result=result)
            row = await client.call(actor_of(request), key, pressed.booking_id, called)
            return _back(request, row)
    raise Malformed("There is no such button.")


@staff("bookings.change", audit="displaced.answer")
async def settle(request: Request) -> Response:
    """提案の日時に変更 / そのまま残す"""
    pressed, audit = _pressed(request), audit_of(request)
    audit.object_kind, audit.object_id = "booking", str(pressed.booking_id)
    client, key = door_of(request).services.schedules, pressed.key(read_key(form_of(request)))
    for what in get_args(Answer):
        if what == pressed.what:
            audit.what = f"displaced.{what}"
            body = DisplacedAnswer(version=pressed.version)
            try:
                row = await client.answer(actor_of(request), key, pressed.booking_id, what, body)
            except Refused as refused:
                return await _stopped(request, refused)
            return _back(request, row)
    raise Malformed("There is no such button.")


def _pressed(request: Request) -> Pressed:
    """Raises Malformed for anything but the value of a button."""
    what, _, rest = form_of(request).get("press").partition(".")
    booking_id, _, version = rest.partition(".")
    try:
        return Pressed(what, _UUID.validate_python(booking_id), read_version(version))
    except ValidationError:
        raise Malformed("This is not a button of the list.") from None


def _back(request: Request, row: Displaced) -> Response:
    audit_of(request).office_id = row.office_id
    office, state = asked(request, "office"), asked(request, "state")
    query = f"office={office}&state={state}&done={row.booking_id}"
    return RedirectResponse(f"/displaced?{query}#b-{row.booking_id}", 303)


async def _stopped(request: Request, refused: Refused) -> Response:
    if refused.slug not in REFUSED:
        raise refused
    audit_of(request).result = refused.slug
    return await _page(request, REFUSED[refused.slug], 409)


async def _page(request: Request, told: str = "", status: int = 200) -> Response:
    values = await _values(request)
    rows = values["rows"]
    first = _first(request, len(rows))
    more = {
        "shown": rows[first : first + SHOWN],
        "first": first,
        "more": first + SHOWN if first + SHOWN < len(rows) else 0,
        "told": told,
        "done": next((r for r in rows if str(r["id"]) == asked(request, "done")), None),
        "may_change": session_of(request).staff.may("bookings.change"),
    }
    return answer(request, "displaced.html", {**values, **more}, status)


async def _values(request: Request) -> dict[str, Any]:
    """What was asked for, and every row of it."""
    door, member = door_of(request), session_of(request).staff
    catalog = await door.catalog.get()
    offices = [(o.office_id, o.name) for o in catalog.offices.values()]
    offices = [(o, name) for o, name in offices if member.serves(o)]
    office = asked(request, "office")
    office = office if office in dict(offices) else ""
    state = asked(request, "state")
    state = state if state in (*get_args(Proposal), "all") else "open"
    query = {"office": office, "state": "" if state == "all" else state, "change": _change(request)}
    found = await door.services.schedules.displaced(
        actor_of(request), {name: value for name, value in query.items() if value}
    )
    return {
        "offices": offices,
        "office": office,
        "office_name": catalog.office(office) if office else "すべての場所",
        "state": state,
        "change": query["change"],
        "rows": [_row(one, catalog) for one in found.displaced],
        "shown_at": now(),
    }


def _first(request: Request, total: int) -> int:
    """Where the part of the list begins that is shown."""
    text = asked(request, "first")
    first = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
    return first if first < total else 0


def _change(request: Request) -> str:
    try:
        return str(_UUID.validate_python(asked(request, "change")))
    except ValidationError:
        return ""


def _row(one: Displaced, catalog: CatalogIndex) -> dict[str, object]:
    return {
        "id": one.booking_id,
        "one": one,
        "number": f"{one.number[:5]}-{one.number[5:]}",
        "office": catalog.office(one.office_id),
        "procedure": catalog.procedure(one.procedure_id),
        "to": catalog.office(one.proposed.office_id) if one.proposed else "",
        "state": PROPOSAL[one.state],
        "press": f"{one.booking_id}.{one.version}",
    }
