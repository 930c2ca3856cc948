"""From what a form of staff holds and says to the bookings that are to be written."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

from libs.common.assertion import Caller
from libs.common.errors import Malformed
from libs.contracts.booking import CounterBooking, CounterPerson, Procedure, StaffChannel
from libs.contracts.times import day_of
from libs.rules.names import FORMER_VERSION, fold_name
from services.booking.actions.contact_details import seal_contact
from services.booking.actions.desk import BookingContext, about, check_birth, check_card
from services.booking.actions.drafts import HeldVisit, Identity, kana_of, written
from services.booking.actions.lookup import visible
from services.booking.actions.parties import check_not_twice, people_of, wish_of
from services.booking.domain import LikeAnother, check_guardians
from services.booking.domain.booking import Booking
from services.booking.domain.phone import check_staff_comers, check_staff_period
from services.booking.domain.visitors import check_answers
from services.booking.store import Store
from services.booking.store.held import HeldTime


def persons_of(ask: CounterBooking) -> list[CounterPerson]:
    return [ask, *ask.party]


async def drafted(
    desk: BookingContext,
    caller: Caller,
    store: Store,
    held: HeldTime,
    ask: CounterBooking,
    first_id: UUID,
) -> list[Booking]:
    """A booking for each person, checked and not yet written; `first_id` is that of the first.
    Raises NotEligible, CardElsewhere, NotOffered, GuardianNeeded, OneWindow, LikeAnother,
    Malformed, and AlreadyBooked where somebody is in the party twice."""
    people = await people_of(store, [*map(wish_of, held.places)])
    details = seal_contact(desk, ask.email, ask.phone)
    party_id = uuid4() if ask.party else None
    seen: dict[str, int] = {}
    rows = []
    for line, (person, procedures) in enumerate(zip(persons_of(ask), people, strict=True)):
        booking_id = uuid4() if line else first_id
        with about(line):
            visit = HeldVisit(held, held.places[line], procedures, held.read_at)
            who = await _checked(
                desk, caller, store, visit, booking_id, person, ask.phone, ask.channel
            )
            for sign in _signs(desk, procedures, person, who):
                check_not_twice(seen, sign, line)
            row = written(desk, visit, booking_id, person, who, details, ask.language, ask.channel)
            rows.append(replace(row, party_id=party_id, party_line=line))
    check_guardians(rows)
    return await _silent_if_shielded(store, rows)


async def _silent_if_shielded(store: Store, rows: list[Booking]) -> list[Booking]:
    """Nobody who comes along with a shielded person is mailed either: it would say where they
    are."""
    shielded = [await store.cards.is_shielded(row.card_key) for row in rows]
    return [replace(row, contact=None) for row in rows] if any(shielded) else rows


async def _checked(
    desk: BookingContext, caller: Caller, store: Store, visit: HeldVisit, booking_id: UUID,
    person: CounterPerson, phone: str | None, channel: StaffChannel,
) -> Identity:  # fmt: skip
    """Who it is, if the visit can be booked for them. Somebody at the counter is served as long as
    their time is held, also when it began while the form was filled in."""
    start = visit.place.starts_at
    if not (channel == "counter" and day_of(start) == day_of(visit.now)):
        for procedure in visit.procedures:
            check_staff_period(procedure, start, visit.now)
    who = await _identified(desk, store, visit, booking_id, person)
    check_staff_comers(visit.procedures, person, who.born, day_of(start))
    check_answers(visit.procedures, person)
    if person.unlinked and not person.another_person:
        await _check_unlike(desk, caller, store, visit, who.born, person, phone)
    return who


async def _identified(
    desk: BookingContext, store: Store, visit: HeldVisit, booking_id: UUID, person: CounterPerson
) -> Identity:
    """By the card's ticket, or by kana and date of birth; a card that is not known yet has a key
    that nobody else has. Raises NotEligible, CardElsewhere, Malformed."""
    card_key, born = None, person.born
    with_card = any(procedure.needs_card for procedure in visit.procedures)
    if with_card and not person.unlinked:
        claims = desk.ticket(person.ticket)
        card_key, born = claims.card_key, claims.born
        await check_card(store, card_key, visit.procedures, visit.held.office_id)
    elif person.unlinked and not with_card:
        raise Malformed("No card is needed here.", fields=["unlinked"])
    if born is None:
        raise Malformed("A date of birth is needed.", fields=["born"])
    check_birth(born, visit.now)
    named = person.unlinked or not all(procedure.needs_card for procedure in visit.procedures)
    kana = kana_of(person) if named else ""
    keys = tuple(
        _key(desk, procedure, booking_id, card_key, kana, born, person.another_person)
        for procedure in visit.procedures
    )
    former = tuple(
        ""
        if procedure.needs_card or person.another_person
        else desk.named_person(kana, born, FORMER_VERSION)
        for procedure in visit.procedures
    )
    return Identity(keys, former, card_key, desk.persons.seal(kana) if kana else None, born)


def _key(
    desk: BookingContext, procedure: Procedure, booking_id: UUID, card_key: str | None, kana: str,
    born: date, another_person: bool,
) -> str:  # fmt: skip
    if procedure.needs_card:
        if card_key is None:
            return desk.index.digest("unlinked", str(booking_id))
        return desk.card_person(card_key)
    if another_person:
        return desk.index.digest("namesake", desk.named_person(kana, born), str(booking_id))
    return desk.named_person(kana, born)


def _signs(
    desk: BookingContext, procedures: tuple[Procedure, ...], person: CounterPerson, who: Identity
) -> Iterator[str]:
    """What nobody else of the party may have in common with this person. Whose card is not known
    yet is known by name, as long as nobody says that it is another person."""
    by_name = person.unlinked and not person.another_person
    for procedure, key in zip(procedures, who.keys, strict=True):
        named = by_name and procedure.needs_card
        sign = desk.named_person(kana_of(person), who.born) if named else key
        yield f"{procedure.group} {sign}"


async def _check_unlike(
    desk: BookingContext, caller: Caller, store: Store, visit: HeldVisit, born: date,
    person: CounterPerson, phone: str | None,
) -> None:  # fmt: skip
    """Raises LikeAnother where the person may have a booking of this kind already."""
    groups = [procedure.group for procedure in visit.procedures if procedure.needs_card]
    for other in await store.persons.known_bookings(groups):
        birth = (other.number, born.isoformat())
        is_born_alike = desk.index.matches(other.birth_digest, *birth)
        if is_born_alike and _is_like(desk, other, person, phone):
            raise LikeAnother("This may be the same person.", **await visible(store, caller, other))


def _is_like(
    desk: BookingContext, other: Booking, person: CounterPerson, phone: str | None
) -> bool:
    """By phone number or by name."""
    if phone and other.phone and desk.contacts.open(other.phone) == phone:
        return True
    kana = desk.persons.open(other.kana) if other.kana else ""
    return bool(kana) and fold_name(kana) == fold_name(person.kana or "")
