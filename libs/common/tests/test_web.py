"""Every HTTP application limits bodies, answers problems alike and names its requests."""

import json
import logging
from typing import Any

import httpx2
import pytest
from prometheus_client import REGISTRY
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from libs.common.database import unreachable_handlers
from libs.common.errors import NotFound, Problem, problem_handlers
from libs.common.facts import Contract
from libs.common.logs import request_id
from libs.common.web import Requests, read_key, read_limited, read_model


class Person(Contract):
    name: str
    age: int


class Full(Problem):
    """A refusal of one service."""

    slug = "full"


class GoneAway(NotFound):
    """A kind of a refusal that has a status."""

    slug = "gone-away"


async def echo(request: Request) -> Response:
    person = await read_model(request, Person, limit=100)
    return JSONResponse({**person.model_dump(), "request_id": request_id.get()})


async def keyed(request: Request) -> Response:
    return JSONResponse(read_key(request))


async def length(request: Request) -> Response:
    return JSONResponse(len(await read_limited(request, 10)))


async def refuse(request: Request) -> Response:
    raise {"full": Full("Choose another.", free=3), "gone": GoneAway("Gone.")}[
        request.path_params["how"]
    ]


async def database_down(_: Request) -> Response:
    raise ConnectionRefusedError("10.0.0.1 refused")


def client(trust: bool = True) -> httpx2.AsyncClient:
    app = Starlette(
        routes=[
            Route("/echo", echo, methods=["POST"]),
            Route("/key", keyed),
            Route("/length", length, methods=["POST"]),
            Route("/refuse/{how}", refuse),
            Route("/down", database_down),
        ],
        middleware=[Middleware(Requests, trust_request_id=trust)],
        exception_handlers={**problem_handlers({Full: 409}), **unreachable_handlers()},
    )
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test")


async def post(path: str, content: Any, **headers: str) -> httpx2.Response:
    async with client() as http:
        return await http.post(path, content=content, headers=headers)


async def test_a_good_body_is_read() -> None:
    answer = await post("/echo", b'{"name": "a", "age": 3, "new": 1}')
    assert (answer.status_code, answer.json()["age"]) == (200, 3)


async def test_a_wrong_field_is_named_and_its_value_is_not_repeated() -> None:
    answer = await post("/echo", b'{"name": 7, "age": "secret"}')
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["slug"] == "malformed"
    assert answer.json()["fields"] == ["name", "age"]
    assert "secret" not in answer.text


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"\xff\xfe", b"[" * 99])
async def test_what_is_not_json_gets_a_sentence(body: bytes) -> None:
    answer = await post("/echo", body)
    assert answer.status_code == 400
    assert answer.json()["detail"] == "The request cannot be read: it is not a JSON object"


async def test_a_sign_that_no_database_has_is_refused_before_it_gets_there() -> None:
    answer = await post("/echo", json.dumps({"name": "a\0b", "age": 3}))
    assert (answer.status_code, answer.json()["slug"]) == (400, "malformed")


async def test_a_body_over_the_limit_is_refused_by_its_declared_length() -> None:
    answer = await post("/echo", json.dumps({"name": "a" * 100, "age": 1}))
    assert (answer.status_code, answer.json()["slug"]) == (413, "too-large")


async def test_a_body_without_a_declared_length_is_counted_while_it_comes() -> None:
    async def chunks(count: int) -> Any:
        for _ in range(count):
            yield b"12345"

    assert (await post("/length", chunks(2))).json() == 10
    assert (await post("/length", chunks(3))).status_code == 413


async def test_a_refusal_has_the_status_of_its_service_and_its_facts() -> None:
    async with client() as http:
        answer = await http.get("/refuse/full")
    assert answer.status_code == 409
    assert answer.json() == {"slug": "full", "detail": "Choose another.", "free": 3}


async def test_a_refusal_without_a_status_has_that_of_its_kind() -> None:
    async with client() as http:
        answer = await http.get("/refuse/gone")
    assert (answer.status_code, answer.json()["slug"]) == (404, "gone-away")


async def test_a_dead_database_is_503_with_a_time_to_try_again() -> None:
    async with client() as http:
        answer = await http.get("/down")
    assert (answer.status_code, answer.json()["slug"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "2"
    assert "10.0.0.1" not in answer.text


@pytest.mark.parametrize("key", ["", "short", "a" * 129, "with space and more"])
async def test_a_change_needs_a_key_of_safe_characters(key: str) -> None:
    async with client() as http:
        assert (await http.get("/key", headers={"idempotency-key": key})).status_code == 400
        assert (await http.get("/key", headers={"idempotency-key": "k" * 16})).json() == "k" * 16


async def test_the_request_id_of_a_door_is_taken_over() -> None:
    body = b'{"name": "a", "age": 3}'
    sent = "0123456789abcdef" * 2
    answer = await post("/echo", body, **{"x-request-id": sent})
    assert answer.json()["request_id"] == sent
    odd = await post("/echo", body, **{"x-request-id": "x\tforged"})
    assert len(odd.json()["request_id"]) == 32


async def test_at_a_door_nobody_else_names_our_requests() -> None:
    sent = "0123456789abcdef" * 2
    async with client(trust=False) as http:
        answer = await http.post(
            "/echo", content=b'{"name": "a", "age": 3}', headers={"x-request-id": sent}
        )
    assert answer.json()["request_id"] != sent


async def test_the_log_has_the_route_and_never_the_path(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "libs.common.web")
    async with client() as http:
        await http.get("/refuse/full?born=shown")
        await http.get("/nowhere/shown")
    noted = [record.__dict__["fields"] for record in caplog.records]
    assert [(line["route"], line["status"]) for line in noted] == [
        ("/refuse/{how}", 409),
        ("unknown", 404),
    ]
    assert "shown" not in str(noted)


async def test_methods_that_somebody_made_up_are_one_figure() -> None:
    """Else whoever asks could have the process keep figures without end."""

    def counted() -> float:
        labels = {"route": "unknown", "method": "OTHER", "status": "404"}
        name = "oita_http_request_duration_seconds_count"
        return REGISTRY.get_sample_value(name, labels) or 0.0

    before = counted()
    async with client() as http:
        for method in ("BREW", "WHEN"):
            await http.request(method, "/nowhere")
    assert counted() == before + 2
