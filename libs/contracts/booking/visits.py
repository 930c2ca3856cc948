"""What citizens ask of booking, and what they are answered."""

from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from libs.common.facts import Contract
from libs.contracts.times import Day, Moment

from .offer import Language, Need, Relation, Spoken, Status, Visitor
from .schedules import Proposed

Origin = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Arrangement = Literal["together", "in_turn"]
"""同じ時刻にとなりの窓口で / 1つの窓口で続けて"""


class PartyLine(Contract):
    """One more person who comes along: for what, and eligibility's ticket where that needs one.

    `also` are further procedures of the same person, in the same visit.
    """

    procedure_id: str
    also: tuple[str, ...] = ()
    ticket: str | None = None


class HoldRequest(Contract):
    """POST /v1/holds (internet door): take a time for this session, or move the hold there.

    The session is the caller's actor. `ticket` is eligibility's, where the procedure needs one.
    `change` names the booking that is to move; its proof is asked again. `also` are further
    procedures of the person, `party` the people who come along: `together` at neighbouring
    windows at the same time, `in_turn` one after the other at one window. All or none are held. A
    refusal says in `person` whom it is about: 0 is the first. A change keeps procedures and `also`.

    `origins` are the door's digests of the client's address, as of today and as of yesterday, so
    that midnight forgets nothing. Where much is held from there, a choice is refused as `slowed`
    and goes on with a pass in `work` (libs.common.passes).
    """

    procedure_id: str
    office_id: str
    starts_at: Moment
    ticket: str | None = None
    change: "BookingProof | None" = None
    also: tuple[str, ...] = ()
    party: tuple[PartyLine, ...] = ()
    arrangement: Arrangement = "together"
    origins: tuple[Origin, ...] = Field(default=(), max_length=2)
    work: str | None = Field(default=None, max_length=400)


class HeldLine(Contract):
    """The time of one person of a hold."""

    procedure_id: str
    also: tuple[str, ...] = ()
    starts_at: AwareDatetime
    minutes: int


class Hold(Contract):
    """What a session holds: `starts_at` and `minutes` are those of the first line. `lines` has one
    entry a person, the first included. `is_extra`: over capacity, for staff alone."""

    procedure_id: str
    office_id: str
    starts_at: AwareDatetime
    minutes: int
    expires_at: AwareDatetime
    extensions_left: int
    lines: tuple[HeldLine, ...] = ()
    is_extra: bool = False


class Person(Contract):
    """Who one visit is for, and what the counter should know.

    With a card: `ticket` says who. Otherwise `kana`, which is 氏名カナ or the name in Latin letters
    as on the residence card, and `born` do. `cards` and `has_inquiry` only where the procedure asks
    for them. `procedure_ids` are what the page said this person comes for, the leading one first:
    if given, the hold must say the same. `relation` is a word from a list, by which those who come
    together tell their numbers apart.
    """

    visitor: Visitor
    procedure_ids: tuple[str, ...] = ()
    ticket: str | None = None
    kana: str | None = Field(default=None, max_length=100)
    born: Day | None = None
    needs: tuple[Need, ...] = ()
    interpreter: Spoken | None = None
    cards: int | None = Field(default=None, ge=1, le=9)
    has_inquiry: bool | None = None
    relation: Relation | None = None


class BookingRequest(Person):
    """POST /v1/bookings (internet door): make the held time a booking.

    Procedure, office and time are what the citizen saw on the page: another tab may have moved
    the hold meanwhile. `party` are those who come along, in the order of the hold; the answer is
    then that of the first, with the others in `party`. `joins` is the proof of a booking whose
    party the new one is added to. `phone` is a Japanese number, its 10 or 11 digits.
    `another_person` answers the question of the refusal 'like-another': whoever has the same date
    of birth and contact, and another name, is somebody else.
    """

    procedure_id: str
    office_id: str
    starts_at: Moment

    language: Language = "ja"
    email: str | None = Field(default=None, max_length=254)
    phone: str | None = Field(default=None, max_length=20)
    party: tuple[Person, ...] = ()
    joins: "BookingProof | None" = None
    another_person: bool = False


class BookingProof(Contract):
    """What a citizen shows to see or cancel a booking: POST /v1/bookings/find and /cancel.

    One of three: the booking number with the date of birth, the token of the link in a mail, or
    eligibility's ticket for a card whose booking stands. `work`, `origin` and the refusals 'locked'
    and 'too-soon' are those of eligibility's Check; without an origin somebody comes back to a
    booking that was open before. `opened` is what the booking said when the number and the date
    opened it: while both are still right, others' wrong tries cost nothing.
    """

    number: str = Field(default="", max_length=32)
    born: Day | None = None
    token: str | None = Field(default=None, max_length=64)
    ticket: str | None = None
    work: str | None = Field(default=None, max_length=400)
    origin: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    opened: str | None = Field(default=None, max_length=64)

    @model_validator(mode="after")
    def _is_one_proof(self) -> Self:
        by_number = bool(self.number) and self.born is not None
        if [by_number, self.token is not None, self.ticket is not None].count(True) != 1:
            raise ValueError("a number with a date of birth, a token or a ticket is expected")
        return self


class ChangeRequest(BookingProof):
    """POST /v1/bookings/change: move the booking to the held time, which is the one the citizen saw
    on the page."""

    office_id: str
    starts_at: Moment


class OwnStart(Contract):
    """A start time and at how many windows there is room."""

    at: AwareDatetime
    free: int


class OwnVisit(Contract):
    """When somebody of the booking is at a window."""

    starts_at: AwareDatetime
    minutes: int


class OwnTimes(Contract):
    """POST /v1/bookings/times, with the BookingProof: where the booking is, and the other start
    times of that day and office that citizens may take. Its own cells are free for itself.
    `elsewhere` is when its guardian is at a window with another child, on whatever day."""

    office_id: str
    starts_at: AwareDatetime
    starts: tuple[OwnStart, ...]
    elsewhere: tuple[OwnVisit, ...] = ()


class ContactRequest(BookingProof):
    """POST /v1/bookings/contact: another e-mail address, phone number and needs; what is not given
    is removed, but for what `keep` names."""

    email: str | None = Field(default=None, max_length=254)
    phone: str | None = Field(default=None, max_length=20)
    needs: tuple[Need, ...] = ()
    interpreter: Spoken | None = None
    keep: tuple[Literal["email", "phone"], ...] = ()


class PartyMember(Contract):
    """Another booking of the same party, as the one who just booked sees it."""

    number: str
    procedure_id: str
    also: tuple[str, ...] = ()
    starts_at: AwareDatetime
    minutes: int
    visitor: Visitor
    relation: Relation | None = None


class Displacement(Contract):
    """The city's times changed and the booking lost its own. POST /v1/bookings/accept, with the
    ChangeRequest that names it, moves it to the time that is proposed, if one still is."""

    proposed: Proposed | None


class CitizenBooking(Contract):
    """A booking as its citizen sees it. `party` is filled in once, in the answer to booking.
    `party_size` counts this booking and the others of its party that stand. `can_add`: more people
    can be added to its party. `mail_failed`: the newest mail could not be delivered. `mail_waits`:
    the address was given, and gets mails once one that was sent there is opened. `email_hint`:
    the address with most of its letters left out. `opened`: for the BookingProof of whoever comes
    back to it. `rebooks`: an outage of
    the national system met it, so that it may move once to any time."""

    number: str
    procedure_id: str
    office_id: str
    starts_at: AwareDatetime
    minutes: int
    visitor: Visitor
    status: Status
    has_email: bool
    can_change: bool
    can_cancel: bool
    version: int
    also: tuple[str, ...] = ()
    has_phone: bool = False
    needs: tuple[Need, ...] = ()
    interpreter: Spoken | None = None
    language: Language = "ja"
    party: tuple[PartyMember, ...] = ()
    party_size: int = 1
    can_add: bool = False
    displaced: Displacement | None = None
    mail_failed: bool = False
    email_hint: str | None = None
    relation: Relation | None = None
    mail_waits: bool = False
    rebooks: bool = False
    opened: str = ""
