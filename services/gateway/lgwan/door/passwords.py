"""Passwords: argon2id, a few at a time and off the event loop, so that the door keeps answering."""

import asyncio
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from libs.common.errors import Unavailable

T = TypeVar("T")
# 19 MiB, two passes: about 40 ms. Two at once cost one small machine 38 MiB, not its breath.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
AT_ONCE = 2
MOST_WAITING = 50
"""About a second's work. More come only when somebody floods the door: they are sent away."""


class Passwords:
    """Checks passwords. An unknown account costs the same work as a known one."""

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._room = AT_ONCE + most_waiting
        self._nobody = _hash_of_nobody()

    async def match(self, password: str, known: str | None) -> bool:
        """Whether `password` is that of the hash `known`; never where there is no hash. Raises
        Unavailable where too many wait already."""
        fits = await self._in_turn(_verify, known or self._nobody, password)
        return fits and known is not None

    async def hash(self, password: str) -> str:
        """What is kept of a new password. Raises Unavailable."""
        return await self._in_turn(hash_password, password)

    async def _in_turn(self, work: Callable[..., T], *values: str) -> T:
        if not self._room:
            raise Unavailable("Too many sign in at once.")
        self._room -= 1
        try:
            async with self._turns:
                return await asyncio.to_thread(work, *values)
        finally:
            self._room += 1


@cache
def _hash_of_nobody() -> str:
    """What a password is checked against where there is no account."""
    return hash_password(sha256(b"nobody").hexdigest())


def hash_password(password: str) -> str:
    return _HASHER.hash(password)


def _verify(known: str, password: str) -> bool:
    try:
        return _HASHER.verify(known, password)
    except VerifyMismatchError:
        return False
