"""One address that tries booking numbers on many connections, as fast as the edge lets it, or that
only reads the page: `python -m bench.guessing guess http://127.0.0.1:8000 10`, or `read`. Says at
the end how it was answered."""

import asyncio
import json
import re
import sys
import time
from collections import Counter

import aiohttp

CONNECTIONS = 300
A_SECOND = 100
"""What the edge lets one address send (deploy/edge/limits.conf)."""
ADDRESS = {"X-Forwarded-For": "203.0.113.7"}
_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


class Guessers:
    """`statuses` counts the answers."""

    def __init__(self, door: str, session: aiohttp.ClientSession) -> None:
        self.statuses: Counter[int] = Counter()
        self._door = door
        self._session = session
        self._next = 0.0

    async def run(self, what: str, seconds: float) -> None:
        async with self._session.get(f"{self._door}/find", headers=ADDRESS) as answer:
            csrf = _TOKEN.findall(await answer.text())[0]
        end = time.perf_counter() + seconds
        if what == "read":
            await asyncio.gather(*(self._read(end) for _ in range(CONNECTIONS)))
        else:
            await asyncio.gather(*(self._guess(csrf, number, end) for number in range(CONNECTIONS)))

    async def _read(self, end: float) -> None:
        while await self._pace() < end:
            async with self._session.get(f"{self._door}/find", headers=ADDRESS) as answer:
                await answer.read()
            self.statuses[answer.status] += 1

    async def _guess(self, csrf: str, number: int, end: float) -> None:
        """One connection."""
        while await self._pace() < end:
            number += CONNECTIONS
            form = {"csrf": csrf, "number": f"{number:010}", "born-era": "ce"}
            form |= {"born-year": "1960", "born-month": "4", "born-day": "1"}
            headers = {**ADDRESS, "Origin": self._door}
            url = f"{self._door}/find"
            async with self._session.post(url, data=form, headers=headers) as answer:
                await answer.read()
            self.statuses[answer.status] += 1

    async def _pace(self) -> float:
        """Wait for the next moment that the edge lets something through."""
        now = time.perf_counter()
        self._next = max(self._next, now) + 1 / A_SECOND
        await asyncio.sleep(self._next - now)
        return self._next


async def knock(what: str, door: str, seconds: float) -> dict[int, int]:
    jar = aiohttp.CookieJar(unsafe=True)
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(cookie_jar=jar, connector=connector) as session:
        guessers = Guessers(door, session)
        await guessers.run(what, seconds)
        return dict(guessers.statuses)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(knock(sys.argv[1], sys.argv[2], float(sys.argv[3])))))
