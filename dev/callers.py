"""A door's side for tests that call a service without a door: who calls is said in the headers,
and the assertion is made for exactly the request that leaves."""

import base64
import json
from collections.abc import Generator, Iterable

import httpx2

from libs.common.assertion import Asserter, Target

WHO = "x-caller-of-a-test"


def calling(
    private_key: bytes, door: str, actor: str, rights: Iterable[str], offices: Iterable[str]
) -> dict[str, str]:
    """Headers that `DoorAuth` replaces by an assertion."""
    who = [base64.b64encode(private_key).decode(), door, actor, list(rights), list(offices)]
    return {WHO: json.dumps(who)}


class DoorAuth(httpx2.Auth):
    """Signs each request for `service`; of a body that comes in pieces it signs nothing."""

    def __init__(self, service: str) -> None:
        self._service = service

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        if who := request.headers.pop(WHO, None):
            key, door, actor, rights, offices = json.loads(who)
            address = request.url.raw_path.decode("ascii").removesuffix("?")
            chosen = request.headers.get("idempotency-key", "")
            request.headers["authorization"] = Asserter(base64.b64decode(key), door).header(
                actor,
                frozenset(rights),
                frozenset(offices),
                Target(self._service, request.method, address, chosen),
                _content(request),
            )
        yield request


def _content(request: httpx2.Request) -> bytes:
    try:
        return request.content
    except httpx2.RequestNotRead:
        return b""
