"""Every route says who may call it; the architecture tests refuse one that does not."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from .assertion import Assertion, Caller, Callers, Target, encode_digest
from .errors import Malformed, NotAllowed, NotAuthenticated
from .web import KEY_HEADER

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
            authorization = request.headers.get("authorization", "")
            assertion = callers.read(authorization, _target(request, callers.service))
            _check(assertion.caller, access)
            _check_address(request)
            request.scope["caller"] = assertion.caller
            return await endpoint(_with_body_of(assertion, request))

        checked.access = access  # type: ignore[attr-defined]
        return checked

    return protect


def _target(request: Request[Any], service: str) -> Target:
    """Method, address and key as they arrived."""
    address = request.scope["raw_path"].decode("latin-1")
    if query := request.scope["query_string"].decode("latin-1"):
        address = f"{address}?{query}"
    return Target(service, request.method, address, request.headers.get(KEY_HEADER, ""))


def _with_body_of(assertion: Assertion, request: Request[Any]) -> Request[Any]:
    """The request with a body that is checked while it is read, so that a file of any size is
    bound and none is read twice. Who does not read the body does nothing with it."""
    if assertion.digest is None:
        return request
    seen = hashlib.sha256()

    async def receive() -> Message:
        message = await request.receive()
        if message["type"] == "http.request":
            seen.update(message.get("body", b""))
            ended = not message.get("more_body", False)
            if ended and encode_digest(seen.digest()) != assertion.digest:
                raise NotAuthenticated("The assertion was made for another body.")
        return message

    return Request(request.scope, receive)


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
