"""Who waits to be told that something changed at an office. Nothing is told but that."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

MOST = 500
MOST_A_SESSION = 12
"""Browsers open one connection a window; more than this is a mistake."""


class Full(Exception):
    """So many wait already, or the process is about to end. The pages ask by themselves as well."""


class Waiting:
    """One page that wants to be told. Changes that come before it reads are one."""

    def __init__(self, office_id: str, session_id: str, staff_id: str) -> None:
        self.office_id = office_id
        self.session_id = session_id
        self.staff_id = staff_id
        self.ended = False
        self._changed = False
        self._woken = asyncio.Event()

    def tell(self) -> None:
        self._changed = True
        self._woken.set()

    def end(self) -> None:
        self.ended = True
        self._woken.set()

    async def changed(self, seconds: float) -> bool:
        """Whether something changed, at once or within `seconds`; False also when it is over."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return False
        self._woken.clear()
        changed, self._changed = self._changed, False
        return changed and not self.ended


class Hub:
    """Passes on what the broker said to the pages that show it."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._waiting: set[Waiting] = set()
        self._closed = False

    @contextmanager
    def waiting(self, office_id: str, session_id: str, staff_id: str = "") -> Iterator[Waiting]:
        """Raises Full."""
        own = sum(one.session_id == session_id for one in self._waiting)
        if self._closed or len(self._waiting) >= self._most or own >= MOST_A_SESSION:
            raise Full
        page = Waiting(office_id, session_id, staff_id)
        self._waiting.add(page)
        try:
            yield page
        finally:
            self._waiting.discard(page)

    def tell(self, *office_ids: str) -> None:
        for page in self._waiting:
            if page.office_id in office_ids:
                page.tell()

    def tell_all(self) -> None:
        """What was missed while the broker was away is not known."""
        for page in self._waiting:
            page.tell()

    def end(self, session_id: str) -> None:
        """The member of staff signed out."""
        for page in self._waiting:
            if page.session_id == session_id:
                page.end()

    def end_others(self, staff_id: str, session_id: str = "") -> None:
        """The other sessions of the member of staff were ended; without one of theirs, all."""
        for page in self._waiting:
            if page.staff_id == staff_id and page.session_id != session_id:
                page.end()

    def close(self) -> None:
        """The process is about to end."""
        self._closed = True
        for page in self._waiting:
            page.end()
