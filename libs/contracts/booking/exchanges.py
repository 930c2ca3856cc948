"""差替え: another person takes over a booking; two of one party exchange their times."""

from uuid import UUID

from pydantic import Field

from libs.common.facts import Contract

from .visits import Person


class PersonExchange(Person):
    """POST /v1/staff/bookings/{id}/person: from now on the booking is this person's.

    Time, window, procedures and number stay. Address and phone number are those of the new person,
    None is none: nothing of the former person is kept. `cards` stays where it is not given.
    """

    version: int
    email: str | None = Field(default=None, max_length=254)
    phone: str | None = Field(default=None, max_length=20)


class TimeExchange(Contract):
    """POST /v1/staff/bookings/{id}/times: this booking and the other one of its party exchange
    times, windows and offices. Both must stand and have the version that was seen."""

    version: int
    other_id: UUID
    other_version: int
