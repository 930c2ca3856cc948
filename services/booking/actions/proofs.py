"""Which booking somebody may open: by number and birth, the link of a mail, a card's ticket."""

import logging
from uuid import UUID

import asyncpg

from libs.common.errors import NotFound, Problem, Unavailable
from libs.common.logs import describe_error, fields
from libs.common.tries import delay_seconds, tries_on_top
from libs.contracts.booking import BookingProof
from libs.contracts.times import day_of
from services.booking.domain import Locked, normal_number
from services.booking.store import Store
from services.booking.store.proofs import Tried

from .desk import Desk
from .links import open_link

log = logging.getLogger(__name__)
FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)


async def prove(desk: Desk, proof: BookingProof) -> UUID:
    """The booking that the proof opens, in a transaction of its own: a wrong try counts, whatever
    becomes of the request. Raises NotFound, Locked, NotEligible, Unavailable."""
    if proof.token is not None:
        return await open_link(desk, proof.token)
    if proof.ticket is not None:
        return await _by_card(desk, proof.ticket)
    try:
        async with desk.open_store() as store:
            wait = await _wait(desk, store, proof.origin)
            answer = await _by_number(desk, store, proof)
    except FAILURES as error:
        log.warning("tries cannot be counted", extra=fields(error=describe_error(error)))
        raise Unavailable("This cannot be checked just now. Please try again.") from error
    # Right and wrong answers wait alike, and no transaction waits with them.
    await desk.sleep(wait)
    if isinstance(answer, Problem):
        raise answer
    return answer


async def _by_card(desk: Desk, ticket: str) -> UUID:
    card_key = desk.ticket(ticket).card_key
    async with desk.open_store() as store:
        found = await store.standing_of_card(card_key)
    if found is None:
        raise NotFound("No booking stands for this card.")
    return found


async def _wait(desk: Desk, store: Store, origin: str | None) -> float:
    """Seconds until an answer for this origin leaves."""
    tries = await store.wrong_tries(_origin(desk, origin)) if origin else 0
    return delay_seconds(tries)


def _origin(desk: Desk, origin: str) -> str:
    """An origin as a subject of wrong tries."""
    return desk.index.digest("origin", origin)


async def _by_number(desk: Desk, store: Store, proof: BookingProof) -> UUID | Problem:
    """An unknown number and a wrong date get one answer after the same work. A refusal is returned,
    not raised: raising would undo the count."""
    number = normal_number(proof.number)
    subject = desk.index.digest("number", number)
    tried = await store.try_number(subject, number)
    today = day_of(tried.now)
    solved = await _solved(desk, store, subject, tried, proof.work or "")
    if solved is None:
        return Locked("Too many tries.", **_challenge(desk, subject, tried, tried.tries))
    if desk.index.matches(tried.birth_digest, number, str(proof.born)) and tried.known:
        return tried.booking_id
    await store.count_wrong_try(subject, today)
    if proof.origin:
        await store.count_wrong_try(_origin(desk, proof.origin), today)
    if solved:
        await store.spend(solved, today)
    challenge = _challenge(desk, subject, tried, tried.tries + 1)
    return NotFound("No booking has this number and date of birth.", **challenge)


async def _solved(desk: Desk, store: Store, subject: str, tried: Tried, work: str) -> str | None:
    """The name of the puzzle that was solved for this try, empty where none is needed; None where
    it was not solved, or has served before."""
    on_top = tries_on_top(tried.tries)
    if on_top is None:
        return ""
    name = desk.puzzles.verify(_today(subject, tried), on_top, work, tried.now)
    return None if name is None or await store.is_spent(name) else name


def _challenge(desk: Desk, subject: str, tried: Tried, tries: int) -> dict[str, str]:
    """What the next try needs, as a fact of the refusal; nothing while tries are free."""
    on_top = tries_on_top(tries)
    if on_top is None:
        return {}
    return {"challenge": desk.puzzles.issue(_today(subject, tried), on_top, tried.now)}


def _today(subject: str, tried: Tried) -> str:
    """The counts begin anew each day, and answers end with them."""
    return f"{day_of(tried.now)}|{subject}"
