"""The staff door as an application: its parts, its middleware and its lifespan."""

from collections.abc import AsyncIterator, Callable
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
    suppress,
)
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TypedDict

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import Lifespan

from libs.common.again import Again
from libs.common.assertion import Asserter
from libs.common.consumer import Listener
from libs.common.database import close_engine, engine
from libs.common.ops import Readiness
from libs.common.supervise import every, supervised
from libs.common.waiting import ready_pool
from libs.common.web import Requests
from libs.contracts.subscriptions import origins
from services.gateway.web.addresses import ClientAddresses
from services.gateway.web.catalogs import load_voices
from services.gateway.web.clients import (
    CorrectionsClient,
    CounterClient,
    EligibilityClient,
    NotifyClient,
    OfferClient,
    PhoneClient,
    ReportingClient,
    SchedulesClient,
    StaffBookingClient,
    TextsClient,
    TodayClient,
)
from services.gateway.web.compress import Compress
from services.gateway.web.cookies import Cookies
from services.gateway.web.failsafe import Failsafe
from services.gateway.web.headers import SecurityHeaders
from services.gateway.web.hosts import Hosts
from services.gateway.web.link import Link, Refused, Unreachable, open_session
from services.gateway.web.pages import TRAINING, Pages
from services.gateway.web.skew import Skew
from services.gateway.web.slow_bodies import SlowBodies
from services.gateway.web.static import Static

from .audit.chain import Sealer
from .audit.numbering import Numberer, erase_old
from .door.context import CatalogCache, DoorContext, OutageLists, Services
from .door.live import Hub
from .door.pages import SITE
from .door.passwords import Passwords
from .door.refusals import page_answer, refusal_handlers
from .door.settings import Settings
from .door.staff import Idle
from .door.store import opener_of_stores
from .door.uploads import FILE_LIMIT
from .feed import handlers
from .lists.runner import ExportRunner
from .offline.keeping import LOOK_SECONDS, Keeper
from .offline.writing import ListWriter, Share
from .routes import ROUTES
from .tidy import forget_what_is_over
from .today.boards import DayBoards

HERE = Path(__file__).parent
CLOCK_SECONDS = 30.0
TIDY_SECONDS = 300.0
NUMBER_SECONDS = 1.0
COMMAND_SECONDS, WAIT_SECONDS = 3.0, 2.0
"""For our own tables: a page must not wait longer for them than for a service."""
SCRIPTS = "script-src 'self'; connect-src 'self'"
"""Scripts of our own may run, and ask this door."""
Connect = Callable[[Settings], AbstractAsyncContextManager[Services]]
Listen = Callable[[Settings, Hub], AbstractAsyncContextManager[None]]
Files = tuple[Static, Pages]
"""What the door shows. It is the same whatever the settings, so several doors may share it."""


class State(TypedDict):
    """What requests find in their state."""

    door: DoorContext
    runner: ExportRunner
    boards: DayBoards
    numberer: Numberer


@asynccontextmanager
async def connect_services(settings: Settings) -> AsyncIterator[Services]:
    """The services over HTTP, each request with the assertion of this door."""
    asserter, skew = Asserter(settings.door_private_key, "lgwan"), Skew()
    async with open_session() as session:
        yield Services(
            StaffBookingClient(Link(session, settings.booking_url, asserter, "booking", skew)),
            EligibilityClient(Link(session, settings.eligibility_url, asserter, "eligibility")),
            NotifyClient(Link(session, settings.notify_url, asserter, "notify")),
            ReportingClient(Link(session, settings.reporting_url, asserter, "reporting")),
            CounterClient(Link(session, settings.booking_url, asserter, "booking", skew)),
            CorrectionsClient(Link(session, settings.booking_url, asserter, "booking", skew)),
            OfferClient(Link(session, settings.booking_url, asserter, "booking", skew)),
            PhoneClient(Link(session, settings.booking_url, asserter, "booking", skew)),
            TodayClient(Link(session, settings.booking_url, asserter, "booking", skew)),
            TextsClient(Link(session, settings.notify_url, asserter, "notify")),
            SchedulesClient(Link(session, settings.booking_url, asserter, "booking", skew)),
            skew,
        )


@asynccontextmanager
async def listen_to_facts(settings: Settings, hub: Hub) -> AsyncIterator[None]:
    """The broker tells what changed. While it is away pages ask by themselves."""
    facts_from = origins(settings.beside_older_release)
    listener = Listener("lgwan", settings.amqp_url, facts_from, handlers(hub), hub.tell_all)
    async with supervised("listener", listener.run):
        yield


def open_files(training: bool = False) -> Files:
    """The files of the door, read and compiled."""
    static = Static(HERE)
    pages = Pages(replace(SITE, training=TRAINING if training else ""), static, HERE, load_voices())
    pages.compile_all()
    return static, pages


def create_app(
    settings: Settings,
    readiness: Readiness,
    connect: Connect = connect_services,
    listen: Listen = listen_to_facts,
    files: Files | None = None,
) -> Starlette:
    static, pages = files or open_files(settings.training)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[State]:
        async with AsyncExitStack() as stack:
            url, migrations = settings.database_url, HERE / "migrations"
            looking = ready_pool(url, settings.background, readiness, migrations)
            await stack.enter_async_context(looking)
            source = engine(url, settings.pool_size, COMMAND_SECONDS, WAIT_SECONDS)
            stack.push_async_callback(close_engine, source)
            services = await stack.enter_async_context(connect(settings))
            open_store = opener_of_stores(source)
            readiness.require("clock", services.skew.ready)
            await stack.enter_async_context(_clock_watched(services))
            catalog, hub = CatalogCache(services.booking), Hub()
            readiness.on_drain(hub.close)
            await stack.enter_async_context(listen(settings, hub))
            runner = ExportRunner(open_store, services.booking, services.eligibility, catalog)
            await stack.enter_async_context(runner.running())
            numberer = Numberer(open_store, Sealer(settings.log_key))
            numbers = every(NUMBER_SECONDS, numberer.number)
            await stack.enter_async_context(supervised("operation-log", numbers))
            tidy = every(TIDY_SECONDS, partial(_tidy, runner, numberer, settings.log_days))
            await stack.enter_async_context(supervised("tidy", tidy))
            door = DoorContext(
                open_store=open_store,
                passwords=Passwords(),
                pages=pages,
                cookies=Cookies(settings.secure_cookies),
                services=services,
                catalog=catalog,
                idle=_idle(settings),
                hub=hub,
                outage=OutageLists(settings.offline_password, settings.offline_ask),
                citizens_url=settings.citizens_url,
                password_rules=settings.password_rules,
                sessions_at_once=settings.sessions_at_once,
            )
            await stack.enter_async_context(_lists_kept(settings, door))
            boards = DayBoards(services.today, services.eligibility, catalog, pages)
            yield {"runner": runner, "boards": boards, "door": door, "numberer": numberer}

    return _app(settings, static, pages, lifespan)


def _app(
    settings: Settings, static: Static, pages: Pages, lifespan: Lifespan[Starlette]
) -> Starlette:
    """Routes and what stands around them; the outermost comes first."""
    plain = page_answer(pages)
    return Starlette(
        routes=[*ROUTES, static.route()],
        lifespan=lifespan,
        middleware=[
            Middleware(Compress),
            Middleware(Requests, trust_request_id=False),
            Middleware(ClientAddresses, proxies=settings.trusted_proxies),
            Middleware(SecurityHeaders, more_policy=SCRIPTS),
            Middleware(Failsafe, answer=plain),
            Middleware(Hosts, public_url=settings.public_url, answer=plain),
            Middleware(SlowBodies, largest=FILE_LIMIT),
            Middleware(Again, partial(plain, 503)),
        ],
        exception_handlers=refusal_handlers(),
    )


def _idle(settings: Settings) -> Idle:
    counter, administrator = settings.idle_minutes, settings.admin_idle_minutes
    return Idle(timedelta(minutes=counter), timedelta(minutes=administrator))


def _lists_kept(settings: Settings, door: DoorContext) -> AbstractAsyncContextManager[None]:
    """Lists for an outage are written while this lasts, if there is a folder for them."""
    if not settings.offline_dir:
        return nullcontext()
    share = Share(Path(settings.offline_dir), settings.offline_password)
    services = door.services
    writer = ListWriter(
        share, services.corrections, services.eligibility, door.catalog, door.open_store
    )
    times = settings.offline_morning, settings.offline_evening
    keeper = Keeper(writer, door.troubles, *times)
    return supervised("offline-lists", every(LOOK_SECONDS, keeper.look))


def _clock_watched(services: Services) -> AbstractAsyncContextManager[None]:
    return supervised("clock", every(CLOCK_SECONDS, partial(_look_at_the_clock, services)))


async def _look_at_the_clock(services: Services) -> None:
    """Any answer of booking tells its time; at night nobody else asks."""
    with suppress(Unreachable, Refused):
        await services.booking.catalog()


async def _tidy(runner: ExportRunner, numberer: Numberer, log_days: int) -> None:
    await runner.prune()
    await forget_what_is_over(numberer.open_store)
    if log_days:
        await erase_old(numberer.open_store, numberer.sealer, log_days)


async def write_offline_lists(settings: Settings, share: Share, day: date) -> list[str]:
    """The lists of `day` by hand; the names of offices whose list could not be written."""
    async with connect_services(settings) as services:
        source = engine(settings.database_url, 1)
        try:
            open_store = opener_of_stores(source)
            catalog = CatalogCache(services.booking)
            writer = ListWriter(
                share,
                services.corrections,
                services.eligibility,
                catalog,
                open_store,
                "command-line",
            )
            return await writer.write(day)
        finally:
            await source.dispose()
