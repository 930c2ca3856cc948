"""Finding a booking for somebody who does not have its number, and keeping bookings findable."""

import logging
from collections.abc import Iterator
from datetime import timedelta

from libs.common.assertion import Caller
from libs.common.logs import fields
from libs.common.seal import CannotOpen
from libs.contracts.booking import SEARCH_MOST, StaffFound, StaffSearch, booking_offices
from libs.rules.personal_numbers import refuse_individual_numbers
from services.booking.domain import normal_number
from services.booking.domain.booking import Booking
from services.booking.domain.problems import SearchedEnough
from services.booking.store import Store
from services.booking.store.search import Contents, Digest

from .desk import BookingContext, staff_booking
from .finding import SearchKeys

log = logging.getLogger(__name__)

GROUP = 200
"""Bookings a transaction makes findable: some ten milliseconds of computing."""
NAMESAKES = 500
"""Bookings under one name whose dates of birth are compared."""
HOUR = timedelta(hours=1)


async def search(desk: BookingContext, caller: Caller, ask: StaffSearch) -> StaffFound:
    """Of the caller's offices. Raises SearchedEnough, Malformed. Nothing in the log says who was
    looked for."""
    _refuse_individual_numbers(ask)
    await index_some(desk)
    async with desk.open_store() as store:
        left = await _count(desk, store, caller.actor, ask)
        rows = await _find(desk, store, caller, ask)
        hit = await store.outages.hits([row.booking_id for row in rows])
        complete, at = not await store.search.some_wait(), await store.now()
    log.info("bookings searched", extra=fields(kind=ask.kind, hits=len(rows)))
    bookings = tuple(staff_booking(row, hit=hit) for row in rows)
    return StaffFound(kind=ask.kind, bookings=bookings, is_complete=complete, left=left, at=at)


async def index_bookings(desk: BookingContext) -> int:
    """Make all bookings findable that are not yet; how many there were."""
    done = 0
    while some := await index_some(desk):
        done += some
    return done


async def index_some(desk: BookingContext) -> int:
    """The newest of them, so that a search finds what was booked a moment ago."""
    async with desk.open_store() as store:
        contents = await store.search.take_unindexed(GROUP)
        digests = (digest for one in contents for digest in _digests(desk, one))
        await store.search.add_digests(digests)
    return len(contents)


def _digests(desk: BookingContext, contents: Contents) -> Iterator[Digest]:
    """What cannot be opened is not found, and holds up no other."""
    keys, booking_id = desk.search_keys, contents.booking_id
    ways = (
        ("name", desk.persons, contents.name, keys.name),
        ("phone", desk.contacts, contents.phone, keys.phone),
        ("email", desk.contacts, contents.email, keys.email),
    )
    for kind, ring, sealed, digest in ways:
        if sealed is None:
            continue
        try:
            yield Digest(booking_id, kind, digest(ring.open(sealed)))
        except CannotOpen:
            log.exception("a booking cannot be made findable", extra=fields(kind=kind))


async def _count(desk: BookingContext, store: Store, actor: str, ask: StaffSearch) -> int:
    """How many searches the account has left. Whoever has the booking number looks nobody up, and
    is not counted. Raises SearchedEnough."""
    made = await store.search.searches_of(actor)
    left = desk.searches_an_hour - len(made)
    if ask.kind == "number":
        return max(left, 0)
    if left <= 0:
        raise SearchedEnough(
            "This account has searched enough for now.", again_at=(made[-left] + HOUR).isoformat()
        )
    await store.search.note_search(actor)
    return left - 1


async def _find(
    desk: BookingContext, store: Store, caller: Caller, ask: StaffSearch
) -> list[Booking]:
    offices, shielded = booking_offices(caller), "persons.shielded" in caller.rights
    if ask.number:
        return await store.search.by_number(offices, normal_number(ask.number))
    if ask.card_key:
        return await store.search.by_card(offices, ask.card_key, shielded, SEARCH_MOST)
    digest = _digest_of(desk.search_keys, ask)
    if ask.born is None:
        return await store.search.by_digest(offices, digest, shielded, SEARCH_MOST)
    namesakes = await store.search.by_digest(offices, digest, shielded, NAMESAKES)
    born = ask.born.isoformat()
    same = [row for row in namesakes if desk.index.matches(row.birth_digest, row.number, born)]
    return same[:SEARCH_MOST]


def _digest_of(keys: SearchKeys, ask: StaffSearch) -> str:
    if ask.name:
        return keys.name(ask.name)
    return keys.phone(ask.phone) if ask.phone else keys.email(ask.email or "")


def _refuse_individual_numbers(ask: StaffSearch) -> None:
    """Raises Malformed."""
    typed = {"number": ask.number, "name": ask.name, "phone": ask.phone, "email": ask.email}
    refuse_individual_numbers({name: text for name, text in typed.items() if text})
