"""A stolen assertion opens the request it was made for, and no other one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from libs.common.access import allow, caller_of
from libs.common.assertion import Asserter, Callers, Target
from libs.common.errors import problem_handlers
from libs.common.signing import Signer
from libs.common.web import read_limited

KEY = bytes([1]) * 32
SENT = b'{"office_id":"honcho"}'


@allow("internet")
async def hold(request: Request[Any]) -> Response:
    body = await read_limited(request, 4 * 2**20)
    return PlainTextResponse(f"{caller_of(request).actor} {len(body)}")


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[dict[str, Any]]:
    public = Ed25519PrivateKey.from_private_bytes(KEY).public_key().public_bytes_raw()
    yield {"callers": Callers({"internet": public}, "booking")}


def ask(
    path: str, body: bytes, authorization: str, method: str = "POST", key: str = "k" * 16
) -> tuple[int, str]:
    routes = [Route("/holds", hold, methods=["GET", "POST"]), Route("/ends", hold)]
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers=problem_handlers({}))
    headers = {"authorization": authorization, "idempotency-key": key}
    with TestClient(app) as client:
        answer = client.request(method, path, content=body, headers=headers)
    return answer.status_code, answer.text


def assertion(body: bytes = SENT, address: str = "/holds?day=%E5%A4%A7") -> str:
    target = Target("booking", "POST", address, "k" * 16)
    return Asserter(KEY, "internet").header("a", frozenset(), frozenset(), target, body)


def test_the_request_itself_is_let_in() -> None:
    assert ask("/holds?day=%E5%A4%A7", SENT, assertion()) == (200, f"a {len(SENT)}")


@pytest.mark.parametrize(
    ("path", "body", "method", "key"),
    [
        ("/ends?day=%E5%A4%A7", SENT, "GET", "k" * 16),
        ("/holds?day=%E5%A4%A7", SENT, "GET", "k" * 16),
        ("/holds", SENT, "POST", "k" * 16),
        ("/holds?day=%E5%A4%A7&day=2", SENT, "POST", "k" * 16),
        ("/holds?day=%E5%A4%A7", SENT, "POST", "l" * 16),
        ("/holds?day=%E5%A4%A7", SENT.replace(b"honcho", b"akeno "), "POST", "k" * 16),
        ("/holds?day=%E5%A4%A7", SENT + b" ", "POST", "k" * 16),
        ("/holds?day=%E5%A4%A7", b"", "POST", "k" * 16),
    ],
)
def test_no_other_request_is(path: str, body: bytes, method: str, key: str) -> None:
    status, text = ask(path, body, assertion(), method, key)
    assert (status, "another" in text) == (401, True)


def test_a_file_of_megabytes_is_bound_as_well() -> None:
    file = bytes(3 * 2**20)
    made = assertion(file)
    assert ask("/holds?day=%E5%A4%A7", file, made) == (200, f"a {len(file)}")
    assert ask("/holds?day=%E5%A4%A7", file[:-1] + b"x", made)[0] == 401


def test_a_door_of_the_release_before_asks_as_it_did() -> None:
    claims = {"door": "internet", "actor": "a", "rights": [], "offices": [], "rid": ""}
    token = Signer(KEY, "assertion:internet").sign(claims, now=4e9, lifetime=60)
    assert ask("/holds", SENT, f"Assertion {token}") == (200, f"a {len(SENT)}")
