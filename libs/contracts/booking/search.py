"""How staff find a booking whose number nobody has at hand."""

from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from libs.common.facts import Contract
from libs.contracts.times import Day

from .staff import StaffBooking

SearchKind = Literal["number", "card", "name", "phone", "email"]
"""予約番号 / 予約ID / name and date of birth / phone number / e-mail address."""

SEARCH_MOST = 20
"""Bookings in one answer; more than that is no answer to who somebody is."""


class StaffSearch(Contract):
    """POST /v1/staff/search: exactly one way to say whose booking it is.

    All but `number` count towards the limit of an account ('searched-enough', with `again_at`).
    `card_key` is eligibility's answer to POST /v1/card-keys. What is compared is folded
    (libs.rules), and must be equal then: no part of a name finds anybody.
    """

    number: str | None = Field(default=None, max_length=40)
    card_key: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    name: str | None = Field(default=None, max_length=200)
    born: Day | None = None
    phone: str | None = Field(default=None, max_length=40)
    email: str | None = Field(default=None, max_length=254)

    @property
    def kind(self) -> SearchKind:
        """The one way that is there."""
        ways: dict[SearchKind, object] = {
            "number": self.number,
            "card": self.card_key,
            "name": self.name,
            "phone": self.phone,
            "email": self.email,
        }
        (kind,) = (kind for kind, value in ways.items() if value)
        return kind

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        ways = [self.number, self.card_key, self.name, self.phone, self.email]
        if sum(map(bool, ways)) != 1 or (self.name is None) != (self.born is None):
            raise ValueError("one of number, card_key, name with born, phone, email")
        return self


class StaffFound(Contract):
    """The bookings of the caller's offices that fit, those to come first. `is_complete`: no
    booking waits to be made findable. `left` is how many searches the account has within the
    hour."""

    kind: SearchKind
    bookings: tuple[StaffBooking, ...]
    is_complete: bool
    left: int
    at: AwareDatetime
