"""Routes of staff that only pass on what they read: what an address names, a body, a key."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from libs.common.access import Endpoint, allow, caller_of
from libs.common.assertion import Caller
from libs.common.errors import Malformed
from libs.common.web import read_key, read_model
from services.booking.actions.desk import BookingContext

from .state import answer, desk_of

Ask = TypeVar("Ask", bound=BaseModel)
LONGEST = 65_536
"""Bytes of a body, where a route says nothing else."""


def shows(
    action: Callable[[BookingContext, Caller, Any], Awaitable[BaseModel]], name: str, *, right: str
) -> Endpoint:
    """A route of staff that shows what its address names by `name`."""

    @allow("lgwan", right=right)
    async def show(request: Request[Any]) -> Response:
        return answer(await action(desk_of(request), caller_of(request), request.path_params[name]))

    return show


def checks(
    action: Callable[[BookingContext, Caller, Ask], Awaitable[BaseModel]],
    body: type[Ask],
    *,
    right: str,
    longest: int = LONGEST,
) -> Endpoint:
    """A route of staff that says what the body would do, and keeps nothing."""

    @allow("lgwan", right=right)
    async def check(request: Request[Any]) -> Response:
        ask = await read_model(request, body, longest)
        return answer(await action(desk_of(request), caller_of(request), ask))

    return check


def saves(
    action: Callable[[BookingContext, Caller, str, Ask], Awaitable[BaseModel]],
    body: type[Ask],
    *,
    right: str,
    status: int = 200,
    longest: int = LONGEST,
    named_by: str | None = None,
) -> Endpoint:
    """A route of staff that does what the body says, once for each key. An address that names the
    object has the body's `named_by`; otherwise the route raises Malformed."""

    @allow("lgwan", right=right)
    async def save(request: Request[Any]) -> Response:
        ask, key = await read_model(request, body, longest), read_key(request)
        if named_by and request.path_params[named_by] != getattr(ask, named_by):
            raise Malformed("The body is about another object.", fields=[named_by])
        return answer(await action(desk_of(request), caller_of(request), key, ask), status)

    return save


def changes_booking(
    action: Callable[[BookingContext, Caller, UUID, str, Ask], Awaitable[BaseModel]],
    body: type[Ask],
    *,
    right: str,
) -> Endpoint:
    """A route of staff that does what the body says with the booking of its address, once for each
    key."""

    @allow("lgwan", right=right)
    async def change(request: Request[Any]) -> Response:
        ask, key = await read_model(request, body), read_key(request)
        caller, booking_id = caller_of(request), request.path_params["booking_id"]
        return answer(await action(desk_of(request), caller, booking_id, key, ask))

    return change
