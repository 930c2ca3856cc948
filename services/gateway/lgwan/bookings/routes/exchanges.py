"""差替え: another person for a booking, and two of one party who exchange their times."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.common.errors import Malformed
from libs.contracts.booking import StaffBookingDetail, TimeExchange
from libs.contracts.eligibility import Check
from services.gateway.lgwan.bookings.conflicts import PendingChange
from services.gateway.lgwan.bookings.exchanging import (
    GUARDED,
    TIMES,
    ExchangeTry,
    exchange_of,
    fields,
    is_guarded,
    lacking,
    may_swap,
    rules_of,
)
from services.gateway.lgwan.counter.entry import Entry, read_entry
from services.gateway.lgwan.counter.person import TypedPerson
from services.gateway.lgwan.counter.rows import row_of
from services.gateway.lgwan.door.auth import actor_of, audit_of, form_of, staff
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.kept_forms import keep_form, kept_form
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_key, read_version
from services.gateway.web.forms import Form
from services.gateway.web.link import Refused, Unreachable
from services.gateway.web.times import now

from .conflict import CONFLICTS, conflict

CHANGE = "bookings.change"


@dataclass(frozen=True)
class _Wanted:
    """What a conflict names as wanted, and what there is instead."""

    deed: str
    label: str
    wanted: str
    now: str


_PERSON = _Wanted("差替え", "来庁者", "別の方に差し替える", "いまの予約の方のまま")
_TIMES = _Wanted("時間の入れ替え", "入れ替え", "一緒に申し込んだ方と入れ替える", "していない")


@staff(CHANGE)
async def ask_person(request: Request) -> Response:
    found = await _booking(request)
    if form := await kept_form(request):
        tried = await _read(request, form, found)
        return await _person_page(request, found, ExchangeTry(tried.entry))
    entry = Entry(people=(TypedPerson(visitor=found.booking.visitor),))
    return await _person_page(request, found, ExchangeTry(entry))


@staff(CHANGE, audit="booking.replace", keep=keep_form())
async def replace_person(request: Request) -> Response:
    """The booking becomes another person's; nothing of the former one is kept."""
    found, deed = await _booking(request), audit_of(request)
    booking = found.booking
    deed.object_kind, deed.object_id = "booking", str(booking.booking_id)
    deed.office_id = booking.office_id
    tried = await _read(request, cast("Form", form_of(request)), found)
    if not tried.errors:
        try:
            await _replace(request, found, tried)
        except Refused as refused:
            if refused.slug not in ("version-conflict", "not-active"):
                raise
            version = read_version(form_of(request).get("version"))
            return await _conflict(request, refused, booking.booking_id, _PERSON, version)
    if tried.errors:
        deed.result = f"at-{next(iter(tried.errors))}"
        return await _person_page(request, found, tried)
    return RedirectResponse(f"/bookings/{booking.booking_id}?changed=person", 303)


@staff(CHANGE)
async def ask_times(request: Request) -> Response:
    return await _times_page(request, await _booking(request))


@staff(CHANGE, audit="booking.swap")
async def exchange_times(request: Request) -> Response:
    form, found, deed = form_of(request), await _booking(request), audit_of(request)
    booking = found.booking
    deed.object_kind, deed.object_id = "booking", str(booking.booking_id)
    deed.office_id = booking.office_id
    other, other_version = _chosen(form.get("other"))
    if other is None:
        deed.result = "nobody"
        return await _times_page(request, found, "だれと入れ替えるかを選んでください。", 422)
    ask = TimeExchange(
        version=read_version(form.get("version")), other_id=other, other_version=other_version
    )
    try:
        await door_of(request).services.counter.exchange_times(
            actor_of(request), read_key(form), booking.booking_id, ask
        )
    except Refused as refused:
        deed.result = refused.slug
        if refused.slug in TIMES:
            return await _times_page(request, found, TIMES[refused.slug], refused.status)
        return await _conflict(request, refused, booking.booking_id, _TIMES, ask.version)
    return RedirectResponse(f"/bookings/{booking.booking_id}?changed=times", 303)


async def _booking(request: Request) -> StaffBookingDetail:
    booking_id: UUID = request.path_params["booking_id"]
    return await door_of(request).services.booking.booking(actor_of(request), booking_id)


async def _read(request: Request, form: Form, found: StaffBookingDetail) -> ExchangeTry:
    catalog = await door_of(request).catalog.get()
    entry, wrong = read_entry(form, catalog, frozenset(), now().date())
    rules = rules_of(found.booking, catalog)
    errors = lacking(entry, rules) | {name: wrong[name] for name in fields(rules) if name in wrong}
    return ExchangeTry(entry, errors, status=422 if errors else 200)


async def _replace(request: Request, found: StaffBookingDetail, tried: ExchangeTry) -> None:
    """Raises Refused for what is no matter of the form."""
    services, actor, form = door_of(request).services, actor_of(request), form_of(request)
    entry, rules = tried.entry, rules_of(found.booking, await door_of(request).catalog.get())
    ticket = None
    try:
        if rules.needs_card:
            assert entry.who.born
            asked = Check(card_number=entry.who.card, born=entry.who.born)
            ticket = (await services.eligibility.check(actor, asked)).ticket
        ask = exchange_of(entry, rules, read_version(form.get("version")), ticket)
        key, booking_id = read_key(form), found.booking.booking_id
        await services.counter.replace_person(actor, key, booking_id, ask)
    except Refused as refused:
        tried.refuse(refused, rules)
    except Unreachable:
        tried.is_away()


def _chosen(text: str) -> tuple[UUID | None, int]:
    """The other booking and the version of it that was shown. Raises Malformed."""
    other, _, version = text.partition(".")
    if not other:
        return None, 0
    try:
        return UUID(other), read_version(version)
    except ValueError:
        raise Malformed("This is no booking of the list.") from None


async def _conflict(
    request: Request, refused: Refused, booking_id: UUID, wanted: _Wanted, version: int
) -> Response:
    """How the booking stands now. The form is filled in anew: who comes is not sent along."""
    if refused.slug not in CONFLICTS:
        raise refused
    pending = PendingChange(
        deed=wanted.deed,
        version=version,
        path=request.url.path,
        fields=lambda _: {},
        statuses=frozenset(),
        lines={wanted.label: wanted.wanted},
        now={wanted.label: wanted.now},
    )
    return await conflict(request, refused, booking_id, f"/bookings/{booking_id}", pending)


async def _person_page(request: Request, found: StaffBookingDetail, tried: ExchangeTry) -> Response:
    catalog = await door_of(request).catalog.get()
    values = {
        "row": row_of(found.booking, catalog, may_tick=False),
        "found": found,
        "rules": rules_of(found.booking, catalog),
        "guarded": GUARDED if is_guarded(found) else "",
        "entry": tried.entry,
        "errors": tried.errors,
        "other": row_of(tried.other, catalog, may_tick=False) if tried.other else None,
    }
    return answer(request, "person.html", values, tried.status)


async def _times_page(
    request: Request, found: StaffBookingDetail, error: str = "", status: int = 200
) -> Response:
    catalog = await door_of(request).catalog.get()
    others = [row_of(one, catalog, may_tick=False) for one in found.party]
    values = {
        "row": row_of(found.booking, catalog, may_tick=False),
        "others": [
            one
            for one in others
            if one.booking.status == "confirmed" and one.booking.booking_id not in found.displaced
            if may_swap(found, one.booking)
        ],
        "closed": found.booking.booking_id in found.displaced,
        "errors": {"other": error} if error else {},
    }
    return answer(request, "times.html", values, status)


_ONE = "/bookings/{booking_id:uuid}"
ROUTES = (
    Route(f"{_ONE}/person", ask_person, methods=["GET"]),
    Route(f"{_ONE}/person", replace_person, methods=["POST"]),
    Route(f"{_ONE}/times", ask_times, methods=["GET"]),
    Route(f"{_ONE}/times", exchange_times, methods=["POST"]),
)
