"""The citizens' door with services in memory, and somebody with a phone in front of it."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from services.gateway.internet.tests.citizen import ORIGIN, Citizen
from services.gateway.internet.tests.world import World, build_world, settings


@pytest.fixture
def world() -> World:
    return build_world(settings())


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    with TestClient(world.app, base_url=ORIGIN) as client:
        yield client


@pytest.fixture
def citizen(client: TestClient) -> Citizen:
    return Citizen(client)
