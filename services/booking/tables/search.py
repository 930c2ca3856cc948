"""What staff find bookings by when nobody has the number at hand."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, Text
from sqlmodel import Field

from .base import NOW, BookingTable, moment


class SearchIndexRow(BookingTable, table=True):
    """The digest of a name, a phone number or an e-mail address of a booking, each kind under a key
    of its own. A trigger drops all of a booking's with any change of what they were made of."""

    __tablename__ = "search_index"
    __table_args__ = (
        Index("search_index_digest", "digest"),
        CheckConstraint("kind IN ('name', 'phone', 'email')", name="search_index_kind"),
    )

    booking_id: UUID = Field(primary_key=True, foreign_key="booking.booking_id")
    kind: str = Field(primary_key=True, sa_type=Text)
    digest: str = Field(sa_type=Text)


class UnindexedBookingRow(BookingTable, table=True):
    """A booking whose name or contact was written, by whatever release: the trigger notes it, and
    the service, which alone has the keys, makes its digests."""

    __tablename__ = "unindexed_booking"

    note_id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    booking_id: UUID


class SearchMadeRow(BookingTable, table=True):
    """That a member of staff searched, for the limit of an hour. Not for whom."""

    __tablename__ = "search_made"
    __table_args__ = (Index("search_made_actor", "actor", "at"),)

    search_id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    actor: str = Field(sa_type=Text)
    at: datetime = Field(sa_column=moment(server_default=NOW))
