"""Who has to be called because a mail did not arrive, or after an outage."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field

from .base import BookingTable, moment


class PersonToCallRow(BookingTable, table=True):
    """A reason to call the citizen of a booking, and what came of it. `contact_version` is that of
    the address which a mail did not reach: with another one the reason is gone. Who was displaced
    stands in `displaced`, who met an outage only once somebody called."""

    __tablename__ = "person_to_call"
    __table_args__ = (
        CheckConstraint("reason IN ('mail', 'reminder', 'outage')", name="person_to_call_reason"),
    )

    booking_id: UUID = Field(primary_key=True, foreign_key="booking.booking_id")
    reason: str = Field(primary_key=True, sa_type=Text)
    since: datetime = Field(sa_column=moment())
    contact_version: int
    called: str | None = Field(sa_type=Text)
    called_at: datetime | None = Field(sa_column=moment(nullable=True))
    called_by: str | None = Field(sa_type=Text)
