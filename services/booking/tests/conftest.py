"""Fixtures of booking's tests."""

from collections.abc import AsyncIterator, Callable

import httpx2
import pytest

from dev.testing import Database

from .city import City, open_city
from .served import Asked, serving


@pytest.fixture
async def city(database: Callable[[str], Database]) -> AsyncIterator[City]:
    """Two offices with eight windows and a Tuesday full of free times."""
    booking = database("booking")
    async with open_city(booking.url, booking.owner_url) as opened:
        yield opened


@pytest.fixture
async def asked(database: Callable[[str], Database]) -> AsyncIterator[Asked]:
    """The application, and the city as it sees it."""
    booking = database("booking")
    async with (
        open_city(booking.url, booking.owner_url, connections=2) as opened,
        serving(booking) as client,
    ):
        yield Asked(client, opened)


@pytest.fixture
async def client(asked: Asked) -> httpx2.AsyncClient:
    """The application alone."""
    return asked.client
