"""Fixtures of the eligibility service."""

from collections.abc import AsyncIterator, Callable

import pytest

from dev.testing import Database
from services.eligibility.tests.support import Service, serving


@pytest.fixture
async def service(database: Callable[[str], Database]) -> AsyncIterator[Service]:
    """The service on a fresh database, with nobody in its list."""
    async with serving(database("eligibility")) as running:
        yield running
