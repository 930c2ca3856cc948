"""The wiring of booking: settings in, application out."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import Response

from libs.common.again import Again
from libs.common.assertion import Callers
from libs.common.database import pooled, unreachable_handlers
from libs.common.errors import problem_handlers, problem_response
from libs.common.messaging import Messaging
from libs.common.migrate import migrations_folder
from libs.common.ops import Readiness
from libs.common.passes import Passes
from libs.common.seal import BlindIndex, KeyRing
from libs.common.signing import Signer, Verifier
from libs.common.supervise import every, supervised
from libs.common.tries import Rule, Tolls, TooSoon
from libs.common.waiting import ready_pool
from libs.common.web import Requests
from libs.contracts.eligibility import NUMBERS_PURPOSE, TICKET_PURPOSE
from libs.contracts.subscriptions import origins

from . import domain
from .actions.ceilings import measure_origins
from .actions.desk import BookingContext
from .actions.erasure import erase_persons
from .actions.finding import SearchKeys
from .actions.laying_out import lay_out, measure_times
from .actions.patience import PASSING, busy
from .actions.proofs import watch_tries
from .actions.rekeying import rekey_persons
from .actions.search import index_bookings
from .actions.today import close_days
from .actions.watermark import publish_watermark
from .handlers import SUBSCRIPTIONS
from .routes import ROUTES
from .routes.state import State
from .settings import Settings
from .store import SESSION, OpenStore, store_opener

STATUS = {
    domain.SlotFull: 409,
    domain.NotOffered: 409,
    domain.OtherBirth: 409,
    domain.NotEligible: 403,
    domain.CardElsewhere: 409,
    domain.AlreadyBooked: 409,
    domain.HoldExpired: 409,
    domain.LikeAnother: 409,
    domain.NoMoreExtensions: 409,
    domain.problems.HeldEnough: 409,
    domain.Busy: 409,
    domain.TooLate: 409,
    domain.NotActive: 409,
    domain.SamePerson: 409,
    domain.ByChief: 409,
    domain.WrongState: 409,
    domain.NotToday: 409,
    domain.VersionConflict: 409,
    domain.Locked: 429,
    TooSoon: 429,
    domain.Slowed: 429,
    domain.MailedEnough: 409,
    domain.UnopenedMails: 409,
    domain.problems.SearchedEnough: 429,
    domain.ByPhone: 409,
    domain.Paused: 409,
    domain.GuardianNeeded: 409,
    domain.problems.OneWindow: 409,
    domain.PartyFull: 409,
    domain.SettingRefused: 422,
    domain.GuidanceRefused: 422,
    domain.problems.TimeClosed: 409,
    domain.problems.BadSchedule: 422,
    domain.problems.PlanChanged: 409,
    domain.problems.CannotUndo: 409,
}
_HOUR, _FIVE_MINUTES, _MINUTE = 3600.0, 300.0, 60.0


def create_app(settings: Settings, readiness: Readiness) -> Starlette:
    """The only place where booking's parts meet."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[State]:
        async with AsyncExitStack() as stack:
            url, migrations = settings.database_url, migrations_folder("services.booking")
            looking = ready_pool(url, settings.background, readiness, migrations, **SESSION)
            background = await stack.enter_async_context(looking)
            serving = pooled(url, settings.pool_size, **SESSION)
            requests = await stack.enter_async_context(serving)
            facts_from = origins(settings.beside_older_release)
            messaging = Messaging("booking", background, settings.amqp_url, facts_from)
            open_store = store_opener(requests, messaging.relay.wake)
            await stack.enter_async_context(messaging.running(SUBSCRIPTIONS, open_store))
            keeping = partial(_keep_times, open_store, settings.horizon_days)
            await stack.enter_async_context(supervised("times", every(_FIVE_MINUTES, keeping)))
            tidy = every(_HOUR, partial(_tidy, open_store))
            await stack.enter_async_context(supervised("tidy", tidy))
            publishing = every(_MINUTE, partial(publish_watermark, open_store))
            await stack.enter_async_context(supervised("watermark", publishing))
            desk = create_context(settings, open_store)
            rekeying = every(_HOUR, partial(_rekey, desk))
            await stack.enter_async_context(supervised("keys of persons", rekeying))
            indexing = every(_MINUTE, partial(_index, desk))
            await stack.enter_async_context(supervised("search index", indexing))
            watching = every(_MINUTE, partial(watch_tries, desk))
            await stack.enter_async_context(supervised("watch tries", watching))
            measuring = every(_MINUTE, partial(measure_origins, open_store))
            await stack.enter_async_context(supervised("origins", measuring))
            yield {"callers": Callers(settings.door_public_keys, "booking"), "desk": desk}

    return Starlette(
        routes=ROUTES,
        lifespan=lifespan,
        middleware=[Middleware(Requests), Middleware(Again, busy_answer, PASSING)],
        exception_handlers={**problem_handlers(STATUS), **unreachable_handlers()},
    )


def create_context(settings: Settings, open_store: OpenStore) -> BookingContext:
    passes = Passes(settings.person_index_key, settings.puzzle_bits)
    return BookingContext(
        open_store=open_store,
        contacts=KeyRing("contact", settings.contact_keys),
        persons=KeyRing("person", settings.person_keys),
        index=BlindIndex(settings.person_index_key),
        tickets=Verifier(settings.ticket_public_key, TICKET_PURPOSE),
        card_passes=Signer(settings.card_pass_private_key, NUMBERS_PURPOSE),
        hold_minutes=settings.hold_minutes,
        passes=passes,
        tolls=Tolls(passes, Rule(settings.tries_an_hour)),
        search_keys=SearchKeys.of(settings.person_index_key),
        proposal_days=settings.proposal_days,
        searches_an_hour=settings.searches_an_hour,
        shelves=settings.shelf_numbers,
    )


def busy_answer() -> Response:
    return problem_response(busy(), STATUS[domain.Busy])


async def _keep_times(open_store: OpenStore, horizon_days: int) -> None:
    await lay_out(open_store, horizon_days)
    await measure_times(open_store, horizon_days)


async def _rekey(desk: BookingContext) -> None:
    await rekey_persons(desk)


async def _index(desk: BookingContext) -> None:
    await index_bookings(desk)


async def _tidy(open_store: OpenStore) -> None:
    async with open_store() as store:
        await store.catalog.prune_cells()
        await store.schedules.prune_closed()
        await store.holds.drop_expired()
        await store.forget_old_keys()
        await store.proofs.forget_tries()
        await store.origins.prune_origins()
        await store.preparations.prune_preparations()
        await store.search.prune_searches()
    await erase_persons(open_store)
    await close_days(open_store)
