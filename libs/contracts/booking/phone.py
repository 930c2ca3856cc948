"""What members of staff book for others: by phone, at the counter, with or without a booking id."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from libs.common.facts import Contract
from libs.contracts.times import Moment

from .offer import Language
from .staff import StaffBooking
from .visits import Arrangement, PartyLine, Person

StaffChannel = Literal["phone", "counter"]
"""電話 / 窓口・当日"""


class CounterForm(Contract):
    """POST /v1/staff/holds/keep | drop: hold the form's time for another while, or give it back.

    `form` is a random id of the form that somebody fills in: each holds a time of its own, and only
    for the member of staff who holds it.
    """

    form: UUID


class CounterHold(CounterForm):
    """POST /v1/staff/holds: take a time for a form, or move its hold there.

    Staff windows are taken first, then those of everybody, until the visit starts; what is booked
    by phone only can be held too. `starts_at` is None for somebody who is at the counter: then the
    first time today from now on, on the grid of five minutes, at which a window is free; where none
    is any more (all taken, near or after closing), now, over capacity.
    `ticket` is eligibility's, where it is there already: without one the card is checked when the
    booking is made.

    `party` are the people who come along, with procedures and ticket of their own, `arrangement` as
    for citizens: all or none are held. A refusal says in `person` whom it is about: 0 is the first;
    in `same_as` who of the party is the same person.

    POST /v1/staff/holds/extra, with a right of its own: the same over capacity, in places that are
    opened for these visits alone. Without `starts_at`: at once, whatever the hour.
    """

    procedure_ids: tuple[str, ...] = Field(min_length=1, max_length=9)
    office_id: str
    starts_at: Moment | None = None
    ticket: str | None = None
    party: tuple[PartyLine, ...] = ()
    arrangement: Arrangement = "together"


class CounterPerson(Person):
    """Who one visit is for, as staff say it.

    `unlinked`: the booking id is not known; kana and date of birth are kept until it is.
    `another_person`: somebody with the same name and date of birth, or the same phone number and
    date of birth, is another person.
    """

    unlinked: bool = False
    another_person: bool = False


class CounterBooking(CounterForm, CounterPerson):
    """POST /v1/staff/bookings: make what the form holds a booking, for a party one each: all of
    them or none. The answer is that of the first person.

    `procedure_ids`, office and time are what the page showed. `party` are those who come along, in
    the order of the hold, with `procedure_ids` of their own. `arrived`: they are at the counter and
    are ticked off at once.

    A refusal says in `person` whom it is about: 0 is the first. One that is 'already-booked' or
    'like-another' has the other booking in `booking`, if the caller may see it, or in `same_as` who
    of the party is the same person.
    """

    office_id: str
    starts_at: Moment
    channel: StaffChannel
    language: Language = "ja"
    email: str | None = Field(default=None, max_length=254)
    phone: str | None = Field(default=None, max_length=20)
    party: tuple[CounterPerson, ...] = ()
    arrived: bool = False


class CounterLink(Contract):
    """POST /v1/staff/bookings/{id}/link: the booking id of the person is known now.

    `ticket` is eligibility's. `mend_birth`: the date of birth that was given for the booking was
    wrong, the card's is right; without it another date is refused as 'other-birth'.
    """

    version: int
    ticket: str
    mend_birth: bool = False


class UnlinkedList(Contract):
    """GET /v1/staff/bookings/unlinked: standing bookings from today on without a booking id, by
    appointment, at most 200."""

    bookings: tuple[StaffBooking, ...]


class OpeningStart(Contract):
    """A start time and how many windows are free for the whole visit; for a party, how many such
    parties there is room for."""

    starts_at: AwareDatetime
    free: int


class OpeningDay(Contract):
    """The start times of a day that have not passed, the full ones included."""

    day: date
    starts: tuple[OpeningStart, ...]


class Openings(Contract):
    """GET /v1/staff/openings?office=…&procedure=…&procedure=…&from=…&days=…: what staff can book,
    on at most 31 days; days on which nothing is open have no start times.

    For a party also `arrangement` and, for each who comes along, `party`: the procedures with
    commas between them."""

    days: tuple[OpeningDay, ...]
