"""Who was here a moment ago: what the cookies of a browser say is read once and then remembered.

A citizen turns from day to day with the same cookies. Opening and checking them each time cost more
than the page.
"""

import time
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from starlette.requests import Request

from services.gateway.web.compress import value_of
from services.gateway.web.cookies import Cookies

from .drafts import COOKIE, BookingDraft, BookingDrafts
from .sessions import CitizenSession, Sessions

SESSION_COOKIE = "session"
KEEP_SECONDS = 60.0
MOST_KEPT = 2000

Found = TypeVar("Found")


class CookieState:
    """`session` is None where the browser has none, `draft` where the address belongs to none."""

    __slots__ = ("_found", "draft", "session", "until")

    def __init__(
        self, session: CitizenSession | None, draft: BookingDraft | None, until: float
    ) -> None:
        self.session = session
        self.draft = draft
        self.until = until
        self._found: dict[str, tuple[Hashable, Any]] = {}

    def recall(self, name: str, stamp: Hashable, find: Callable[[], Found]) -> Found:
        """What `find` found for this guest while `stamp`, all else it depends on, was the same."""
        known = self._found.get(name)
        if known is None or known[0] != stamp:
            known = self._found[name] = (stamp, find())
        found: Found = known[1]
        return found


class CookieStates:
    """Reads cookies. Their words are sealed or signed, so that the same words mean the same; a
    draft that comes of age in between lives up to a minute longer."""

    def __init__(self, cookies: Cookies, sessions: Sessions, drafts: BookingDrafts) -> None:
        self._cookies = cookies
        self._sessions = sessions
        self._drafts = drafts
        self._known: dict[tuple[str, str, bytes], CookieState] = {}
        self._sent: dict[str, tuple[BookingDraft, float]] = {}

    def of(self, request: Request[Any]) -> CookieState:
        parts = request.scope["path"].split("/", 3)
        area, draft_id = parts[1:3] if len(parts) == 4 else ("", "")
        key = (area, draft_id, value_of(request.scope["headers"], b"cookie"))
        cookie_state, moment = self._known.get(key), time.monotonic()
        if cookie_state is None or cookie_state.until < moment:
            cookie_state = self._read(request, area, draft_id, moment + KEEP_SECONDS)
            if len(self._known) >= MOST_KEPT:
                self._forget(moment)
            self._known[key] = cookie_state
        return cookie_state

    def seal(self, draft: BookingDraft) -> str:
        """The draft's word for a cookie, which need not be opened when it comes back soon."""
        word, moment = self._drafts.seal(draft), time.monotonic()
        self._sent[word] = (draft, moment + KEEP_SECONDS)
        self._forget_sent(moment)
        return word

    def _read(self, request: Request[Any], area: str, draft_id: str, until: float) -> CookieState:
        session = self._sessions.read(self._cookies.read(request, SESSION_COOKIE))
        word = self._cookies.read(request, COOKIE, f"/{area}/{draft_id}/") if draft_id else ""
        draft = self._draft(word, area, draft_id) if word else None
        return CookieState(session, draft, until)

    def _draft(self, word: str, area: str, draft_id: str) -> BookingDraft | None:
        draft, _ = self._sent.pop(word, (None, 0.0))
        if draft is None:
            return self._drafts.open(word, area, draft_id)
        return draft if (draft.area, draft.id) == (area, draft_id) else None

    def _forget(self, moment: float) -> None:
        """Those of more than a minute ago, or all in a crowd."""
        recent = {
            key: cookie_state
            for key, cookie_state in self._known.items()
            if cookie_state.until >= moment
        }
        self._known = recent if len(recent) < MOST_KEPT // 2 else {}

    def _forget_sent(self, moment: float) -> None:
        """Those that did not come back, in the order in which they went out."""
        while len(self._sent) > MOST_KEPT or next(iter(self._sent.values()))[1] < moment:
            del self._sent[next(iter(self._sent))]
