"""The wiring of reporting: facts in, counts out."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
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
from libs.common.supervise import every, supervised
from libs.common.waiting import ready_pool
from libs.common.web import Requests
from libs.contracts.subscriptions import origins

from .handlers import SUBSCRIPTIONS
from .routes import ROUTES
from .settings import Settings
from .store import Store

MIGRATIONS = Path(__file__).parent / "migrations"


class State(TypedDict):
    """What requests find in `request.state`."""

    callers: Callers
    open_store: Callable[[], AbstractAsyncContextManager[Store]]


def create_app(settings: Settings, readiness: Readiness) -> Starlette:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[State]:
        async with AsyncExitStack() as stack:
            url = settings.database_url
            opening = ready_pool(url, settings.background, readiness, MIGRATIONS)
            pool = await stack.enter_async_context(opening)
            source = engine(url, settings.pool_size, LONG_COMMAND_SECONDS)
            stack.push_async_callback(close_engine, source)
            facts_from = origins(settings.beside_older_release)
            messaging = Messaging("reporting", pool, settings.amqp_url, facts_from, publishes=False)
            open_store = store_opener(source, Store, messaging.relay.wake)
            await stack.enter_async_context(messaging.running(SUBSCRIPTIONS, open_store))
            looking = every(LOOK_SECONDS, Projections(open_store).look)
            await stack.enter_async_context(supervised("projections", looking))
            yield {
                "callers": Callers(settings.door_public_keys, "reporting"),
                "open_store": open_store,
            }

    return Starlette(
        routes=ROUTES,
        lifespan=lifespan,
        middleware=[Middleware(Requests), Middleware(Again)],
        exception_handlers={**problem_handlers({}), **unreachable_handlers()},
    )
