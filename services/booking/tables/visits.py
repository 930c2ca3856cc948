"""What the counter stamps on the day of a visit. No person in it: numbers, times and windows."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field

from .base import BookingTable, json, moment


class VisitRow(BookingTable, table=True):
    """The stamps of a booking from 受付 on. A booking that nobody came for has no row.

    `reception` is the 受付番号. It belongs to the office and day of its booking, and stays with the
    booking when 受付 is taken back.
    """

    __tablename__ = "visit"
    __table_args__ = (UniqueConstraint("office_id", "day", "reception", name="visit_reception"),)

    booking_id: UUID = Field(primary_key=True, foreign_key="booking.booking_id")
    office_id: str = Field(sa_type=Text)
    day: date
    reception: int | None = None
    arrived_at: datetime | None = Field(sa_column=moment(nullable=True))
    called_at: datetime | None = Field(sa_column=moment(nullable=True))
    window_id: int | None = None
    calls: int = Field(sa_column_kwargs={"server_default": "0"})
    finished_at: datetime | None = Field(sa_column=moment(nullable=True))
    outcomes: dict[str, object] = Field(sa_column=json("{}"))


class ReceptionCountRow(BookingTable, table=True):
    """The last 受付番号 given at an office on a day: whoever gives one waits for the other."""

    __tablename__ = "reception_count"

    office_id: str = Field(primary_key=True, sa_type=Text)
    day: date = Field(primary_key=True)
    last: int
