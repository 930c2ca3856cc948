"""Waiting in the door: few at a time, in turn, bounded, and free again when somebody hangs up."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dev.process import free_port
from services.gateway.internet.door.turns import (
    FILLED_PAGES,
    MOST_KNOWN,
    PLACES,
    PLACES_OF_ORIGIN,
    Turns,
)
from services.gateway.internet.tests.citizen import Citizen, birth
from services.gateway.internet.tests.world import World
from services.gateway.web.forms import read_form
from services.gateway.web.link import Refused

Asked = Callable[[], Awaitable[str]]


POSTED = (
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\na=b"
)


class Client:
    """A browser that waits for its answer until it hangs up."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()

    @property
    def request(self) -> Request:
        async def receive() -> dict[str, str]:
            await self.gone.wait()
            return {"type": "http.disconnect"}

        return Request({"type": "http", "headers": []}, receive)


class Service:
    """Takes a try of each origin every `gap` seconds, whichever door it comes from."""

    def __init__(self, gap: float) -> None:
        self.gap = gap
        self.next: dict[str, float] = {}
        self.calls: list[str] = []
        self.taken: list[float] = []

    def asked_by(self, origin: str = "here") -> Asked:
        async def ask() -> str:
            now = asyncio.get_running_loop().time()
            self.calls.append(origin)
            if (left := self.next.get(origin, 0) - now) > 0:
                raise Refused(429, "too-soon", {"seconds": left, "gap": self.gap})
            self.next[origin] = now + self.gap
            self.taken.append(now)
            return "answered"

        return ask


def told(left: float, gap: float) -> Asked:
    """A service that says how long it still is."""

    async def ask() -> str:
        raise Refused(429, "too-soon", {"seconds": left, "gap": gap})

    return ask


async def tried(turns: Turns, ask: Asked, origin: str = "here") -> str | int:
    """The answer, or the seconds after which to come again."""
    try:
        return await turns.take(Client().request, origin, ask)
    except HTTPException as short:
        assert short.status_code == 429
        return int((short.headers or {})["Retry-After"])
    except Refused as refused:
        seconds: float = refused.facts["seconds"]
        return round(seconds)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(3):
        while not condition():  # noqa: ASYNC110 (what changes is a number)
            await asyncio.sleep(0)


async def test_a_short_wait_is_waited_for_in_the_door_and_not_at_the_service() -> None:
    turns, service = Turns(), Service(gap=0.1)
    answers = [await tried(turns, service.asked_by()) for _ in range(4)]
    assert answers == ["answered"] * 4
    apart = [b - a for a, b in zip(service.taken, service.taken[1:], strict=False)]
    assert min(apart) >= 0.1
    # The second one learns how long it is; from then on nobody comes too soon by more than a hair.
    assert len(service.calls) <= 8


async def test_of_three_hundred_at_once_few_wait_and_the_others_are_told_at_once() -> None:
    turns, service = Turns(), Service(gap=0.3)
    await tried(turns, service.asked_by())
    crowd = [asyncio.create_task(tried(turns, service.asked_by())) for _ in range(300)]
    await asyncio.sleep(0)
    await until(lambda: sum(task.done() for task in crowd) >= 300 - PLACES_OF_ORIGIN)
    assert turns.waiting <= PLACES_OF_ORIGIN
    answers = await asyncio.gather(*crowd)
    assert 0 < answers.count("answered") <= PLACES_OF_ORIGIN + 1
    assert turns.waiting == 0


async def test_a_long_wait_is_told_to_the_person_at_once() -> None:
    turns, service = Turns(), Service(gap=60)
    await tried(turns, service.asked_by())
    assert await tried(turns, service.asked_by()) == 60
    calls = len(service.calls)
    assert [await tried(turns, service.asked_by()) for _ in range(30)] == [60] * 30
    assert len(service.calls) == calls


async def test_who_comes_too_soon_again_and_again_gets_a_short_page() -> None:
    turns = Turns()
    with pytest.raises(Refused):
        await turns.take(Client().request, "here", told(60, 60))
    kinds = []
    for _ in range(FILLED_PAGES + 2):
        with pytest.raises((Refused, HTTPException)) as caught:
            await turns.take(Client().request, "here", told(60, 60))
        kinds.append(type(caught.value))
    assert kinds == [Refused] * (FILLED_PAGES - 1) + [HTTPException] * 3


def test_the_short_page_says_when_to_come_again(citizen: Citizen, world: World) -> None:
    world.booking.refusals["find"] = Refused(429, "too-soon", {"seconds": 40.5, "gap": 60})
    citizen.open("/find")
    for _ in range(FILLED_PAGES):
        citizen.send("/find", birth() | {"number": "8K2M4-7QX3P"})
        assert citizen.page.all("form", action="/find")
    form = {"csrf": citizen.page.field("csrf"), **birth(), "number": "8K2M4-7QX3P"}
    citizen.post("/find", form)
    assert (citizen.status, citizen.sees("短い時間に何度も操作がありました")) == (429, True)
    assert len(world.booking.proofs) == 1


async def test_another_origin_waits_for_nobody() -> None:
    turns, service = Turns(), Service(gap=60)
    for _ in range(3):
        await tried(turns, service.asked_by("here"), "here")
    assert await tried(turns, service.asked_by("there"), "there") == "answered"


async def test_a_door_beside_another_one_waits_for_the_word_of_the_service() -> None:
    service, doors = Service(gap=0.1), [Turns(), Turns()]
    answers = await asyncio.gather(
        *(tried(doors[number % 2], service.asked_by()) for number in range(4))
    )
    assert answers == ["answered"] * 4
    apart = [b - a for a, b in zip(service.taken, service.taken[1:], strict=False)]
    assert min(apart) >= 0.1


async def test_who_hangs_up_gives_the_place_back() -> None:
    turns = Turns()
    await _teach(turns, left=2.0, gap=0.01)
    clients = [Client() for _ in range(PLACES_OF_ORIGIN)]
    service = Service(gap=0)
    waiting = [
        asyncio.create_task(turns.take(client.request, "here", service.asked_by()))
        for client in clients
    ]
    await until(lambda: turns.waiting == PLACES_OF_ORIGIN)
    assert await tried(turns, service.asked_by()) == 2
    for client in clients:
        client.gone.set()
    ended = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(one, Refused) for one in ended)
    assert (turns.waiting, service.calls) == (0, [])


async def test_a_browser_that_closes_its_connection_gives_the_place_back() -> None:
    """As the server of this door tells it, which knows of no task that it would cancel."""
    turns = Turns()
    await _teach(turns, left=4.0, gap=0.01)

    async def wait(request: Request) -> Response:
        await read_form(request)
        await turns.take(request, "here", Service(gap=0).asked_by())
        return Response()

    port = free_port()
    app = Starlette(routes=[Route("/", wait, methods=["POST"])])
    config = uvicorn.Config(app, port=port, http="httptools", log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(POSTED)
    await until(lambda: turns.waiting == 1)
    writer.close()
    await until(lambda: turns.waiting == 0)
    server.should_exit = True
    await serving


async def test_a_request_that_is_cancelled_gives_the_place_back() -> None:
    turns = Turns()
    await _teach(turns, left=2.0, gap=0.01)
    waiting = asyncio.create_task(tried(turns, Service(gap=0).asked_by()))
    await until(lambda: turns.waiting == 1)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert turns.waiting == 0


async def _teach(turns: Turns, left: float, gap: float, origin: str = "here") -> None:
    """Let a service say how long it is until the origin's turn; nobody waits for it."""
    client = Client()
    client.gone.set()
    with pytest.raises(Refused):
        await turns.take(client.request, origin, told(left, gap))


async def test_all_origins_together_wait_in_few_places_and_are_forgotten() -> None:
    """A sweep from many addresses takes no more memory than so much."""
    turns = Turns()
    for number in range(PLACES):
        await _teach(turns, left=2.0, gap=0.01, origin=str(number))
    waiting = [
        asyncio.create_task(tried(turns, Service(gap=0).asked_by(), str(number)))
        for number in range(PLACES)
    ]
    await until(lambda: turns.waiting == PLACES)
    await _teach(turns, left=2.0, gap=0.01, origin="one more")
    assert await tried(turns, Service(gap=0).asked_by(), "one more") == 2
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    for number in range(MOST_KNOWN + 10):
        await _teach(turns, left=2.0, gap=0.01, origin=f"more {number}")
    assert len(turns._paces) <= MOST_KNOWN


def test_a_citizen_whose_turn_comes_soon_sees_nothing_of_it(citizen: Citizen, world: World) -> None:
    world.booking.refusals["find"] = Refused(429, "too-soon", {"seconds": 0.05, "gap": 0.05})
    citizen.open("/find").send("/find", birth() | {"number": "8K2M4-7QX3P"})
    assert citizen.status == 404
    assert len(world.booking.proofs) == 2
