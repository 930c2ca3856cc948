"""「別の方のご予約ですか」: a name in Latin letters beside a booking under another name, with
the same date of birth and contact. It may be one person in two scripts: nothing is merged."""

from collections.abc import Sequence
from datetime import date

from libs.common.assertion import EVERY_OFFICE
from libs.contracts.booking import STANDING, BookingRequest, Person
from libs.contracts.times import day_of
from libs.rules.names import is_in_latin
from services.booking.domain import LikeAnother
from services.booking.domain.booking import Booking
from services.booking.store import Store

from .desk import BookingContext, about
from .search import NAMESAKES, index_some


async def make_comparable(desk: BookingContext, ask: BookingRequest) -> None:
    """Contacts are compared by the digests of searches, which are made after a booking."""
    if any(map(_is_asked, _persons(ask))):
        await index_some(desk)


async def check_unlike(
    desk: BookingContext, store: Store, rows: Sequence[Booking], ask: BookingRequest
) -> None:
    """Raises LikeAnother, unless the citizen said already that it is somebody else."""
    if ask.another_person:
        return
    for line, (row, person) in enumerate(zip(rows, _persons(ask), strict=True)):
        if row.kana is None or not _is_asked(person):
            continue
        born = person.born or desk.ticket(person.ticket).born
        with about(line):
            for other in await _with_this_contact(desk, store, ask):
                if _is_alike(desk, row, born, other):
                    raise LikeAnother("This may be the person of another booking.")


def _persons(ask: BookingRequest) -> list[Person]:
    return [ask, *ask.party]


def _is_asked(person: Person) -> bool:
    return bool(person.kana) and is_in_latin(person.kana or "")


async def _with_this_contact(
    desk: BookingContext, store: Store, ask: BookingRequest
) -> list[Booking]:
    """Nobody who is not served online is among them: the site would say that they are known."""
    keys = desk.search_keys
    digests = [keys.email(ask.email)] if ask.email else []
    digests += [keys.phone(ask.phone)] if ask.phone else []
    every, today = [EVERY_OFFICE], day_of(await store.now())
    found = [
        booking
        for digest in digests
        for booking in await store.search.by_digest(every, digest, False, NAMESAKES)
    ]
    return [b for b in found if b.status in STANDING and day_of(b.starts_at) >= today]


def _is_alike(desk: BookingContext, row: Booking, born: date, other: Booking) -> bool:
    """One of the same name and date of birth has the same key, and is refused anyway."""
    groups = {row.person_group, *row.also_groups} & {other.person_group, *other.also_groups}
    same = {*row.known_keys} & {*other.known_keys}
    birth = (other.number, born.isoformat())
    return (
        bool(groups and other.kana) and not same and desk.index.matches(other.birth_digest, *birth)
    )
