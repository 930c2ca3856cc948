"""What the internet door asks for on behalf of a session. The session is the caller's actor."""

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.access import allow, caller_of
from libs.common.errors import Malformed
from libs.common.web import read_key, read_model
from libs.contracts.booking import (
    BookingProof,
    BookingRequest,
    ChangeRequest,
    ContactRequest,
    HoldRequest,
)
from services.booking.actions import bookings, confirm, contact, holds, own_times, resend
from services.booking.actions.schedules import answers

from .state import answer, desk_of


def _session(request: Request[Any]) -> UUID:
    try:
        return UUID(caller_of(request).actor)
    except ValueError:
        raise Malformed("The actor of a citizen is a session id.") from None


@allow("internet")
async def hold_time(request: Request[Any]) -> Response:
    desk, session = desk_of(request), _session(request)
    ask = await read_model(request, HoldRequest)
    wanted = desk.request(f"hold:{session}", read_key(request), ask)
    return answer(await holds.hold_time(desk, session, wanted, ask), 201)


@allow("internet")
async def extend_hold(request: Request[Any]) -> Response:
    desk, session = desk_of(request), _session(request)
    wanted = desk.request(f"extend:{session}", read_key(request))
    return answer(await holds.extend_hold(desk, session, wanted))


@allow("internet")
async def book(request: Request[Any]) -> Response:
    desk, session = desk_of(request), _session(request)
    ask = await read_model(request, BookingRequest)
    wanted = desk.request(f"book:{session}", read_key(request), ask)
    return answer(await confirm.book(desk, session, wanted, ask), 201)


@allow("internet")
async def find_booking(request: Request[Any]) -> Response:
    proof = await read_model(request, BookingProof)
    return answer(await bookings.find_booking(desk_of(request), proof))


@allow("internet")
async def see_own_times(request: Request[Any]) -> Response:
    proof = await read_model(request, BookingProof)
    return answer(await own_times.see_own_times(desk_of(request), proof))


@allow("internet")
async def cancel_booking(request: Request[Any]) -> Response:
    proof = await read_model(request, BookingProof)
    desk, session = desk_of(request), _session(request)
    return answer(await bookings.cancel_booking(desk, session, read_key(request), proof))


@allow("internet")
async def change_booking(request: Request[Any]) -> Response:
    ask = await read_model(request, ChangeRequest)
    desk, session = desk_of(request), _session(request)
    return answer(await bookings.change_booking(desk, session, read_key(request), ask))


@allow("internet")
async def accept_proposal(request: Request[Any]) -> Response:
    ask = await read_model(request, ChangeRequest)
    desk, session = desk_of(request), _session(request)
    return answer(await answers.accept_own(desk, session, read_key(request), ask))


@allow("internet")
async def resend_mail(request: Request[Any]) -> Response:
    proof = await read_model(request, BookingProof)
    desk, session = desk_of(request), _session(request)
    return answer(await resend.resend_mail(desk, session, read_key(request), proof))


@allow("internet")
async def change_contact(request: Request[Any]) -> Response:
    ask = await read_model(request, ContactRequest)
    desk, session = desk_of(request), _session(request)
    return answer(await contact.change_contact(desk, session, read_key(request), ask))


ROUTES = [
    Route("/v1/holds", hold_time, methods=["POST"]),
    Route("/v1/holds/extend", extend_hold, methods=["POST"]),
    Route("/v1/bookings", book, methods=["POST"]),
    Route("/v1/bookings/find", find_booking, methods=["POST"]),
    Route("/v1/bookings/times", see_own_times, methods=["POST"]),
    Route("/v1/bookings/cancel", cancel_booking, methods=["POST"]),
    Route("/v1/bookings/change", change_booking, methods=["POST"]),
    Route("/v1/bookings/accept", accept_proposal, methods=["POST"]),
    Route("/v1/bookings/contact", change_contact, methods=["POST"]),
    Route("/v1/bookings/resend", resend_mail, methods=["POST"]),
]
