"""What the routes share: the parts of the door, a request, and who may send what."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from libs.common.access import Access
from libs.contracts.booking import Office, Procedure
from libs.contracts.times import day_of
from services.gateway.internet.offer.availability import Availability
from services.gateway.internet.offer.cached_pages import CachedPages
from services.gateway.internet.offer.catalog import CatalogView
from services.gateway.internet.offer.parties import Party
from services.gateway.web.clients import BookingClient, EligibilityClient
from services.gateway.web.cookies import Cookies
from services.gateway.web.csrf import FIELD as CSRF_FIELD
from services.gateway.web.csrf import ForeignForm, StaleForm
from services.gateway.web.forms import Form, read_form
from services.gateway.web.link import BUSY, Actor, NotBelieved, Refused, Unreachable
from services.gateway.web.localised import guidances_in
from services.gateway.web.pages import Pages
from services.gateway.web.refusals import NOT_BELIEVED, ErrorAnswer
from services.gateway.web.times import now

from .cookie_states import SESSION_COOKIE, CookieState, CookieStates
from .drafts import COOKIE, BookingDraft, BookingDrafts
from .origins import OriginReader
from .sessions import CitizenSession, Sessions
from .settings import ADDRESS, Settings
from .turns import Turns

_CITIZENS = Access(frozenset({"internet"}))

Clock = Callable[[], datetime]
Found = TypeVar("Found")


@dataclass(frozen=True)
class DoorContext:
    """The parts of the running door."""

    settings: Settings
    pages: Pages
    answer: ErrorAnswer
    cached: CachedPages
    cookies: Cookies
    sessions: Sessions
    cookie_states: CookieStates
    origins: OriginReader
    drafts: BookingDrafts
    catalog: CatalogView
    availability: Availability
    booking: BookingClient
    eligibility: EligibilityClient
    clock: Clock = now
    turns: Turns = field(default_factory=Turns)


@dataclass
class CitizenRequest:
    """One request of a citizen. `cookie_state` is what its cookies say, `kept` the draft that
    the answer's cookie will hold."""

    request: Request[Any]
    door: DoorContext
    session: CitizenSession
    cookie_state: CookieState
    draft: BookingDraft | None = None
    kept: BookingDraft | None = field(default=None)

    @property
    def actor(self) -> Actor:
        return Actor(self.session.id)

    @property
    def origin(self) -> str:
        """Where the citizen comes from, as services may know it."""
        return self.door.origins.of(self.request, day_of(self.door.clock()))

    @property
    def origins(self) -> tuple[str, str]:
        """The same as of today and as of yesterday, for what midnight must not forget."""
        before = day_of(self.door.clock()) - timedelta(days=1)
        return self.origin, self.door.origins.of(self.request, before)

    async def in_turn(self, service: str, ask: Callable[[], Awaitable[Found]]) -> Found:
        """What a service answers to a try of a number, when it is the turn of this place. Each
        service counts for itself. Raises Refused."""
        return await self.door.turns.take(self.request, f"{service} {self.origin}", ask)

    def keep(self, draft: BookingDraft) -> BookingDraft:
        """Remember these answers, whatever the answer to this request will be."""
        self.draft = self.kept = draft
        return draft

    @property
    def secrets(self) -> dict[str, str]:
        """What forms need: the session's token and a fresh idempotency key."""
        return {"csrf": self.door.sessions.token(self.session), "key": new_key()}

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page with forms, and with the hold of its draft."""
        return self.door.pages.answer(template, {**self.secrets, **self._hold, **values}, status)

    @property
    def _hold(self) -> dict[str, Any]:
        """What every page of a draft says of the time that is held: which, for how long, and the
        page from the draft's own address, to come back to."""
        draft = self.kept or self.cookie_state.draft
        left = draft.minutes_left(self.door.clock()) if draft else 0
        if draft is None or not left or draft.ended:
            return {}
        here = self.request.scope["path"].removeprefix(draft.path)
        return {"holding": draft, "minutes_left": left, "here": here}


def new_key() -> str:
    """An idempotency key, which means something within its session alone: it has to be another each
    time and is no secret, so that it is not worth a system call."""
    return f"{random.getrandbits(128):032x}"


def go(where: str) -> Response:
    """On to another page, after whatever was sent."""
    return RedirectResponse(where, 303)


Page = Callable[[CitizenRequest], Awaitable[Response]]
DraftPage = Callable[[CitizenRequest, BookingDraft], Awaitable[Response]]
DraftPost = Callable[[CitizenRequest, BookingDraft, Form], Awaitable[Response]]
Post = Callable[[CitizenRequest, Form], Awaitable[Response]]
Plain = Callable[[Request[Any], DoorContext], Awaitable[Response]]
Endpoint = Callable[[Request[Any]], Awaitable[Response]]


def plain(handler: Plain) -> Endpoint:
    """A page that is the same for everybody: no session, no form."""

    @wraps(handler)
    async def endpoint(request: Request[Any]) -> Response:
        return await handler(request, door_of(request))

    return _open(endpoint)


def page(handler: Page) -> Endpoint:
    """A page with forms: a session begins here when there is none."""

    @wraps(handler)
    async def endpoint(request: Request[Any]) -> Response:
        door = door_of(request)
        cookie_state = door.cookie_states.of(request)
        citizen = CitizenRequest(
            request, door, cookie_state.session or door.sessions.new(), cookie_state
        )
        return _finish(citizen, await handler(citizen))

    return _open(endpoint)


def post(handler: Post) -> Endpoint:
    """Takes a form of one of our own pages. Raises ForeignForm for any other."""

    @wraps(handler)
    async def endpoint(request: Request[Any]) -> Response:
        door = door_of(request)
        form, cookie_state = await read_form(request), door.cookie_states.of(request)
        citizen = CitizenRequest(
            request, door, cookie_state.session or door.sessions.new(), cookie_state
        )
        if cookie_state.session is None:
            return _session_lost(citizen)
        try:
            door.sessions.check(request, cookie_state.session, form.get(CSRF_FIELD))
        except StaleForm:
            return _session_lost(citizen)
        try:
            return _finish(citizen, await handler(citizen, form))
        except NotBelieved:
            return _finish(citizen, door.answer(503, NOT_BELIEVED))
        except Unreachable:
            return _finish(citizen, door.answer(503))
        except Refused as refused:
            if refused.slug != BUSY:
                raise
            return _finish(citizen, door.answer(503))

    return _open(endpoint)


def draft_page(handler: DraftPage) -> Endpoint:
    """A page of a booking in progress; without its draft the citizen starts again."""

    @wraps(handler)
    async def with_draft(citizen: CitizenRequest) -> Response:
        draft = citizen.cookie_state.draft
        return await handler(citizen, draft) if draft else go(start_again(citizen.request))

    return page(with_draft)


def draft_post(handler: DraftPost) -> Endpoint:
    """Takes a form of a booking in progress. A page that was left open, or gone back to, changes
    nothing of what is booked."""

    @wraps(handler)
    async def with_draft(citizen: CitizenRequest, form: Form) -> Response:
        draft = citizen.cookie_state.draft
        if draft is None:
            return go(start_again(citizen.request))
        if draft.ended:
            return go(f"{draft.path}done")
        return await handler(citizen, draft, form)

    return post(with_draft)


def start_again(request: Request[Any]) -> str:
    """Where a citizen begins anew when the answers are lost."""
    return "/find?again=1" if request.scope["path"].startswith("/booking/") else "/book?again=1"


def _session_lost(citizen: CitizenRequest) -> Response:
    """Without its session a form cannot be trusted; the answers before it are still in the draft.
    Raises ForeignForm where there is none."""
    draft = citizen.cookie_state.draft
    if draft is None:
        raise ForeignForm("there is no session")
    return _finish(citizen, go(f"{draft.path}resume"))


def door_of(request: Request[Any]) -> DoorContext:
    door: DoorContext = request.scope["state"]["door"]
    return door


def procedure_of(door: DoorContext, procedure_id: str) -> Procedure:
    """Raises 404 when the city does not offer it (any more), Unreachable before that is known."""
    procedure = door.catalog.procedure(procedure_id)
    if procedure is None:
        raise _not_there(door)
    return procedure


def offered(door: DoorContext, wish: Party) -> None:
    """Raises 404 when the city does not offer all of it (any more)."""
    for procedure_id in wish.procedure_ids:
        procedure_of(door, procedure_id)


def office_of(door: DoorContext, office_id: str, at: datetime | None = None) -> Office:
    """With the address of the day of `at`, or of today. Raises 404 when there is no such office
    (any more)."""
    office = door.catalog.office(office_id)
    if office is None:
        raise _not_there(door)
    return office.on(day_of(at or door.clock()))


def guided(door: DoorContext, office_id: str, at: datetime | None) -> tuple[str, ...]:
    """来庁日の案内 for who comes at that time, if it is known yet."""
    office = door.catalog.office(office_id)
    return guidances_in(office, day_of(at)) if office and at else ()


def map_of(door: DoorContext, office_id: str, at: datetime) -> str:
    """The address of a map that shows the office on the day of `at`; empty for none."""
    address = door.catalog.address(office_id, day_of(at))
    return door.settings.map_url.replace(ADDRESS, quote(address)) if address else ""


def _not_there(door: DoorContext) -> Exception:
    """A door that has just begun does not say that what it has not heard of does not exist."""
    return HTTPException(404) if door.catalog.revision else Unreachable("the catalog")


def _finish(citizen: CitizenRequest, response: Response) -> Response:
    cookies = citizen.door.cookies
    if citizen.session is not citizen.cookie_state.session:
        cookies.write(response, SESSION_COOKIE, citizen.session.cookie)
    if citizen.kept is not None:
        word = citizen.door.cookie_states.seal(citizen.kept)
        cookies.write(response, COOKIE, word, citizen.kept.path)
    return response


def _open(endpoint: Endpoint) -> Endpoint:
    endpoint.access = _CITIZENS  # type: ignore[attr-defined]
    return endpoint
