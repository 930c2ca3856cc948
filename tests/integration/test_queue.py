"""A queue of people without a booking and two terminals, at whatever hour the tests run."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import pytest

from dev.walk import Staff, browsing

from .city import STAFF
from .crowd import AnyStack
from .people import new_person

OFFICE, QUEUE = "ozai", 20
_CALLED = re.compile(r"(\d+)番→(\d+)番窓口")


@pytest.fixture
async def terminals(stack: AnyStack) -> AsyncIterator[list[Staff]]:
    """Two of them, at the windows 1 and 2."""
    async with AsyncExitStack() as browsers:
        members = []
        for window in (1, 2):
            session = await browsers.enter_async_context(browsing())
            member = Staff(session, stack.ports.url("lgwan"))
            await member.sign_in(STAFF, stack.keys["staff_password"])
            await member.stand_at(OFFICE, window)
            members.append(member)
        yield members


async def walk_in(member: Staff) -> str:
    """Received at once; the id of the booking."""
    person, typed = new_person(), {"procedure": "pin", "office": OFFICE}
    await member.open("/walk-in")
    await member.phone("/walk-in/time", typed | {"start": ""})
    assert [p for p in member.page.all("p") if "までお取りしています" in p.text]
    said = {"born": person.born.isoformat(), "kana": person.kana, "arrived": "1"}
    await member.phone("/walk-in/book", typed | said)
    assert member.page.heading.startswith("予約しました")
    return urlsplit(member.path).path.rpartition("/")[2]


async def press(member: Staff, tick: str, **chosen: str) -> None:
    await member.open(f"/?office={OFFICE}")
    await member.send("/bookings/tick", {"tick": tick, **chosen})


def shown(member: Staff) -> str:
    return " ".join(element.text for element in member.page.elements)


async def test_twenty_people_without_a_booking_are_received_called_and_served_by_two_terminals(
    terminals: list[Staff],
) -> None:
    async def receive(member: Staff) -> list[str]:
        return [await walk_in(member) for _ in range(QUEUE // 2)]

    queues = await asyncio.gather(*map(receive, terminals))
    everybody = [booking for queue in queues for booking in queue]
    assert len({*everybody}) == QUEUE
    first, second = terminals
    await asyncio.gather(*(press(one, f"call.{everybody[0]}.2.") for one in terminals))
    assert sorted(one.page.heading[:5] for one in terminals) == ["ほかの端末", "今日の予約"]
    await press(first, f"undo.{everybody[0]}.3.")

    await press(first, f"call.{queues[1][0]}.2.", window="16")
    assert first.page.heading == "16番窓口は、今日この場所にありません"
    await press(first, f"call.{everybody[0]}.4.")
    await press(first, f"call.{everybody[1]}.2.")
    assert "の方がいます" in first.page.heading
    await press(first, f"undo.{everybody[0]}.5.")
    rest = queues[0][1:]
    await asyncio.gather(
        serve_from(first, [(everybody[0], 6), *((one, 2) for one in rest)]),
        serve_from(second, [(one, 2) for one in queues[1]]),
    )
    await first.open(f"/?office={OFFICE}")
    assert not _CALLED.findall(shown(first))


async def serve_from(member: Staff, queue: list[tuple[str, int]]) -> None:
    windows = set()
    for booking, version in queue:
        await press(member, f"call.{booking}.{version}.")
        assert member.page.heading.startswith("今日の予約"), member.page.heading
        windows |= {window for _, window in _CALLED.findall(shown(member))}
        await press(member, f"finish.{booking}.{version + 1}.done")
    assert windows <= {"1", "2"}
