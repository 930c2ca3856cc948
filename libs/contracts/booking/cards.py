"""Which cards a member of staff may have the numbers of (製造管理番号); eligibility opens them."""

from uuid import UUID

from pydantic import Field

from libs.common.facts import Contract

CARD_NUMBERS = "cards.number"
"""Members of staff who may see whole card numbers."""
CARD_NUMBERS_OF_OUTAGES = "cards.outage"
"""The machine that writes the lists for an outage: today's and tomorrow's, and nothing else. No
account has it."""


class ShelfChange(Contract):
    """POST /v1/staff/bookings/{id}/shelf, where the city uses 保管番号: the card of this booking
    lies there; an empty text says that nobody knows. See libs.rules.shelves for its form."""

    shelf: str = Field(max_length=40)


class Shelf(Contract):
    """`office_id` is that of the booking and of its card."""

    office_id: str
    shelf: str | None


class CardPass(Contract):
    """Only for callers with the right: the key of each booking's card, and a ticket of booking
    (Ed25519, five minutes) with which eligibility opens the numbers of exactly these cards.

    GET /v1/staff/bookings/{id}/card answers with that of one booking.
    """

    keys: dict[UUID, str]
    ticket: str
