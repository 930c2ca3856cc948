"""From the time that is held and what a person says to the booking that is to be written."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from libs.common.assertion import Caller
from libs.common.errors import Malformed
from libs.contracts.booking import Channel, Language, Person, Procedure
from libs.contracts.times import day_of
from libs.rules.names import FORMER_VERSION, NotAName, read_name
from services.booking.domain import ByChief, NotEligible, check_held_period, new_number
from services.booking.domain.booking import Booking
from services.booking.domain.visitors import (
    check_answers,
    check_comers,
    check_online,
    check_running,
    inquiry_of,
)
from services.booking.store import Store
from services.booking.store.held import HeldPlace, HeldTime

from .contact_details import SealedContact
from .desk import BookingContext, check_birth, check_card
from .shielded import sees_shielded


@dataclass(frozen=True)
class HeldVisit:
    """The held time of one person and what they come for, the first procedure first."""

    held: HeldTime
    place: HeldPlace
    procedures: tuple[Procedure, ...]
    now: datetime

    @property
    def first(self) -> Procedure:
        return self.procedures[0]


@dataclass(frozen=True)
class Identity:
    """Who somebody is: by the card's ticket for what needs a card, else by name and date of birth.

    `keys` has one for each procedure, `former_keys` those by the version of the rule before; `kana`
    is sealed.
    """

    keys: tuple[str, ...]
    former_keys: tuple[str, ...]
    card_key: str | None
    kana: str | None
    born: date


async def drafted(
    desk: BookingContext, store: Store, visit: HeldVisit, booking_id: UUID, person: Person,
    details: SealedContact, language: Language,
) -> Booking:  # fmt: skip
    """The booking of one person, not yet written. Raises Paused, ByPhone, GuardianNeeded,
    NotOffered, NotEligible, CardElsewhere, Malformed."""
    check_online(visit.procedures)
    for procedure in visit.procedures:
        check_held_period(procedure, visit.place.starts_at, visit.now, visit.held.first_until)
    where, now = visit.held.office_id, visit.now
    wanted = [procedure.procedure_id for procedure in visit.procedures]
    check_running(await store.outages.stopped_until(where, wanted))
    who = await identified(desk, store, visit.procedures, where, now, person)
    check_comers(visit.procedures, person, who.born, day_of(visit.place.starts_at))
    check_answers(visit.procedures, person)
    return written(desk, visit, booking_id, person, who, details, language)


def written(
    desk: BookingContext, visit: HeldVisit, booking_id: UUID, person: Person, who: Identity,
    details: SealedContact, language: Language, channel: Channel = "web",
) -> Booking:  # fmt: skip
    """The booking of one person of whom everything was checked."""
    place, number = visit.place, new_number()
    return Booking(
        booking_id=booking_id,
        number=number,
        procedure_id=visit.first.procedure_id,
        person_group=visit.first.group,
        person_key=who.keys[0],
        card_key=who.card_key,
        birth_digest=desk.index.digest(number, who.born.isoformat()),
        kana=who.kana,
        contact=details.contact,
        office_id=visit.held.office_id,
        window_id=place.window_id,
        starts_at=place.starts_at,
        minutes=place.minutes,
        visitor=person.visitor,
        channel=channel,
        language=language,
        status="confirmed",
        outcome=None,
        mail_failed=False,
        card_moved=False,
        booked_at=visit.now,
        version=1,
        phone=details.phone,
        needs=tuple(dict.fromkeys(person.needs)),
        interpreter=person.interpreter,
        cards=person.cards,
        has_inquiry=inquiry_of(visit.procedures, person),
        also=place.also,
        also_groups=tuple(procedure.group for procedure in visit.procedures[1:]),
        also_keys=who.keys[1:],
        former_keys=who.former_keys,
        relation=person.relation,
    )


async def identified(
    desk: BookingContext, store: Store, procedures: tuple[Procedure, ...], office_id: str,
    now: datetime, person: Person, caller: Caller | None = None,
) -> Identity:  # fmt: skip
    """Who comes to this office for these; of staff the `caller` is asked too. Raises NotEligible,
    ByChief, CardElsewhere, Malformed."""
    card_key, born = None, person.born
    if any(procedure.needs_card for procedure in procedures):
        claims = desk.ticket(person.ticket)
        card_key, born = claims.card_key, claims.born
        if await store.cards.is_shielded(card_key):
            _check_may_serve(caller)
        await check_card(store, card_key, procedures, office_id)
    kana = _kana(procedures, person)
    if born is None:
        raise Malformed("A date of birth is needed.", fields=["born"])
    check_birth(born, now)
    cards = [card_key if procedure.needs_card else None for procedure in procedures]
    keys = [desk.card_person(one) if one else desk.named_person(kana, born) for one in cards]
    former = ["" if one else desk.named_person(kana, born, FORMER_VERSION) for one in cards]
    sealed = desk.persons.seal(kana) if kana else None
    return Identity(tuple(keys), tuple(former), card_key, sealed, born)


def _check_may_serve(caller: Caller | None) -> None:
    """A shielded person: before anything else that would say that they are known. Raises
    NotEligible, ByChief."""
    if caller is None:
        raise NotEligible("The check of the card is missing or too old.")
    if not sees_shielded(caller):
        raise ByChief("This exchange is made by staff with another right.")


def _kana(procedures: tuple[Procedure, ...], person: Person) -> str:
    """The name by which procedures without a card know the person; empty without such ones."""
    if all(procedure.needs_card for procedure in procedures):
        return ""
    return kana_of(person)


def kana_of(person: Person) -> str:
    """In katakana, or in Latin letters. Raises Malformed where no name was given."""
    try:
        return read_name(person.kana or "")
    except NotAName:
        raise Malformed("A name is needed.", fields=["kana"]) from None
