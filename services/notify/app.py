"""The wiring of notify: facts in, mails out."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TypedDict

from starlette.applications import Starlette
from starlette.middleware import Middleware

from libs.common.again import Again
from libs.common.assertion import Callers
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
from libs.common.seal import KeyRing
from libs.common.supervise import every, supervised
from libs.common.waiting import ready_pool
from libs.common.web import Requests
from libs.contracts.subscriptions import origins

from .domain.letter import Writer
from .editing import Editing
from .handlers import SUBSCRIPTIONS
from .reminders import PAUSE_SECONDS, forget_long_past, remind
from .routes import ROUTES, STATUS
from .sender import Sender
from .settings import Settings
from .smtp import send_once
from .store import OpenStore, Store, waking
from .texts import load_templates

MIGRATIONS = Path(__file__).parent / "migrations"
HOUR = 3600.0


class State(TypedDict):
    """What requests find in `request.state`."""

    callers: Callers
    open_store: OpenStore
    editing: Editing


def create_sender(settings: Settings, open_store: OpenStore, writer: Writer) -> Sender:
    return Sender(
        open_store,
        KeyRing("contact", settings.contact_keys),
        writer,
        settings.smtp_server,
        seconds=settings.mail_seconds,
        lines=settings.mail_connections,
    )


def create_editing(settings: Settings, open_store: OpenStore, writer: Writer) -> Editing:
    sender, seconds = settings.mail_from.address, settings.mail_seconds
    post = partial(send_once, settings.smtp_server, sender, seconds)
    return Editing(open_store, writer, post)


def create_app(settings: Settings, readiness: Readiness) -> Starlette:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[State]:
        async with AsyncExitStack() as stack:
            url = settings.database_url
            opening = ready_pool(url, settings.background, readiness, MIGRATIONS)
            pool = await stack.enter_async_context(opening)
            source = engine(url, settings.pool_size)
            stack.push_async_callback(close_engine, source)
            facts_from = origins(settings.beside_older_release)
            messaging = Messaging("notify", pool, settings.amqp_url, facts_from)
            open_store = store_opener(source, Store, messaging.relay.wake)
            writer = Writer(settings.mail_from, settings.public_url, load_templates())
            sender = create_sender(settings, open_store, writer)
            taking_in = waking(open_store, sender.wake)
            await stack.enter_async_context(messaging.running(SUBSCRIPTIONS, taking_in))
            await stack.enter_async_context(sender.running())
            looking = every(LOOK_SECONDS, Projections(open_store).look)
            await stack.enter_async_context(supervised("projections", looking))
            reminding = every(PAUSE_SECONDS, partial(remind, taking_in, settings.reminder_hour))
            await stack.enter_async_context(supervised("reminders", reminding))
            forgetting = every(HOUR, partial(forget_long_past, open_store))
            await stack.enter_async_context(supervised("old visits", forgetting))
            yield {
                "callers": Callers(settings.door_public_keys, "notify"),
                "open_store": open_store,
                "editing": create_editing(settings, open_store, writer),
            }

    return Starlette(
        routes=ROUTES,
        lifespan=lifespan,
        middleware=[Middleware(Requests), Middleware(Again)],
        exception_handlers={**problem_handlers(STATUS), **unreachable_handlers()},
    )
