"""Pools of all processes, during a roll as well, stay below what PostgreSQL lets in."""

import re
from collections.abc import Iterator

import yaml

from dev.account import ROOT
from dev.connections import (
    OPERATORS,
    RESERVED,
    Running,
    needed,
    pools_of,
    taken,
    with_database,
)
from dev.environment import MIGRATORS, PROGRAMS

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
TWO = {name: Running(replicas=2) for name in with_database()}


def max_connections() -> int:
    found = re.search(r"max_connections=(\d+)", COMPOSE["postgres"]["command"])
    assert found
    return int(found[1])


def in_compose() -> Iterator[tuple[str, Running]]:
    """What docker-compose.yml starts and keeps running."""
    for name in PROGRAMS:
        settings = COMPOSE[name]["environment"]
        if "DATABASE_URL" in settings:
            replicas = COMPOSE[name].get("deploy", {}).get("replicas", 1)
            size = settings.get("POOL_SIZE")
            yield name, Running(replicas, pool_size=int(size) if size else None)


def test_every_program_with_a_database_is_counted() -> None:
    assert {name for name, _ in in_compose()} == set(with_database())


def test_compose_has_room_for_a_roll_also_with_two_of_everything() -> None:
    assert needed(dict(in_compose())) <= max_connections()
    assert needed(TWO) <= max_connections()


def test_a_larger_pool_and_another_process_are_counted() -> None:
    usual, background = pools_of("booking")
    assert taken("booking", Running(1, 0)) == usual + background
    assert taken("booking", Running(2, 1, pool_size=50)) == 3 * (50 + background)
    three = {**TWO, "booking": Running(replicas=9)}
    assert needed(three) > max_connections()


def test_the_table_of_operations_says_the_same() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    for name in with_database():
        requests, background = pools_of(name)
        row = f"| {name} | {requests} | {background} | {requests + background} |"
        assert row in page, row
    extra = f"{len(MIGRATORS)} migrations, {OPERATORS} for operators, {RESERVED} for superusers"
    assert extra in page
    assert f"two of each, and one more of each during a roll, take {needed(TWO)}" in page
