"""Fixtures of booking's tests."""

from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest

from dev.testing import Database, Databases

from .city import City, city_on, with_a_city
from .served import Asked, serving


@pytest.fixture
def laid_out(databases: Databases) -> Iterator[Database]:
    """A database with the city."""
    with databases.fresh("booking", with_a_city) as made:
        yield made


@pytest.fixture
async def city(laid_out: Database) -> AsyncIterator[City]:
    """Two offices with eight windows and a Tuesday full of free times."""
    async with city_on(laid_out.url, laid_out.owner_url) as opened:
        yield opened


@pytest.fixture
async def asked(laid_out: Database) -> AsyncIterator[Asked]:
    """The application, and the city as it sees it."""
    async with (
        city_on(laid_out.url, laid_out.owner_url, connections=2) as opened,
        serving(laid_out) as client,
    ):
        yield Asked(client, opened)


@pytest.fixture
async def client(asked: Asked) -> httpx2.AsyncClient:
    """The application alone."""
    return asked.client
