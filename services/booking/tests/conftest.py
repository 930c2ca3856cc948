"""Fixtures of booking's tests."""

from collections.abc import AsyncIterator, Callable

import pytest

from dev.testing import Database

from .city import City, open_city


@pytest.fixture
async def city(database: Callable[[str], Database]) -> AsyncIterator[City]:
    """Two offices with eight windows and a Tuesday full of free times."""
    booking = database("booking")
    async with open_city(booking.url, booking.owner_url) as opened:
        yield opened
