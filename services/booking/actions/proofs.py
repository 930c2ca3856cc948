"""Which booking somebody may open: by number and birth, the link of a mail, a card's ticket."""

import logging
from dataclasses import replace
from datetime import date
from functools import partial
from uuid import UUID

from libs.common.again import run_again
from libs.common.errors import NotFound, Problem, Unavailable
from libs.common.logs import describe_error, fields
from libs.common.tries import Misses, Try
from libs.contracts.booking import BookingProof
from libs.contracts.times import day_of
from services.booking.domain import Locked, normal_number
from services.booking.store import FAILURES, Store
from services.booking.store.proofs import Tried

from .desk import BookingContext
from .links import link_digest, open_link
from .mailboxes import open_address

log = logging.getLogger(__name__)


async def prove(desk: BookingContext, proof: BookingProof) -> UUID:
    """The booking that the proof opens, in a transaction of its own: a wrong try counts, whatever
    becomes of the request. Raises NotFound, Locked, TooSoon, NotEligible, Unavailable."""
    if proof.token is not None:
        found = await open_link(desk, proof.token)
        await open_address(desk, link_digest(desk, proof.token))
        return found
    if proof.ticket is not None:
        return await _by_card(desk, proof.ticket)
    try:
        answer = await run_again(partial(_try, desk, proof))
    except FAILURES as error:
        log.warning("tries cannot be counted", extra=fields(error=describe_error(error)))
        raise Unavailable("This cannot be checked just now. Please try again.") from error
    if isinstance(answer, Problem):
        raise answer
    return answer


async def _try(desk: BookingContext, proof: BookingProof) -> UUID | Problem:
    """A refusal is returned, not raised: raising would undo the count. First tries are few at a
    time, so that they never take the connections of holds; nothing waits here with a transaction
    open."""
    if not proof.origin:
        async with desk.open_store() as store:
            return await _by_number(desk, store, proof, "")
    origin = desk.index.digest("origin", proof.origin)
    async with desk.tries_at_once, desk.open_store() as store:
        return await store.proofs.take_turn(origin) or await _by_number(desk, store, proof, origin)


async def _by_card(desk: BookingContext, ticket: str) -> UUID:
    card_key = desk.ticket(ticket).card_key
    async with desk.open_store() as store:
        found = await store.proofs.standing_of_card(card_key)
    if found is None:
        raise NotFound("No booking stands for this card.")
    return found


async def _by_number(
    desk: BookingContext, store: Store, proof: BookingProof, origin: str
) -> UUID | Problem:
    """An unknown number and a wrong date get one answer after the same work. Without an origin
    somebody comes back to a booking that was open before: then only the number's own tries
    count."""
    number = normal_number(proof.number)
    subject = desk.index.digest("number", number)
    tried = await store.proofs.try_number(subject, number, origin)
    opened = opened_subject(number, tried.birth_digest)
    is_open = desk.passes.opened.proves(opened, proof.opened or "", tried.now)
    one = _tried(subject, origin, proof.work or "", tried, opened=is_open)
    paid = desk.tolls.paid(one)
    if paid is None or (paid and await store.proofs.is_spent(paid)):
        return Locked("Too many tries.", **desk.tolls.asked(one))
    if desk.index.matches(tried.birth_digest, number, str(proof.born)) and tried.known:
        return tried.booking_id
    await _count(store, subject, origin, paid, day_of(tried.now))
    toll = desk.tolls.asked(replace(one, misses=one.misses.and_one()))
    return NotFound("No booking has this number and date of birth.", **toll)


def opened_subject(number: str, birth_digest: str) -> str:
    """Another person in the same booking has another date, and has not opened it yet."""
    return f"{number}|{birth_digest}"


def _tried(subject: str, origin: str, shown: str, tried: Tried, *, opened: bool) -> Try:
    """The counts begin anew each day, and passes end with them."""
    misses = Misses(tried.of_number)
    if origin:
        misses = Misses(tried.of_number, tried.of_origin, tried.everybody)
    return Try(f"{day_of(tried.now)}|{subject}", origin, shown, misses, tried.now, opened)


async def _count(store: Store, subject: str, origin: str, paid: str, today: date) -> None:
    """One wrong try, and the pass that bought it."""
    await store.proofs.count_wrong_try(subject, today)
    if paid:
        await store.proofs.spend(paid, today)
    if origin:
        await store.proofs.count_wrong_try(origin, today)
    await store.proofs.count_minute()


async def watch_tries(desk: BookingContext) -> None:
    """Show how many tries were wrong within the last hour."""
    async with desk.open_store() as store:
        desk.tolls.watch(await store.proofs.misses_within_an_hour())
