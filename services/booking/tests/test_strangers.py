"""Every route of staff, asked by somebody of another office: what is there answers exactly like
what is not.

The table of routes itself is walked. A new route of staff has to say in CASES how it is asked.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from starlette.routing import Route

from libs.contracts.booking import EVERYWHERE, PutDay
from services.booking.routes import ROUTES

from .city import BORN, DAY, City, at, procedure
from .city import office as office_with
from .clerks import Call
from .planning import apply, closed, displaced
from .served import Asked, clerk
from .test_guidances import save as save_guidance
from .test_outages import stop as start_outage

Body = dict[str, Any]
STAFF_ROUTES = [route for route in ROUTES if route.endpoint.access.doors == {"lgwan"}]  # type: ignore[attr-defined]
KNOWN = "オオイタ ハナコ"
BY_ITSELF = {"at", "left"}
"""When an answer was made, and how many searches are left: they differ by themselves."""


@dataclass(frozen=True)
class Case:
    """How a route is asked about an office and an object of it; `status` is what a stranger gets.

    `found` makes an object of the office `here` and says its id, for routes about one.
    """

    status: int
    body: Callable[[str], Body] = field(default=lambda _office: {})
    found: Callable[[City], Any] | None = None
    query: Body = field(default_factory=dict)


async def a_booking(city: City) -> UUID:
    await city.booked(at(10))
    found: UUID = await city.pool.fetchval("SELECT booking_id FROM booking")
    return found


async def somebody_known(city: City) -> None:
    session = uuid4()
    await city.hold(session, at(10))
    await city.book(session, KNOWN)


def one_booking(**body: Any) -> Case:
    return Case(404, lambda _: body, a_booking)


async def a_displaced_booking(city: City) -> UUID:
    await city.booked(at(10))
    await apply(city, PutDay(office_ids=("here",), day=closed()))
    (one,) = await displaced(city)
    return one.booking_id


async def a_change(city: City) -> UUID:
    return (await apply(city, PutDay(office_ids=("here",), day=closed()))).change_id


async def an_outage(city: City) -> UUID:
    return (await start_outage(city)).outage_id


def stopping(office_id: str) -> Body:
    return {"office_ids": [office_id], "procedure_ids": ["slow"]}


async def a_guidance(city: City) -> UUID:
    return (await save_guidance(city)).guidance_id


def guiding(office_id: str) -> Body:
    days = {"from_day": DAY.isoformat(), "until_day": DAY.isoformat()}
    return {"office_ids": [office_id], "texts": {"ja": "東口からお入りください。"}, **days}


def closing(office_id: str) -> Body:
    day = {"day": DAY.isoformat(), "kind": "closed"}
    return {"steps": [{"step": "put_day", "office_ids": [office_id], "day": day}]}


async def an_unlinked_booking(city: City) -> UUID:
    call = Call(city)
    await call.hold(at(10), "issuance")
    return (await call.book(unlinked=True)).booking_id


def a_form(office: str) -> Body:
    """What every form of a booking for others says."""
    asked = {"procedure_ids": ["slow"], "office_id": office, "starts_at": at(10).isoformat()}
    return {"form": uuid4().hex, **asked}


def a_wish(office: str) -> Body:
    return a_form(office) | {"visitor": "self", "channel": "phone"}


def one_form(_office: str) -> Body:
    return {"form": UUID(int=0).hex}


def an_office(office_id: str) -> Body:
    body: Body = office_with(office_id, 1).model_dump(mode="json")
    return body | {"series": []}


def a_procedure(_: str) -> Body:
    body: Body = procedure("pin", 15).model_dump(mode="json")
    return body


CASES = {
    "GET /v1/staff/schedules/week": Case(
        404, query={"week": (DAY - timedelta(days=1)).isoformat()}
    ),
    "POST /v1/staff/schedules/plan": Case(404, closing),
    "POST /v1/staff/schedules/apply": Case(404, lambda o: {"change": closing(o), "seen": "x"}),
    "GET /v1/staff/schedules/changes": Case(200, found=a_change),
    "POST /v1/staff/schedules/changes/{change_id:uuid}/undo": Case(404, found=a_change),
    "GET /v1/staff/displaced": Case(200, found=a_displaced_booking),
    "POST /v1/staff/displaced/{booking_id:uuid}/call": Case(
        404, lambda _: {"result": "done"}, a_displaced_booking
    ),
    "POST /v1/staff/displaced/{booking_id:uuid}/accept": Case(
        404, lambda _: {"version": 2}, a_displaced_booking
    ),
    "POST /v1/staff/displaced/{booking_id:uuid}/keep": Case(
        404, lambda _: {"version": 2}, a_displaced_booking
    ),
    "GET /v1/staff/people-to-call": Case(200, found=a_displaced_booking),
    "POST /v1/staff/people-to-call/{booking_id:uuid}": Case(
        404, lambda _: {"result": "done"}, a_displaced_booking
    ),
    "POST /v1/staff/search": Case(
        200, lambda _: {"name": KNOWN, "born": str(BORN)}, somebody_known
    ),
    "GET /v1/staff/bookings/{booking_id:uuid}/contact": one_booking(),
    "POST /v1/staff/bookings/{booking_id:uuid}/contact": one_booking(version=1),
    "GET /v1/staff/day": Case(200, query={"day": DAY.isoformat()}),
    "GET /v1/staff/day/open": Case(200),
    "POST /v1/staff/bookings/{booking_id:uuid}/call": one_booking(version=1),
    "GET /v1/staff/bookings/{booking_id:uuid}/times": Case(
        404, found=a_booking, query={"from": DAY.isoformat()}
    ),
    "POST /v1/staff/bookings/{booking_id:uuid}/move": one_booking(
        version=1, office_id="there", starts_at=at(15).isoformat()
    ),
    "GET /v1/staff/bookings/{booking_id:uuid}/result": one_booking(),
    "POST /v1/staff/bookings/{booking_id:uuid}/result": one_booking(
        version=1, status="missed", reason="omission"
    ),
    "GET /v1/staff/preparations": Case(200, query={"day": DAY.isoformat()}),
    "POST /v1/staff/bookings/{booking_id:uuid}/preparation": one_booking(
        day=DAY.isoformat(), ready=True
    ),
    "GET /v1/staff/bookings/{booking_id:uuid}/shield": one_booking(),
    "GET /v1/staff/bookings": Case(200),
    "GET /v1/staff/bookings/export/all": Case(200),
    "GET /v1/staff/bookings/{booking_id:uuid}": one_booking(),
    "POST /v1/staff/bookings/{booking_id:uuid}/arrive": one_booking(version=1),
    "POST /v1/staff/bookings/{booking_id:uuid}/finish": one_booking(version=1, outcome="done"),
    "POST /v1/staff/bookings/{booking_id:uuid}/miss": one_booking(version=1),
    "POST /v1/staff/bookings/{booking_id:uuid}/undo": one_booking(version=1),
    "POST /v1/staff/bookings/{booking_id:uuid}/receive": one_booking(version=1, office_id="there"),
    "POST /v1/staff/bookings/{booking_id:uuid}/cancel": one_booking(version=1, reason="窓口の都合"),
    "GET /v1/staff/openings": Case(404, query={"procedure": "slow", "from": str(DAY), "days": "1"}),
    "POST /v1/staff/holds": Case(404, a_form),
    "POST /v1/staff/holds/extra": Case(404, a_form),
    "POST /v1/staff/holds/keep": Case(409, one_form),
    "POST /v1/staff/holds/drop": Case(200, one_form),
    "POST /v1/staff/bookings": Case(404, a_wish),
    "GET /v1/staff/bookings/unlinked": Case(200),
    "POST /v1/staff/bookings/{booking_id:uuid}/link": Case(
        404, lambda _: {"version": 1, "ticket": "x"}, an_unlinked_booking
    ),
}
CASES |= {
    "GET /v1/staff/calls": Case(200),
    "POST /v1/staff/bookings/{booking_id:uuid}/person": one_booking(
        version=1, visitor="self", kana="オオイタ ハナコ", born="1950-01-02"
    ),
    "POST /v1/staff/bookings/{booking_id:uuid}/times": one_booking(
        version=1, other_id=str(UUID(int=1)), other_version=1
    ),
    "POST /v1/staff/offices": Case(403, an_office),
    "GET /v1/staff/offices/{office_id}": Case(404),
    "POST /v1/staff/offices/{office_id}": Case(404, an_office),
    "POST /v1/staff/checks/office": Case(404, an_office),
    "POST /v1/staff/procedures": Case(403, a_procedure),
    "GET /v1/staff/procedures/{procedure_id}": Case(403),
    "POST /v1/staff/procedures/{procedure_id}": Case(403, a_procedure),
    "POST /v1/staff/checks/procedure": Case(403, a_procedure),
}
"""Procedures, and offices that are to be, are for those who work at all of them."""

CASES |= {
    "GET /v1/staff/bookings/{booking_id:uuid}/card": one_booking(),
    "POST /v1/staff/bookings/{booking_id:uuid}/shelf": one_booking(shelf="A-1"),
    "GET /v1/staff/day/next": Case(404),
    "GET /v1/staff/windows": Case(404),
    "GET /v1/staff/stops": Case(200),
    "GET /v1/staff/outages": Case(200, found=an_outage),
    "POST /v1/staff/outages": Case(403, stopping),
    "POST /v1/staff/outages/preview": Case(403, stopping),
    "POST /v1/staff/outages/{outage_id:uuid}/end": Case(403, found=an_outage),
    "GET /v1/staff/guidances": Case(200, found=a_guidance),
    "POST /v1/staff/guidances": Case(403, guiding),
    "GET /v1/staff/guidances/{guidance_id:uuid}": Case(404, found=a_guidance),
    "POST /v1/staff/checks/guidance": Case(403, guiding),
}

OTHER_OFFICES_TOO = {
    "POST /v1/staff/bookings/{booking_id:uuid}/person",
    "GET /v1/staff/bookings/{booking_id:uuid}/contact",
    "POST /v1/staff/bookings/{booking_id:uuid}/contact",
    "GET /v1/staff/bookings/{booking_id:uuid}/times",
    "POST /v1/staff/bookings/{booking_id:uuid}/move",
    "GET /v1/staff/bookings/{booking_id:uuid}",
    "GET /v1/staff/bookings/{booking_id:uuid}/shield",
    "POST /v1/staff/bookings/{booking_id:uuid}/receive",
    "POST /v1/staff/bookings/{booking_id:uuid}/cancel",
}
"""Routes about one booking that the right EVERYWHERE opens for all offices."""


def named(route: Route) -> str:
    (method,) = (route.methods or set()) - {"HEAD"}
    return f"{method} {route.path}"


async def ask(asked: Asked, route: Route, office: str, path: dict[str, Any], *rights: str) -> Any:
    """As somebody who serves the office 'there' only: the status and all that is said."""
    case, method = CASES[named(route)], named(route).partition(" ")[0]
    address = route.path.replace(":uuid", "").replace(":int", "").format(**path)
    right = route.endpoint.access.right  # type: ignore[attr-defined]
    reply = await asked.client.request(
        method,
        address,
        params={"office": office, **case.query} if method == "GET" else None,
        json=None if method == "GET" else case.body(office),
        headers=clerk(right, *rights, offices="there"),
    )
    said = reply.json().items()
    return reply.status_code, {n: v for n, v in said if n not in BY_ITSELF and v != office}


def test_every_route_of_staff_has_a_case_and_every_case_a_route() -> None:
    assert {named(route) for route in STAFF_ROUTES} == set(CASES)


def is_about_a_booking(route: Route) -> bool:
    case = CASES.get(named(route))
    return case is not None and case.found is a_booking


def values_of(names: list[str], office: str, found: object) -> dict[str, Any]:
    """What stands in an address."""
    fixed = {"office_id": office, "procedure_id": "pin"}
    return {name: fixed.get(name, found) for name in names}


@pytest.mark.parametrize("route", STAFF_ROUTES, ids=named)
async def test_what_another_office_has_answers_like_what_nobody_has(
    route: Route, asked: Asked
) -> None:
    case = CASES[named(route)]
    found = await case.found(asked.city) if case.found else await a_booking(asked.city)
    names = list(route.param_convertors)
    theirs = await ask(asked, route, "here", values_of(names, "here", found))
    nobodys = await ask(asked, route, "nowhere", values_of(names, "nowhere", uuid4()))
    assert theirs == nobodys
    assert theirs[0] == case.status


ABOUT_A_BOOKING = [route for route in STAFF_ROUTES if is_about_a_booking(route)]


@pytest.mark.parametrize("route", ABOUT_A_BOOKING, ids=named)
async def test_the_right_for_all_offices_opens_bookings_and_no_counter(
    route: Route, asked: Asked
) -> None:
    found = {"booking_id": await a_booking(asked.city)}
    status, _ = await ask(asked, route, "here", found, EVERYWHERE)
    assert status == (200 if named(route) in OTHER_OFFICES_TOO else 404)
