"""Every route says who may call it; staff need a right, and citizens meet no route of theirs."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dev.callers import DoorAuth, calling
from dev.environment import PROGRAMS
from libs.common.assertion import Callers
from libs.common.database import UNREACHABLE
from libs.common.errors import problem_handlers
from libs.common.settings import describe
from libs.contracts.booking import CARD_NUMBERS_OF_OUTAGES, EVERYWHERE
from services.gateway.internet.door.settings import Settings as InternetSettings
from services.gateway.lgwan.door.staff import MANAGES, READS_LOG, RIGHTS

from .house import ROOT, SERVICES, access_of, app_of, files, routes_of, where

DOORS = {"internet", "lgwan"}
STAFF_ONLY = frozenset({"lgwan"})
WITHOUT_A_RIGHT = {
    "GET /login",
    "POST /login",
    "POST /logout",
    "GET /password",
    "POST /password",
    "GET /own-sessions",
    "POST /own-sessions/end",
    "GET /",
    "GET /static/{name}",
    "GET /session",
}
OF_MACHINES = {CARD_NUMBERS_OF_OUTAGES}
"""Rights that no account has."""
OF_THE_DOOR = {MANAGES, READS_LOG}
"""Rights about what the staff door itself keeps."""
RECORDED_OTHERWISE = {"/login"}
"""Whoever signs in is nobody yet; their try is recorded where it is counted."""
SHOWN_AGAIN = {"/bookings/search", *(f"/schedules{form}" for form in
               ("", "/series", "/day", "/stops", "/end", "/week", "/office"))}  # fmt: skip
"""A search that stays out of addresses, and forms with what was collected so far."""
ON_A_SCREEN = {"GET /display", "GET /display/calls"}
"""For a waiting room: opened by a cookie of their own, which opens nothing else."""


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_route_declares_the_doors_it_is_open_to(program: str) -> None:
    routes = routes_of(program)
    undeclared = [where(route) for route in routes if access_of(route) is None]
    assert routes
    assert not undeclared
    for route in routes:
        access = access_of(route)
        assert access
        assert access.doors, where(route)
        assert access.doors <= DOORS, where(route)


@pytest.mark.parametrize("service", SERVICES)
def test_what_only_staff_may_ask_a_service_needs_a_right(service: str) -> None:
    for route in routes_of(service):
        access = access_of(route)
        assert access
        assert access.right or access.doors != STAFF_ONLY, where(route)


@pytest.mark.parametrize("service", SERVICES)
def test_no_route_of_a_service_answers_without_an_assertion(service: str) -> None:
    """The declaration alone protects nothing: whoever comes without one is sent away."""

    @asynccontextmanager
    async def nobody(_: Starlette) -> AsyncIterator[dict[str, Any]]:
        yield {"callers": Callers({}, service)}

    routes = routes_of(service)
    app = Starlette(routes=routes, lifespan=nobody, exception_handlers=problem_handlers({}))
    with TestClient(app) as client:
        for route in routes:
            path = re.sub(r"{[^}]*}", str(uuid4()), route.path)
            for method in route.methods or ():
                assert client.request(method, path).status_code == 401, where(route)


@pytest.mark.parametrize("service", SERVICES)
def test_no_route_of_a_service_takes_a_sign_that_no_database_has(service: str) -> None:
    """A NUL in an address would be a fault of ours in the database, and a 500."""
    key = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32).public_key().public_bytes_raw()

    @asynccontextmanager
    async def somebody(_: Starlette) -> AsyncIterator[dict[str, Any]]:
        yield {"callers": Callers({"lgwan": key, "internet": key}, service)}

    routes = routes_of(service)
    app = Starlette(routes=routes, lifespan=somebody, exception_handlers=problem_handlers({}))
    with TestClient(app) as client:
        for route in routes:
            access = access_of(route)
            assert access
            door = "lgwan" if "lgwan" in access.doors else "internet"
            caller = calling(bytes([1]) * 32, door, "a", {*RIGHTS, *OF_MACHINES}, "*")
            path = re.sub(r"{[^}]*}", str(uuid4()), route.path)
            for method in route.methods or ():
                address = f"{path}?office=a%00b"
                answer = client.request(method, address, headers=caller, auth=DoorAuth(service))
                assert answer.status_code == 400, where(route)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_whose_database_is_away_says_so(service: str) -> None:
    assert set(UNREACHABLE) <= set(app_of(service).exception_handlers)


def test_pages_of_the_staff_door_need_a_right_but_the_ones_on_the_way_in_and_out() -> None:
    open_pages = {
        where(route)
        for route in routes_of("lgwan")
        if (access := access_of(route)) and access.right is None
    }
    assert open_pages == WITHOUT_A_RIGHT | ON_A_SCREEN


def test_every_post_of_the_staff_door_is_recorded_but_the_ones_that_only_show() -> None:
    posts = [route for route in routes_of("lgwan") if "POST" in (route.methods or ())]
    silent = {route.path for route in posts if not getattr(route.endpoint, "deed", None)}
    shown = {path for path in silent if path.endswith(("/preview", "/plan", "/count"))}
    assert silent - shown == RECORDED_OTHERWISE | SHOWN_AGAIN
    assert len(posts) > len(silent) * 1.5


def test_the_rights_of_accounts_are_the_rights_that_services_enforce() -> None:
    """A right that only the door knows would not protect the data; one that only a service knows
    could be given to nobody."""

    def demanded(*programs: str) -> set[str]:
        accesses = [access_of(route) for program in programs for route in routes_of(program)]
        asked = [(access.right, *access.parts) for access in accesses if access]
        return {right for rights in asked for right in rights if right}

    assert demanded(*SERVICES) | {EVERYWHERE} == {*RIGHTS, *OF_MACHINES} - OF_THE_DOOR
    assert demanded("lgwan") | {EVERYWHERE} == set(RIGHTS)


def test_services_never_look_at_the_offices_of_a_caller_themselves() -> None:
    """Whose bookings and whose counters one reaches is decided in libs.contracts.booking.scope."""
    theirs = [p for p in files(".py") if p.is_relative_to(ROOT / "services")]
    ours = [p for p in theirs if not {"tests", "gateway"} & set(p.parts)]
    looked = [p for p in ours if re.search(r"caller(_of\(request\))?\.offices", p.read_text())]
    assert len(ours) > 50
    assert not looked, looked


def test_the_citizens_door_has_no_route_for_staff() -> None:
    for route in routes_of("internet"):
        access = access_of(route)
        assert access
        assert "internet" in access.doors, where(route)
        assert access.right is None, where(route)


def test_the_citizens_door_has_no_database_setting() -> None:
    names = {name for name, _, _ in describe(InternetSettings)}
    assert "AMQP_URL" in names
    assert not {name for name in names if "DATABASE" in name}
