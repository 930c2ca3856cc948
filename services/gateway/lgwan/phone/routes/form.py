"""One screen for bookings by phone and at the counter: any order, one person or a family, and a
time is held at once."""

from typing import cast

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.gateway.lgwan.counter.entry import Entry, read_entry, read_moment, read_people_form
from services.gateway.lgwan.counter.sentences import GIVEN_BACK, REMOVED
from services.gateway.lgwan.door.auth import actor_of, deed_of, form_of, session_of, staff
from services.gateway.lgwan.door.desk import desk_of
from services.gateway.lgwan.door.posted import read_key
from services.gateway.lgwan.phone import screen
from services.gateway.lgwan.phone.cards import check_cards
from services.gateway.lgwan.phone.modes import PHONE, WALK_IN, Mode
from services.gateway.lgwan.phone.sitting import Sitting
from services.gateway.web.forms import Form
from services.gateway.web.reading import Errors
from services.gateway.web.times import now

MAKE = "bookings.make"


@staff(MAKE)
async def show(request: Request) -> Response:
    """An empty form; whoever serves one office books there."""
    sitting = await _sitting(request, None)
    if len(sitting.offices) == 1:
        (office_id,) = sitting.offices
        sitting.entry = sitting.entry.change(office_id=office_id)
    return await screen.show(request, sitting)


@staff(MAKE, deed="booking.hold.keep", read=read_people_form)
async def refresh(request: Request) -> Response:
    """The page as it is with what was typed, with a person more or less; what is held is held on
    to."""
    sitting = await _begun(request)
    await sitting.keep()
    return await _page(request, sitting)


@staff(MAKE, deed="booking.hold", read=read_people_form)
async def take(request: Request) -> Response:
    return await _take(request, extra=False)


@staff(screen.OVERBOOK, deed="booking.hold.extra", read=read_people_form)
async def take_extra(request: Request) -> Response:
    return await _take(request, extra=True)


@staff(MAKE, deed="booking.hold.drop", read=read_people_form)
async def give_back(request: Request) -> Response:
    sitting = await _begun(request)
    await sitting.give_back()
    if sitting.hold is None:
        sitting.notes.append(GIVEN_BACK)
    return await _page(request, sitting)


@staff(MAKE, deed="booking.book", read=read_people_form)
async def book(request: Request) -> Response:
    sitting, deed = await _begun(request), deed_of(request)
    await sitting.keep()
    booking = await sitting.book()
    if booking is None:
        return await _page(request, sitting)
    deed.object_kind, deed.object_id = "booking", str(booking.booking_id)
    deed.office_id = booking.office_id
    return RedirectResponse(f"/phone/bookings/{booking.booking_id}", 303)


async def _take(request: Request, extra: bool) -> Response:
    sitting = await _begun(request)
    start = read_moment(cast("Form", form_of(request)).get("start"))
    await sitting.take(start, extra=extra)
    return await _page(request, sitting)


async def _begun(request: Request) -> Sitting:
    """The form as it was sent, with a person more if that was pressed, and the cards looked up
    where that is possible."""
    form = cast("Form", form_of(request))
    sitting = await _sitting(request, form)
    if form.get("more"):
        sitting.add()
    elif form.get("without"):
        sitting.removed = True
        sitting.notes.append(REMOVED)
    sitting.check_size()
    await check_cards(sitting)
    return sitting


async def _sitting(request: Request, form: Form | None) -> Sitting:
    desk, member = desk_of(request), session_of(request).staff
    guide = await desk.guides.get()
    mode = _mode(request)
    offices = screen.offices_of(member, guide, mode)
    entry, errors = Entry(arrived=True), Errors()
    if form is not None:
        entry, errors = read_entry(form, guide, frozenset(offices), now().date())
    key = read_key(form) if form is not None else ""
    return Sitting(mode, key, actor_of(request), desk.services, guide, offices, entry, errors)


async def _page(request: Request, sitting: Sitting) -> Response:
    """The same page; the log says what was refused first."""
    deed = deed_of(request)
    deed.office_id = sitting.entry.office_id
    deed.object_kind, deed.object_id = "form", str(sitting.entry.form)
    answer = await screen.show(request, sitting)
    if sitting.errors:
        deed.result = f"at-{next(iter(sitting.errors))}"
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
