"""Every route says who may call it; the architecture tests refuse one that does not."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from .assertion import Caller, Callers
from .errors import Malformed, NotAllowed

Endpoint = Callable[[Request[Any]], Awaitable[Response]]


@dataclass(frozen=True)
class Access:
    """The doors a route is open to, and the right that staff need there. `parts` are rights that
    open a part of the answer each."""

    doors: frozenset[str]
    right: str | None = None
    parts: tuple[str, ...] = ()


def allow(*doors: str, right: str | None = None) -> Callable[[Endpoint], Endpoint]:
    """Open a route to `doors` ('internet', 'lgwan'); at the LGWAN door only with `right`.

    The application's lifespan state holds the `Callers` under 'callers'.
    """
    access = Access(frozenset(doors), right)

    def protect(endpoint: Endpoint) -> Endpoint:
        @wraps(endpoint)
        async def checked(request: Request[Any]) -> Response:
            callers: Callers = request.state["callers"]
            caller = callers.read(request.headers.get("authorization", ""))
            _check(caller, access)
            _check_address(request)
            request.scope["caller"] = caller
            return await endpoint(request)

        checked.access = access  # type: ignore[attr-defined]
        return checked

    return protect


def _check(caller: Caller, access: Access) -> None:
    if caller.door not in access.doors:
        raise NotAllowed("This request is not taken from this door.")
    if access.right and caller.door == Callers.STAFF_DOOR and access.right not in caller.rights:
        raise NotAllowed(f"This needs the right {access.right}.")


def _check_address(request: Request[Any]) -> None:
    """No text of a database has a NUL, so nothing has a name with one."""
    if b"%00" in request.scope["query_string"] or "\0" in request.scope["path"]:
        raise Malformed("The address cannot be read.")


def caller_of(request: Request[Any]) -> Caller:
    """The caller that `allow` let through."""
    return cast("Caller", request.scope["caller"])
