"""`python -m tests.integration.vanishing DIRECTORY`, in a network namespace of its own: the machine
of the database vanishes without a goodbye while people book, and is replaced 20 seconds later.

Packets are dropped in silence, those of the connections of before for ever. Prints figures as JSON.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import psutil

from bench.journey import free_times
from dev.places import AT_THE_EDGE
from dev.stack import private_stack
from dev.walk import Staff, browsing

from .city import STAFF, open_for_booking
from .crowd import AnyStack, Crowd, book_many
from .ledger import assert_nothing_lost, eventually, settled

AWAY_SECONDS = 20.0
BOOKINGS = 60
PAUSE = 0.25


def drop(*rules: str, add: bool = True) -> None:
    for rule in rules:
        words = ["iptables", "-I" if add else "-D", "INPUT", "-p", "tcp", *rule.split()]
        subprocess.run([*words, "-j", "DROP"], check=True)


def connections_to(port: int) -> list[int]:
    """The ports from which somebody is connected to `port`."""
    found = psutil.net_connections("tcp")
    return [c.laddr[1] for c in found if c.laddr and c.raddr[1:] == (port,)]


async def vanish(port: int) -> None:
    """Nothing comes through to `port`, then only what is new."""
    everything = (f"--dport {port}", f"--sport {port}")
    old = await asyncio.to_thread(connections_to, port)
    await asyncio.to_thread(drop, *everything)
    await asyncio.sleep(AWAY_SECONDS)
    for one in old:
        forever = (f"--dport {port} --sport {one}", f"--sport {port} --dport {one}")
        await asyncio.to_thread(drop, *forever)
    await asyncio.to_thread(lambda: drop(*everything, add=False))


@asynccontextmanager
async def watched(stack: AnyStack) -> AsyncIterator[list[float]]:
    """The moments at which a member of staff saw the list of bookings, while the block lasts."""
    seen: list[float] = []
    async with browsing() as session:
        member = Staff(session, stack.ports.url("lgwan"))
        await member.sign_in(STAFF, stack.keys["staff_password"])

        async def look() -> None:
            while True:
                await member.open("/bookings")
                if member.status == 200:
                    seen.append(time.monotonic())
                await asyncio.sleep(PAUSE)

        looking = asyncio.create_task(look())
        try:
            yield seen
        finally:
            looking.cancel()


async def drill(stack: AnyStack) -> dict[str, float]:
    await open_for_booking(stack)
    async with watched(stack) as seen:
        port = stack.postgres.port
        crowd = await book_many(stack, free_times(), BOOKINGS, fault=lambda: vanish(port))
        await eventually("staff see their list", lambda: _after(seen, crowd))
    await settled(stack)
    await assert_nothing_lost(stack, crowd)
    return {
        "away": AWAY_SECONDS,
        "bookings": len(crowd.booked),
        "longest_without_a_booking": round(crowd.longest_silence, 1),
        "longest_without_staff": round(max(b - a for a, b in pairwise(seen)), 1),
    }


async def _after(seen: list[float], crowd: Crowd) -> bool:
    return bool(seen) and crowd.fault is not None and seen[-1] > crowd.fault[1]


async def main(directory: Path) -> None:
    async with private_stack(directory, {"internet": AT_THE_EDGE}) as stack:
        print(json.dumps(await drill(stack)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
