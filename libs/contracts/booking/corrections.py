"""What members of staff put right about a booking that stands."""

from pydantic import Field

from libs.common.facts import Contract


class StaffContact(Contract):
    """GET /v1/staff/bookings/{id}/contact: how the person
    is reached, for whoever may correct it."""

    version: int
    email: str | None
    phone: str | None


class StaffContactChange(Contract):
    """POST /v1/staff/bookings/{id}/contact: address and number as they are to be from now on; None
    is none. Open until the day of the visit has passed."""

    version: int
    email: str | None = Field(default=None, max_length=254)
    phone: str | None = Field(default=None, max_length=20)
