"""One after the other, by a name: whoever waits does so without a connection to the database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.booking.domain import Busy

MOST_WAITING = 16
"""So many of one name wait in this process. A choice takes some milliseconds, so that a crowd
behind one address does not come near it; a script that sends hundreds at once does."""
WAIT_SECONDS = 1.5
"""So long each waits, within the seconds that a door has."""
BUSY = "Many choices come from the same place just now. Please try again."


class NamedLocks:
    """Locks by name; a name is forgotten when nobody waits."""

    def __init__(self) -> None:
        self._turns: dict[str, asyncio.Lock] = {}
        self._waiting: dict[str, int] = {}

    @asynccontextmanager
    async def of(self, name: str | None) -> AsyncIterator[None]:
        """The block runs alone among those of this name; without a name at once. Raises Busy."""
        if name is None:
            yield
            return
        waiting = self._waiting.get(name, 0)
        if waiting >= MOST_WAITING:
            raise Busy(BUSY)
        self._waiting[name] = waiting + 1
        try:
            lock = self._turns.setdefault(name, asyncio.Lock())
            try:
                await asyncio.wait_for(lock.acquire(), WAIT_SECONDS)
            except TimeoutError:
                raise Busy(BUSY) from None
            try:
                yield
            finally:
                lock.release()
        finally:
            self._leave(name)

    def _leave(self, name: str) -> None:
        self._waiting[name] -= 1
        if not self._waiting[name]:
            del self._waiting[name], self._turns[name]
