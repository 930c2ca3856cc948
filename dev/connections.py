"""How many connections to PostgreSQL a deployment takes, and how many it may take.

A roll starts new processes before it ends old ones: while it lasts both have their pools.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from .docs import settings_of
from .environment import MIGRATORS, PROGRAMS

RESERVED = 3
"""PostgreSQL keeps them for superusers (`superuser_reserved_connections`)."""
OPERATORS = 8
"""Commands (`seed`, `add-staff`, `redrive`), a console, backups and figures."""


@dataclass(frozen=True)
class Running:
    """So many processes of a program, and how many more during a roll."""

    replicas: int = 1
    surge: int = 1
    pool_size: int | None = None
    """POOL_SIZE, where it is set."""


def with_database() -> list[str]:
    """The programs that have a database."""
    return [name for name in PROGRAMS if hasattr(settings_of(name), "background")]


def pools_of(program: str) -> tuple[int, int]:
    """The connections of one process: for requests, and beside them."""
    kind = settings_of(program)
    defaults = {f.name: f.metadata["default"] for f in dataclasses.fields(kind)}
    return defaults["pool_size"], kind.background


def taken(program: str, running: Running) -> int:
    """All pools of a program at their fullest, in the middle of a roll."""
    usual, background = pools_of(program)
    return (running.replicas + running.surge) * ((running.pool_size or usual) + background)


def needed(running: Mapping[str, Running]) -> int:
    """`max_connections` at the least: room for migrations and operators is left."""
    pools = sum(taken(program, one) for program, one in running.items())
    return pools + len(MIGRATORS) + OPERATORS + RESERVED
