"""What is special about booking: its context, and what it does by itself."""

from functools import partial

from starlette.middleware import Middleware
from starlette.responses import Response

from libs.common.again import Again
from libs.common.errors import problem_response
from libs.common.passes import Passes
from libs.common.seal import BlindIndex, KeyRing
from libs.common.service import HOUR, MINUTE, Running, Service
from libs.common.signing import Signer, Verifier
from libs.common.tries import Tolls, TryLimits
from libs.contracts.eligibility import NUMBERS_PURPOSE, TICKET_PURPOSE
from libs.contracts.subscriptions import origins

from .actions.ceilings import measure_origins
from .actions.desk import BookingContext
from .actions.finding import SearchKeys
from .actions.patience import PASSING, busy
from .actions.proofs import watch_tries
from .actions.rekeying import rekey_persons
from .actions.search import index_bookings
from .actions.telling_of_outages import tell_of_outages
from .actions.tidying import keep_times, tidy
from .actions.watermark import publish_watermark
from .domain import Busy
from .handlers import SUBSCRIPTIONS
from .routes import ROUTES
from .routes.state import State
from .routes.statuses import STATUS
from .settings import Settings
from .store import SESSION, OpenStore, store_opener

MOMENT = 2.0


async def start(settings: Settings, running: Running) -> State:
    open_store = store_opener(await running.pool(), running.wake)
    context = create_context(settings, open_store)
    await running.take_in(SUBSCRIPTIONS, open_store)
    keeping = partial(keep_times, open_store, settings.horizon_days)
    await running.repeat("times", 5 * MINUTE, keeping)
    await running.repeat("tidy", HOUR, partial(tidy, open_store))
    await running.repeat("watermark", MINUTE, partial(publish_watermark, open_store))
    await running.repeat("keys of persons", HOUR, partial(rekey_persons, context))
    await running.repeat("search index", MINUTE, partial(index_bookings, context))
    await running.repeat("outages", MOMENT, partial(tell_of_outages, context))
    await running.repeat("watch tries", MINUTE, partial(watch_tries, context))
    await running.repeat("origins", MINUTE, partial(measure_origins, open_store))
    return {"desk": context}


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
        tolls=Tolls(passes, TryLimits(settings.tries_an_hour)),
        search_keys=SearchKeys.of(settings.person_index_key),
        proposal_days=settings.proposal_days,
        searches_an_hour=settings.searches_an_hour,
        shelves=settings.shelf_numbers,
    )


def busy_answer() -> Response:
    return problem_response(busy(), STATUS[Busy])


again = Middleware(Again, busy_answer, PASSING)
create_app = Service("booking", ROUTES, STATUS, origins, start, session=SESSION, again=again).app
