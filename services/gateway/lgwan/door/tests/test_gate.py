"""What the gate writes down, and how many it lets wait for their password."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request

from libs.common.errors import NotFound, Problem, Unavailable
from services.gateway.lgwan.door.auth import _recorded
from services.gateway.lgwan.door.passwords import AT_ONCE, Passwords
from services.gateway.lgwan.door.staff import Operation, Staff, StaffSession

TANAKA = Staff("tanaka", "田中", frozenset(), frozenset())


@pytest.mark.parametrize(
    ("ends_with", "result"),
    [
        (None, "done"),
        (NotFound("There is no such booking."), "not-found"),
        (LookupError("of our own"), "failed"),
        (asyncio.CancelledError(), "interrupted"),
    ],
)
async def test_each_deed_is_written_down_with_what_came_of_it(
    ends_with: BaseException | None, result: str
) -> None:
    """Also where the process ended meanwhile, and nobody knows how far it came."""
    lines: list[Operation] = []

    @asynccontextmanager
    async def open_store(kind: type[Any]) -> AsyncIterator[Any]:
        yield SimpleNamespace(record=lines.append)

    desk = SimpleNamespace(open_store=open_store)
    request = Request({"type": "http", "state": {"door": desk}})
    try:
        async with _recorded(request, StaffSession("s", "c", TANAKA), "booking.tick"):
            if ends_with:
                raise ends_with
    except (Problem, LookupError, asyncio.CancelledError) as error:
        assert error is ends_with
    assert [(line.actor, line.what, line.result) for line in lines] == [
        ("tanaka", "booking.tick", result)
    ]


async def test_a_flood_of_passwords_is_sent_away_and_the_next_one_is_read() -> None:
    passwords = Passwords(most_waiting=3)
    tries = (passwords.match("a", None) for _ in range(AT_ONCE + 3 + 4))
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert results.count(False) == AT_ONCE + 3
    assert sum(isinstance(result, Unavailable) for result in results) == 4
    assert await passwords.match("a", None) is False
