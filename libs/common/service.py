"""What every service behind the doors is made of: its application, its pools, its messaging, its
tasks. What is special about one is its `start`."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from .again import Again
from .assertion import Callers
from .broker import FactSources
from .connections import COMMAND_SECONDS
from .consumer import OpenStore, S, Subscriptions
from .database import Store, close_engine, engine, pooled, store_opener, unreachable_handlers
from .errors import StatusTable, problem_handlers
from .messaging import Messaging
from .migrate import migrations_folder
from .ops import Readiness
from .projections import LOOK_SECONDS, KnowingStore, Projections
from .settings import ServiceSettings
from .supervise import every, supervised
from .waiting import ready_pool
from .web import Requests

MINUTE, HOUR = 60.0, 3600.0
Settings = TypeVar("Settings", bound=ServiceSettings)
Step = Callable[[], Awaitable[object]]


class Running:
    """A service while it runs. What is entered here is left in the opposite order at the end."""

    def __init__(
        self,
        stack: AsyncExitStack,
        settings: ServiceSettings,
        messaging: Messaging,
        session: Mapping[str, str],
    ) -> None:
        self.wake = messaging.relay.wake
        """To be called when facts were written."""
        self._stack = stack
        self._settings = settings
        self._messaging = messaging
        self._session = session

    async def enter(self, block: AbstractAsyncContextManager[object]) -> None:
        """Stay in `block` until the end."""
        await self._stack.enter_async_context(block)

    async def pool(self) -> asyncpg.Pool:
        """Connections for requests and facts, for who writes SQL by hand."""
        serving = pooled(self._settings.database_url, self._settings.pool_size, **self._session)
        return await self._stack.enter_async_context(serving)

    def stores(
        self, kind: Callable[[AsyncSession], Store], command_seconds: float = COMMAND_SECONDS
    ) -> Callable[[], AbstractAsyncContextManager[Store]]:
        """Transactions for requests and facts."""
        source = engine(self._settings.database_url, self._settings.pool_size, command_seconds)
        self._stack.push_async_callback(close_engine, source)
        return store_opener(source, kind, self.wake)

    async def take_in(self, subscriptions: Subscriptions[S], open_store: OpenStore[S]) -> None:
        """Take facts in from now on, and send those that were written."""
        await self.enter(self._messaging.running(subscriptions, open_store))

    async def repeat(self, task: str, seconds: float, step: Step) -> None:
        """Do `step` now, and again and again with a pause between."""
        await self.enter(supervised(task, every(seconds, step)))

    async def watch_projections(
        self, open_store: Callable[[], AbstractAsyncContextManager[KnowingStore]]
    ) -> None:
        """Say how much is known of what others own."""
        await self.repeat("projections", LOOK_SECONDS, Projections(open_store).look)


@dataclass(frozen=True)
class Service(Generic[Settings]):
    """A service: its name, its routes with the status of each refusal, where facts come from, and
    `start`, which makes its parts and gives those that requests find in `request.state`."""

    name: str
    routes: Sequence[BaseRoute]
    statuses: StatusTable
    origins: Callable[[bool], FactSources]
    start: Callable[[Settings, Running], Awaitable[Mapping[str, object]]]
    publishes: bool = True
    session: Mapping[str, str] = field(default_factory=dict)
    """What PostgreSQL is told for each connection of its pools."""
    again: Middleware = field(default_factory=lambda: Middleware(Again))

    def app(self, settings: Settings, readiness: Readiness) -> Starlette:
        @asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[Mapping[str, object]]:
            async with AsyncExitStack() as stack:
                running = await self._run(settings, readiness, stack)
                callers = Callers(settings.door_public_keys, self.name)
                yield {"callers": callers, **await self.start(settings, running)}

        return Starlette(
            routes=self.routes,
            lifespan=lifespan,
            middleware=[Middleware(Requests), self.again],
            exception_handlers={**problem_handlers(self.statuses), **unreachable_handlers()},
        )

    async def _run(
        self, settings: Settings, readiness: Readiness, stack: AsyncExitStack
    ) -> Running:
        """On a database that answers, keeps what it acknowledges, and whose schema is as new as
        this code, or the service is not ready."""
        url, migrations = settings.database_url, migrations_folder(f"services.{self.name}")
        opening = ready_pool(url, settings.background, readiness, migrations, **self.session)
        pool = await stack.enter_async_context(opening)
        facts_from = self.origins(settings.beside_older_release)
        messaging = Messaging(self.name, pool, settings.amqp_url, facts_from, self.publishes)
        return Running(stack, settings, messaging, self.session)
