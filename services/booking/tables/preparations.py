"""Cards that were laid out for a day."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, Text
from sqlmodel import Field

from .base import NOW, BookingTable, moment


class PreparationRow(BookingTable, table=True):
    """The card of this booking lies ready for this office and day. Where the booking has another
    card, office or day by now, the card is to go back to its shelf."""

    __tablename__ = "preparation"
    __table_args__ = (Index("preparation_day", "office_id", "day"),)

    booking_id: UUID = Field(primary_key=True, foreign_key="booking.booking_id")
    office_id: str = Field(sa_type=Text)
    day: date
    card_key: str | None = Field(sa_type=Text)
    prepared_by: str = Field(sa_type=Text)
    prepared_at: datetime = Field(sa_column=moment(server_default=NOW))
