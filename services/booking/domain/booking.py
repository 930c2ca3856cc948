"""A booking, and what may be done about it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.contracts.booking import Channel, Language, Need, Outcome, Status, Visitor


@dataclass(frozen=True)
class Booking:
    """A booking as it is kept; `version` is the newest line of its history."""

    booking_id: UUID
    number: str
    procedure_id: str
    person_group: str
    person_key: str
    card_key: str | None
    birth_digest: str
    kana: str | None
    contact: str | None
    office_id: str
    window_id: int
    starts_at: datetime
    minutes: int
    visitor: Visitor
    channel: Channel
    language: Language
    status: Status
    outcome: Outcome | None
    mail_failed: bool
    card_moved: bool
    booked_at: datetime
    version: int
    also: tuple[str, ...] = ()
    party_id: UUID | None = None
    phone: str | None = None
    needs: tuple[Need, ...] = ()
    cards: int | None = None
    has_inquiry: bool | None = None
    also_groups: tuple[str, ...] = ()
    party_line: int = 0
    also_keys: tuple[str, ...] = ()

    @property
    def procedure_ids(self) -> tuple[str, ...]:
        return self.procedure_id, *self.also


@dataclass(frozen=True)
class Step:
    """Who did what to a booking, and why: one line of its history."""

    actor: str
    what: str
    reason: str | None = None
