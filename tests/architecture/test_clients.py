"""Every method of every client asks what a route of the owner takes, and no route is for nobody."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient

from dev.api import CLIENTS, Question, questions
from dev.callers import DoorAuth, calling
from dev.openapi import asked_of, route_of, routes_of
from libs.common.assertion import Callers
from libs.common.errors import problem_handlers
from libs.contracts.booking import CARD_NUMBERS_OF_OUTAGES
from services.gateway.lgwan.door.staff import RIGHTS
from services.gateway.web import clients

from .house import SERVICES, access_of, where

SEED = bytes([1]) * 32
READ = 299
ACTOR = UUID(int=1).hex
"""Citizens are known by a session."""
PARTS = ("desk", "changes", "checks", "drafts", "editing", "imports", "numbers", "open_store")
"""Under these names services hand over what their routes work with."""
PUBLIC = Ed25519PrivateKey.from_private_bytes(SEED).public_key().public_bytes_raw()


class Reached(Exception):
    """The route has read the request and asks for the first thing that takes a database."""


class Beyond:
    """Stands for all that a running service hands to its routes: calling any of it ends here."""

    def __getattr__(self, _: str) -> "Beyond":
        return self

    def __call__(self, *_: Any, **__: Any) -> Any:
        raise Reached


def test_every_client_is_tried() -> None:
    kinds = {getattr(clients, name) for name in clients.__all__}
    assert {kind for kind in kinds if isinstance(kind, type)} == set(CLIENTS)


def test_every_method_asks_a_route_that_is_open_to_its_door() -> None:
    assert len(questions()) > 80
    for question in questions():
        route = route_of(question)
        assert route, f"{question.asker}: {question.method} {question.path} is no route"
        access = access_of(route)
        assert access
        assert access.doors & question.doors, f"{question.asker}: {where(route)}"


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_is_asked_by_a_door(service: str) -> None:
    assert asked_of(service)
    assert [where(route) for route, asked in asked_of(service) if not asked] == []


@pytest.mark.parametrize("question", questions(), ids=lambda q: f"{q.asker} {q.path}")
def test_every_route_reads_what_its_method_sends(
    question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The body is taken as the contract that the client sends; key and query are read."""
    read: list[type[BaseModel]] = []

    def take(kind: type[BaseModel], _: object) -> BaseModel | None:
        read.append(kind)
        return question.body

    monkeypatch.setattr(BaseModel, "model_validate_json", classmethod(take))
    assert send(question) == READ
    assert read == [type(question.body)] * bool(question.body)


def send(question: Question) -> int:
    """The status of the answer; READ where the route has read all that it was sent."""
    with TestClient(application(question.service)) as client:
        try:
            return client.request(
                question.method,
                question.path,
                params=list(question.query),
                content=b"{}" if question.method == "POST" else None,
                headers=headers_of(question),
                auth=DoorAuth(question.service),
            ).status_code
        except RuntimeError as late:  # of an answer in parts, which has begun by then
            assert isinstance(late.__cause__, Reached)
            return READ


def application(service: str) -> Starlette:
    """The routes of a service, with nothing behind them."""

    @asynccontextmanager
    async def state(_: Starlette) -> AsyncIterator[dict[str, Any]]:
        callers = Callers({"lgwan": PUBLIC, "internet": PUBLIC}, service)
        yield {"callers": callers, **dict.fromkeys(PARTS, Beyond())}

    def reached(_: Request, __: Exception) -> Response:
        return Response(status_code=READ)

    handlers = {**problem_handlers({}), Reached: reached}
    return Starlette(routes=routes_of(service), lifespan=state, exception_handlers=handlers)


def headers_of(question: Question) -> dict[str, str]:
    route = route_of(question)
    access = access_of(route) if route else None
    door = min(question.doors & access.doors) if access else ""
    caller = calling(SEED, door, ACTOR, {*RIGHTS, CARD_NUMBERS_OF_OUTAGES}, "*")
    key = {"Idempotency-Key": question.key} if question.key else {}
    return caller | dict(question.headers) | key
