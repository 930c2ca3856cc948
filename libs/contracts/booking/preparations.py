"""前日準備: the cards to lay out for a day, and which of them are."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime

from libs.common.facts import Contract
from libs.contracts.times import Day

from .cards import CardPass
from .offer import Outcome, Status, Visitor

CardPlace = Literal["here", "elsewhere", "gone", "unknown"]
"""Where the import says the card is: at the office of the visit, at another, handed over already;
unknown where the booking has no card number that the import knows."""

PreparationSort = Literal["number", "time"]


class Preparation(Contract):
    """A visit that needs a card. `prepared_by` is who laid the card out for this office and day,
    None while it is still on its shelf. `card_office_id` is where the card is. `kana` is for
    callers with the right `cards.number`, and only where the booking has a name. `shelf` is where
    the card lies (保管番号), if somebody wrote it down."""

    booking_id: UUID
    number: str
    starts_at: AwareDatetime
    minutes: int
    window_id: int
    office_id: str
    procedure_id: str
    also: tuple[str, ...] = ()
    visitor: Visitor
    status: Status
    outcome: Outcome | None
    card: CardPlace
    card_office_id: str | None
    prepared_by: str | None
    prepared_at: AwareDatetime | None
    kana: str | None = None
    shelf: str | None = None


class PreparationList(Contract):
    """GET /v1/staff/preparations?office=…&day=…&sort=…: one day of one office.

    Without a day: the next one on which the office is open. `to_return` were laid out for this day
    and will not be handed over: cancelled, moved, another person's, nobody came, or in vain.
    `shelves`: the city uses 保管番号.
    """

    office_id: str
    day: date
    visits: tuple[Preparation, ...]
    to_return: tuple[Preparation, ...]
    cards: CardPass | None = None
    shelves: bool = False


class PreparationTick(Contract):
    """POST /v1/staff/bookings/{id}/preparation: the card is laid out for its visit on `day`, or
    with `ready` false back on its shelf."""

    day: Day
    ready: bool
