"""A staff door over a real database and services in memory, with one account that may do all."""

from collections.abc import Iterator

import pytest

from dev.testing import Database, Databases
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.tests.fakes import a_booking, fake_services
from services.gateway.lgwan.tests.support import Browser, add_staff, sitting_at


@pytest.fixture
def store_of_accounts(databases: Databases) -> Iterator[Database]:
    with databases.fresh("gateway", add_staff) as made:
        yield made


@pytest.fixture
def services() -> Services:
    return fake_services([a_booking()])


@pytest.fixture
def browser(store_of_accounts: Database, services: Services) -> Iterator[Browser]:
    with sitting_at(store_of_accounts.url, services) as sitting:
        yield sitting


@pytest.fixture
def desk(browser: Browser) -> Browser:
    """A browser that is signed in."""
    browser.come_in()
    return browser
