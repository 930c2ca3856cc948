"""What staff enter for others."""

from uuid import UUID

from sqlmodel import Field

from .base import BookingTable


class UnlinkedBookingRow(BookingTable, table=True):
    """A booking for a card whose booking id nobody knew when it was made."""

    __tablename__ = "unlinked_booking"

    booking_id: UUID = Field(primary_key=True, foreign_key="booking.booking_id")
