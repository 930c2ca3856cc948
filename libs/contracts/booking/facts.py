"""The facts that booking publishes."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from libs.common.facts import Contract, Fact

from .offer import CellRun, Channel, Office, Outcome, Procedure, Relation, Status, Visitor


class OfficePublished(Fact):
    """An office with its series is new or changed."""

    name: ClassVar[str] = "office.published.v1"
    office: Office


class ProcedurePublished(Fact):
    name: ClassVar[str] = "procedure.published.v1"
    procedure: Procedure


class CellsChanged(Fact):
    """Cells were taken or given back. Only live subscribers: a door counts for itself.

    `many` says that too many cells changed to list them: fetch the office's board again.
    """

    name: ClassVar[str] = "cells.changed.v1"
    mandatory: ClassVar[bool] = False
    office_id: str
    runs: tuple[CellRun, ...]
    many: bool = False


class BookingFact(Fact):
    """One version of a booking. `contact` is the sealed e-mail address, `link` the sealed token of
    the link that opens the booking (both of purpose 'contact'). `also` are further procedures.
    `contact_version` is the version in which the address last changed; None from older releases.
    `card_key` is eligibility's key of the person where a card is to be collected.
    `party_id` is that of those who come together, `party_line` the place in their order, `relation`
    the word that the family chose. `series_id` is the series that its time comes from, None where
    there was none, and from older releases. `cards` is for how many
    cards the visit is, where that is asked. `booked_at` is when the first version was made; None
    from older releases."""

    booking_id: UUID
    version: int
    number: str
    procedure_id: str
    office_id: str
    starts_at: AwareDatetime
    minutes: int
    visitor: Visitor
    channel: Channel
    status: Status
    outcome: Outcome | None
    language: str
    contact: str | None
    at: AwareDatetime
    link: str | None = None
    also: tuple[str, ...] = ()
    contact_version: int | None = None
    card_key: str | None = None
    party_id: UUID | None = None
    party_line: int = 0
    relation: Relation | None = None
    series_id: str | None = None
    cards: int | None = None
    booked_at: AwareDatetime | None = None


class PartyVisit(Contract):
    """Another booking of a party, in the mail about all of them. `procedure_ids` are what this
    person comes for; `relation` is the word that the family chose. No id from older releases."""

    booking_id: UUID | None = None
    version: int = 1
    number: str
    procedure_ids: tuple[str, ...]
    starts_at: AwareDatetime
    visitor: Visitor
    relation: Relation | None = None


class BookingConfirmed(BookingFact):
    """`party` are those who were booked together with it and have the same address: its mail tells
    about all of them. Their own facts have no `mail`."""

    name: ClassVar[str] = "booking.confirmed.v1"
    party: tuple[PartyVisit, ...] = ()
    mail: bool = True


class BookingChanged(BookingFact):
    """The booking moved from `previous_starts_at` at `previous_office_id`. `by_staff` is None from
    older releases."""

    name: ClassVar[str] = "booking.changed.v1"
    previous_office_id: str
    previous_starts_at: AwareDatetime
    by_staff: bool | None = None


class BookingDisplaced(BookingFact):
    """The city's times changed, and the booking's own is no longer open. It stands where it is
    until it is answered; another time is held for it until `held_until`, where there was one.
    `mail`: the citizen is to be told."""

    name: ClassVar[str] = "booking.displaced.v1"
    proposed_office_id: str | None = None
    proposed_starts_at: AwareDatetime | None = None
    held_until: AwareDatetime | None = None
    mail: bool = True


class BookingRestored(BookingFact):
    """What displaced the booking was taken back: its time holds again. `mail`: the citizen was told
    otherwise before."""

    name: ClassVar[str] = "booking.restored.v1"
    mail: bool = True


class BookingStopped(BookingFact):
    """The national system failed, and met the booking: nobody can serve it at its time, or could.
    Its citizen may choose another time once, whatever the deadlines. `over`: the system works
    again, and the time holds. Who has an address is mailed."""

    name: ClassVar[str] = "booking.stopped.v1"
    over: bool = False


class BookingCancelled(BookingFact):
    name: ClassVar[str] = "booking.cancelled.v1"
    by_staff: bool


class BookingUpdated(BookingFact):
    """The citizen gave another e-mail address, phone number or needs; `contact` is the new one.

    `displaced`: its time is no longer open, and the other fields say what is proposed, as in
    displaced. None from older releases, which did not say. `former_contact` is the sealed address
    that the citizen replaced online, `former_version` the version since which it was there."""

    name: ClassVar[str] = "booking.updated.v1"
    displaced: bool | None = None
    proposed_office_id: str | None = None
    proposed_starts_at: AwareDatetime | None = None
    held_until: AwareDatetime | None = None
    former_contact: str | None = None
    former_version: int | None = None


class BookingResent(BookingFact):
    """Nothing changed: the citizen wants the mail that confirms the booking once more."""

    name: ClassVar[str] = "booking.resent.v1"


class BookingArrived(BookingFact):
    """`reception` is the 受付番号 of that day and office. Whoever came on another day or to another
    office was moved there in the same step: then the previous place is told as well."""

    name: ClassVar[str] = "booking.arrived.v1"
    reception: int | None = None
    previous_office_id: str | None = None
    previous_starts_at: AwareDatetime | None = None


class BookingCalled(BookingFact):
    """Somebody who had come was called to `window`; the wait lasted from `arrived_at` to `at`.
    `calls` says how often it was by now: the first call ends the wait."""

    name: ClassVar[str] = "booking.called.v1"
    reception: int | None
    window: int
    calls: int
    arrived_at: AwareDatetime | None


class BookingFinished(BookingFact):
    """Done or not: `outcome` says which. `outcomes` are those of the further procedures, by
    procedure. `arrived_at` and `finished_at` are when the person came and went, which staff may
    correct days later."""

    name: ClassVar[str] = "booking.finished.v1"
    card_key: str | None
    outcomes: dict[str, Outcome] = Field(default_factory=dict)
    arrived_at: AwareDatetime | None = None
    finished_at: AwareDatetime | None = None


class BookingMissed(BookingFact):
    name: ClassVar[str] = "booking.missed.v1"


class BookingReopened(BookingFact):
    """A tick was taken back; `status` is what holds again. `calls` says
    how many calls still hold, 0 after a call was taken back: then the person waits again. Who was
    received on another day than their own has their old time back, if it was free; then the place
    they were brought to is told as the previous one."""

    name: ClassVar[str] = "booking.reopened.v1"
    card_key: str | None
    calls: int | None = None
    previous_office_id: str | None = None
    previous_starts_at: AwareDatetime | None = None


class BookingRestated(BookingFact):
    """Nothing happened: the newest version of a booking, said once more for whoever lost theirs. It
    is for copies of bookings alone, and nobody is mailed about it. `at` is when that version came
    to be; there is no link. `displaced`: its time is no longer open. `outcomes` as in finished,
    where the visit ever had an outcome. `window` and the times are the stamps of the visit;
    `by_staff` says who made that version."""

    name: ClassVar[str] = "booking.restated.v1"
    displaced: bool = False
    outcomes: dict[str, Outcome] = Field(default_factory=dict)
    window: int | None = None
    arrived_at: AwareDatetime | None = None
    called_at: AwareDatetime | None = None
    finished_at: AwareDatetime | None = None
    by_staff: bool | None = None


class BookingWatermark(Fact):
    """Every minute: the broker has all facts about bookings that were written before `at`. Whoever
    has taken them in up to a recent one knows what is true now.

    Where the broker refuses a fact again and again, `at` stands still. Then `others_at` says the
    same about all bookings but those in `parked`."""

    name: ClassVar[str] = "booking.watermark.v1"
    at: AwareDatetime
    others_at: AwareDatetime | None = None
    parked: tuple[UUID, ...] = ()


class BookingErased(Fact):
    """The visit or its cancellation is 30 days ago: the booking has no person any more, and nobody
    keeps what they knew of one."""

    name: ClassVar[str] = "booking.erased.v1"
    booking_id: UUID
    at: AwareDatetime
