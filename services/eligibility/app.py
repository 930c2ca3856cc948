"""The wiring of eligibility: files and facts in, checks answered, facts out."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

from starlette.applications import Starlette
from starlette.middleware import Middleware

from libs.common.again import Again
from libs.common.assertion import Callers
from libs.common.connections import LONG_COMMAND_SECONDS
from libs.common.database import (
    close_engine,
    engine,
    store_opener,
    unreachable_handlers,
)
from libs.common.errors import problem_handlers
from libs.common.messaging import Messaging
from libs.common.ops import Readiness
from libs.common.projections import LOOK_SECONDS, Projections
from libs.common.signing import Verifier
from libs.common.supervise import every, supervised
from libs.common.tries import Rule, Tolls
from libs.common.waiting import ready_pool
from libs.common.web import Requests
from libs.contracts.eligibility import NUMBERS_PURPOSE
from libs.contracts.subscriptions import origins

from .actions.checks import Checks
from .actions.imports import Imports
from .actions.numbers import Numbers
from .handlers import SUBSCRIPTIONS
from .routes import ROUTES, STATUS
from .settings import Settings
from .store import Store
from .vault import Vault

MIGRATIONS = Path(__file__).parent / "migrations"
HOUR, MINUTE = 3600.0, 60.0


class State(TypedDict):
    """What requests find in `request.state`."""

    callers: Callers
    checks: Checks
    imports: Imports
    numbers: Numbers


def utc_now() -> datetime:
    return datetime.now(UTC)


def open_vault(settings: Settings) -> Vault:
    return Vault(
        settings.person_keys,
        settings.person_index_key,
        settings.ticket_private_key,
        settings.puzzle_bits,
    )


def create_app(
    settings: Settings, readiness: Readiness, now: Callable[[], datetime] = utc_now
) -> Starlette:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[State]:
        vault = open_vault(settings)
        async with AsyncExitStack() as stack:
            url = settings.database_url
            opening = ready_pool(url, settings.background, readiness, MIGRATIONS)
            pool = await stack.enter_async_context(opening)
            source = engine(url, settings.pool_size, LONG_COMMAND_SECONDS)
            stack.push_async_callback(close_engine, source)
            facts_from = origins(settings.beside_older_release)
            messaging = Messaging("eligibility", pool, settings.amqp_url, facts_from)
            open_store = store_opener(source, Store, messaging.relay.wake)
            tolls = Tolls(vault.passes, Rule(settings.tries_an_hour))
            checks = Checks(open_store, vault, tolls, now)
            pattern = re.compile(settings.card_number_pattern)
            await stack.enter_async_context(messaging.running(SUBSCRIPTIONS, open_store))
            looking = every(LOOK_SECONDS, Projections(open_store).look)
            await stack.enter_async_context(supervised("projections", looking))
            await stack.enter_async_context(supervised("tries", every(HOUR, checks.forget_tries)))
            watching = every(MINUTE, checks.watch_tries)
            await stack.enter_async_context(supervised("watch tries", watching))
            passes = Verifier(settings.card_pass_public_key, NUMBERS_PURPOSE)
            yield {
                "callers": Callers(settings.door_public_keys, "eligibility"),
                "checks": checks,
                "imports": Imports(open_store, vault, pattern, now),
                "numbers": Numbers(open_store, vault, passes, now),
            }

    return Starlette(
        routes=ROUTES,
        lifespan=lifespan,
        middleware=[Middleware(Requests), Middleware(Again)],
        exception_handlers={**unreachable_handlers(), **problem_handlers(STATUS)},
    )
