"""The only wiring of the citizens' door."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TypedDict

from aiohttp import ClientSession
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import Lifespan

from libs.common.assertion import Asserter
from libs.common.consumer import Listener
from libs.common.ops import Readiness
from libs.common.supervise import supervised
from libs.common.web import Requests
from libs.contracts.subscriptions import origins
from services.gateway.web.catalogs import load_voices
from services.gateway.web.clients import BookingClient, EligibilityClient
from services.gateway.web.compress import Compress
from services.gateway.web.cookies import Cookies
from services.gateway.web.failsafe import Failsafe
from services.gateway.web.forms import BODY_LIMIT
from services.gateway.web.headers import SecurityHeaders
from services.gateway.web.hosts import Hosts
from services.gateway.web.language import OperatorText, _
from services.gateway.web.link import Link, open_session
from services.gateway.web.pages import TRAINING, Pages, Site
from services.gateway.web.refusals import page_answer, refusal_handlers
from services.gateway.web.skew import Skew
from services.gateway.web.slow_bodies import SlowBodies
from services.gateway.web.speaking import Speaking
from services.gateway.web.static import Static
from services.gateway.web.times import now

from .door.cookie_states import CookieStates
from .door.door import Clock, DoorContext
from .door.drafts import BookingDrafts
from .door.maintenance import Maintenance
from .door.origins import OriginReader
from .door.phone_hours import PhoneHours
from .door.sessions import Sessions
from .door.settings import Settings
from .feed import Feed
from .offer.availability import Availability
from .offer.board import Board
from .offer.cached_pages import CachedPages, ViewedOffer
from .offer.catalog import CatalogView
from .offer.outages import outage_alerts
from .routes import ROUTES

DOOR = "internet"
FIRST_LOAD_SECONDS = 10.0
TRY_CONNECTIONS = 8
"""To each service, for who looks for a card or a booking for the first time."""
HERE = Path(__file__).parent
SHEETS = (
    "reset.css",
    "frame.css",
    "parts.css",
    "fields.css",
    "calendar.css",
    "ended.css",
    "paper.css",
)
"""The style of the citizens' pages, in this order one file."""


class State(TypedDict):
    """What requests find in their state."""

    door: DoorContext


def create_app(settings: Settings, readiness: Readiness) -> Starlette:
    static = open_static(settings)
    pages = open_pages(settings, static)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[State]:
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(open_session())
            tries = await stack.enter_async_context(open_session(TRY_CONNECTIONS))
            skew = Skew()
            booking, eligibility = open_clients(settings, session, tries, skew)
            catalog, board = CatalogView(), Board()
            feed = Feed(booking, catalog, board)
            listener = Listener(
                DOOR,
                settings.amqp_url,
                origins(settings.beside_older_release),
                feed.handlers,
                feed.connected,
            )
            readiness.require("board", feed.ready)
            readiness.require("clock", skew.ready)
            await stack.enter_async_context(supervised("listener", listener.run))
            await stack.enter_async_context(supervised("feed", feed.run))
            await feed.first_load(FIRST_LOAD_SECONDS)
            yield assemble(settings, pages, catalog, board, booking, eligibility)

    return compose(settings, static, pages, lifespan)


def open_static(settings: Settings) -> Static:
    """With the city's mark, if it has set one."""
    mark = (settings.mark_file,) if settings.mark_file else ()
    return Static(HERE, {"citizens.css": SHEETS}, mark)


def open_clients(
    settings: Settings, session: ClientSession, tries: ClientSession, skew: Skew
) -> tuple[BookingClient, EligibilityClient]:
    """Both services, each over connections for all and over those for who tries numbers."""
    asserter = Asserter(settings.door_private_key, DOOR)
    to_booking, to_eligibility = (
        [Link(one, url, asserter, name, told) for one in (session, tries)]
        for url, name, told in (
            (settings.booking_url, "booking", skew),
            (settings.eligibility_url, "eligibility", None),
        )
    )
    return BookingClient(*to_booking), EligibilityClient(*to_eligibility)


def open_pages(settings: Settings, static: Static) -> Pages:
    site = Site(
        name=_("大分市 マイナンバーカード窓口予約"),
        home="/",
        help_title=_("お電話でも予約できます"),
        help_text=OperatorText.of(settings.phone_hours, settings.phone_hours_in),
        help_phone=settings.phone,
        notice=OperatorText.of(settings.notice, settings.notice_in),
        description=_(
            "大分市のマイナンバーカードの受け取りや更新の手続きを、来る日時を決めて予約できます。"
        ),
        address=settings.public_url,
        mail_from=settings.mail_from,
        card_number=OperatorText.of(settings.card_number_name, settings.card_number_name_in),
        city=_("大分市"),
        short_name=_("マイナンバーカード窓口予約"),
        mark=settings.mark_file.name if settings.mark_file else "",
        operator=_(settings.operator),
        operator_address=_(settings.operator_address),
        official_url=settings.official_url,
        training=TRAINING if settings.training else "",
    )
    pages = Pages(site, static, HERE, load_voices())
    pages.compile_all()
    return pages


def assemble(
    settings: Settings,
    pages: Pages,
    catalog: CatalogView,
    board: Board,
    booking: BookingClient,
    eligibility: EligibilityClient,
    clock: Clock = now,
) -> State:
    """The parts that the routes use."""
    offer = ViewedOffer(catalog, board, Availability(catalog, board))
    pages.alert(partial(outage_alerts, catalog))
    pages.answer_phone(PhoneHours(settings.phone_times, catalog, clock).look)
    return {"door": open_door(settings, pages, offer, booking, eligibility, clock)}


def open_door(
    settings: Settings,
    pages: Pages,
    offer: ViewedOffer,
    booking: BookingClient,
    eligibility: EligibilityClient,
    clock: Clock,
) -> DoorContext:
    """What every page stands on."""
    cookies = Cookies(settings.secure_cookies)
    sessions, drafts = Sessions(settings.cookie_keys), BookingDrafts(settings.cookie_keys)
    return DoorContext(
        settings=settings,
        pages=pages,
        answer=page_answer(pages),
        cached=CachedPages(pages, offer),
        cookies=cookies,
        sessions=sessions,
        cookie_states=CookieStates(cookies, sessions, drafts),
        origins=OriginReader(settings.cookie_keys, settings.trusted_proxies),
        drafts=drafts,
        catalog=offer.catalog,
        availability=offer.availability,
        booking=booking,
        eligibility=eligibility,
        clock=clock,
    )


def compose(
    settings: Settings, static: Static, pages: Pages, lifespan: Lifespan[Starlette]
) -> Starlette:
    """Routes and what stands around them; the outermost comes first."""
    answer = page_answer(pages)
    why = OperatorText.of(settings.maintenance, settings.maintenance_in)
    closed = Middleware(Maintenance, pages=pages, text=why)
    return Starlette(
        routes=[*ROUTES, static.route()],
        lifespan=lifespan,
        middleware=[
            Middleware(Compress),
            Middleware(SecurityHeaders, more_policy="script-src 'self'"),
            Middleware(Requests, trust_request_id=False, log_reads=False),
            Middleware(Speaking, voices=load_voices(), cookies=Cookies(settings.secure_cookies)),
            Middleware(Failsafe, answer=answer),
            Middleware(Hosts, public_url=settings.public_url, answer=answer),
            Middleware(SlowBodies, largest=BODY_LIMIT),
            *([closed] if settings.maintenance else []),
        ],
        exception_handlers=refusal_handlers(answer),
    )
