"""One screen for bookings by phone and at the counter: any order, one person or a family, and a
time is held at once."""

from typing import cast

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.gateway.lgwan.counter.entry import Entry, read_entry, read_moment, read_people_form
from services.gateway.lgwan.counter.sentences import COME_BACK, GIVEN_BACK, REMOVED
from services.gateway.lgwan.door.auth import (
    FormData,
    actor_of,
    audit_of,
    form_of,
    session_of,
    staff,
)
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.kept_forms import keep_form, kept_form
from services.gateway.lgwan.door.posted import read_key
from services.gateway.lgwan.door.staff import new_token
from services.gateway.lgwan.phone import screen
from services.gateway.lgwan.phone.cards import check_cards
from services.gateway.lgwan.phone.modes import PHONE, WALK_IN, Mode
from services.gateway.lgwan.phone.phone_form import OVERBOOK, PhoneForm
from services.gateway.web.forms import Form
from services.gateway.web.reading import Errors
from services.gateway.web.times import now

MAKE = "bookings.make"


def _back(request: Request, _: FormData) -> str:
    return _mode(request).path


_KEEP = keep_form(_back)


@staff(MAKE)
async def show(request: Request) -> Response:
    """An empty form; whoever serves one office books there."""
    if kept := await kept_form(request):
        phone_form = await _begun(request, kept)
        await phone_form.keep()
        phone_form.notes.append(COME_BACK)
        return await screen.show(request, phone_form)
    phone_form = await _sitting(request, None)
    if len(phone_form.offices) == 1:
        (office_id,) = phone_form.offices
        phone_form.entry = phone_form.entry.change(office_id=office_id)
    return await screen.show(request, phone_form)


@staff(MAKE, audit="booking.hold.keep", read=read_people_form, keep=_KEEP)
async def refresh(request: Request) -> Response:
    """The page as it is with what was typed, with a person more or less; what is held is held on
    to."""
    phone_form = await _begun(request, cast("Form", form_of(request)))
    await phone_form.keep()
    return await _page(request, phone_form)


@staff(MAKE, audit="booking.hold", read=read_people_form, keep=_KEEP)
async def take(request: Request) -> Response:
    return await _take(request, extra=False)


@staff(OVERBOOK, audit="booking.hold.extra", read=read_people_form, keep=_KEEP)
async def take_extra(request: Request) -> Response:
    return await _take(request, extra=True)


@staff(MAKE, audit="booking.hold.drop", read=read_people_form, keep=_KEEP)
async def give_back(request: Request) -> Response:
    phone_form = await _begun(request, cast("Form", form_of(request)))
    await phone_form.give_back()
    if phone_form.hold is None:
        phone_form.notes.append(GIVEN_BACK)
    return await _page(request, phone_form)


@staff(MAKE, audit="booking.book", read=read_people_form, keep=_KEEP)
async def book(request: Request) -> Response:
    phone_form, audit = await _begun(request, cast("Form", form_of(request))), audit_of(request)
    await phone_form.keep()
    booking = await phone_form.book()
    if booking is None:
        return await _page(request, phone_form)
    audit.object_kind, audit.object_id = "booking", str(booking.booking_id)
    audit.office_id = booking.office_id
    return RedirectResponse(f"/phone/bookings/{booking.booking_id}", 303)


async def _take(request: Request, extra: bool) -> Response:
    phone_form = await _begun(request, cast("Form", form_of(request)))
    start = read_moment(cast("Form", form_of(request)).get("start"))
    await phone_form.take(start, extra=extra)
    return await _page(request, phone_form)


async def _begun(request: Request, form: Form) -> PhoneForm:
    """The form as it was sent, with a person more if that was pressed, and the cards looked up
    where that is possible."""
    phone_form = await _sitting(request, form)
    if form.get("more"):
        phone_form.add()
    elif form.get("without"):
        phone_form.removed = True
        phone_form.notes.append(REMOVED)
    phone_form.check_size()
    await check_cards(phone_form)
    return phone_form


async def _sitting(request: Request, form: Form | None) -> PhoneForm:
    door, member = door_of(request), session_of(request).staff
    catalog = await door.catalog.get()
    mode = _mode(request)
    offices = screen.offices_of(member, catalog, mode)
    entry, errors = Entry(arrived=True), Errors()
    if form is not None:
        entry, errors = read_entry(form, catalog, frozenset(offices), now().date())
    # What comes back after signing in is asked for anew, under a key of its own.
    key = read_key(form) if request.method == "POST" and form is not None else new_token()
    return PhoneForm(mode, key, actor_of(request), door.services, catalog, offices, entry, errors)


async def _page(request: Request, phone_form: PhoneForm) -> Response:
    """The same page; the log says what was refused first."""
    audit = audit_of(request)
    audit.office_id = phone_form.entry.office_id
    audit.object_kind, audit.object_id = "form", str(phone_form.entry.form)
    answer = await screen.show(request, phone_form)
    if phone_form.errors:
        audit.result = f"at-{next(iter(phone_form.errors))}"
    return answer


def _mode(request: Request) -> Mode:
    return WALK_IN if request.url.path.startswith(WALK_IN.path) else PHONE


ROUTES = tuple(
    route
    for path in (PHONE.path, WALK_IN.path)
    for route in (
        Route(path, show, methods=["GET"]),
        Route(path, refresh, methods=["POST"]),
        Route(f"{path}/time", take, methods=["POST"]),
        Route(f"{path}/extra", take_extra, methods=["POST"]),
        Route(f"{path}/release", give_back, methods=["POST"]),
        Route(f"{path}/book", book, methods=["POST"]),
    )
)
