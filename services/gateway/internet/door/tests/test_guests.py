"""Guests: cookies are read once for a while, and nobody is taken for somebody else."""

import time
from typing import Any

import pytest
from starlette.requests import Request

from services.gateway.internet.door.cookie_states import KEEP_SECONDS, MOST_KEPT, CookieStates
from services.gateway.internet.door.drafts import BookingDrafts, new_draft
from services.gateway.internet.door.sessions import Sessions
from services.gateway.web.cookies import Cookies

KEYS = {1: b"k" * 32}
SESSIONS, DRAFTS = Sessions(KEYS), BookingDrafts(KEYS)


def asked(path: str, **cookies: str) -> Request[Any]:
    word = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return Request({"type": "http", "path": path, "headers": [(b"cookie", word.encode())]})


def cookie_states() -> CookieStates:
    return CookieStates(Cookies(secure=False), SESSIONS, DRAFTS)


def test_the_same_cookies_are_read_once_and_others_anew() -> None:
    known, draft = cookie_states(), new_draft("book", "pin", kana="オオイタ")
    session, word = SESSIONS.new(), DRAFTS.seal(draft)
    first = known.of(asked(f"{draft.path}day/2026-12-01", session=session.cookie, draft=word))
    assert (first.session, first.draft) == (session, draft)
    assert known.of(asked(f"{draft.path}check", session=session.cookie, draft=word)) is first
    answered = DRAFTS.seal(draft.answer(1, kana="ベップ"))
    later = known.of(asked(f"{draft.path}check", session=session.cookie, draft=answered))
    assert later.draft == draft.answer(1, kana="ベップ")


def test_a_draft_belongs_to_its_own_address_alone() -> None:
    known, draft = cookie_states(), new_draft("book", "pin")
    word = DRAFTS.seal(draft)
    assert known.of(asked(f"{draft.path}check", draft=word)).draft == draft
    assert known.of(asked("/book/0123456789abcdef/check", draft=word)).draft is None
    assert known.of(asked(f"/booking/{draft.id}/check", draft=word)).draft is None
    assert known.of(asked("/book", draft=word)).draft is None


def test_a_draft_that_was_just_sent_out_is_known_at_its_own_address_alone() -> None:
    known, draft = cookie_states(), new_draft("book", "pin", kana="オオイタ")
    assert known.of(asked(f"{draft.path}check", draft=known.seal(draft))).draft is draft
    assert known.of(asked("/book/0123456789abcdef/check", draft=known.seal(draft))).draft is None
    assert known.of(asked(f"/booking/{draft.id}/check", draft=known.seal(draft))).draft is None
    elsewhere = cookie_states()
    assert elsewhere.of(asked(f"{draft.path}check", draft=known.seal(draft))).draft == draft


def test_what_was_sent_out_is_forgotten_after_a_minute_and_in_a_crowd(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known, draft = cookie_states(), new_draft("book", "pin", kana="オオイタ")
    for _ in range(MOST_KEPT + 1):
        known.seal(draft)
    assert len(known._sent) == MOST_KEPT
    later = time.monotonic() + KEEP_SECONDS + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    known.seal(draft)
    assert len(known._sent) == 1


def test_who_was_not_seen_for_a_minute_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    known, session = cookie_states(), SESSIONS.new()
    first = known.of(asked("/book", session=session.cookie))
    later = time.monotonic() + KEEP_SECONDS + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    again = known.of(asked("/book", session=session.cookie))
    assert again is not first
    assert again.session == session


def test_a_crowd_leaves_no_more_than_so_many_behind() -> None:
    known = cookie_states()
    for number in range(MOST_KEPT + 1):
        known.of(asked("/book", session=f"nobody{number}"))
    assert len(known._known) <= MOST_KEPT


def test_what_was_found_for_a_guest_holds_while_its_stamp_does() -> None:
    guest = cookie_states().of(asked("/book"))
    assert guest.recall("asked", 1, lambda: "one") == "one"
    assert guest.recall("asked", 1, lambda: "two") == "one"
    assert guest.recall("asked", 2, lambda: "two") == "two"
