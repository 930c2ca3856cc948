"""The tables of reporting. No booking number, no contact, no name: counts need none."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, MetaData
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from libs.common.inbox import inbox_tables
from libs.common.outbox import outbox_table

metadata = MetaData()


class ReportingTable(SQLModel, registry=registry(metadata=metadata)):
    """The base of the tables of this service."""


class BookingVersionRow(ReportingTable, table=True):
    """The ledger: every version of every booking, in whatever order they came."""

    __tablename__ = "booking_version"

    booking_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    office_id: str
    procedure_id: str
    starts_at: datetime = Field(sa_type=DateTime(timezone=True))
    channel: str
    status: str
    outcome: str | None
    at: datetime = Field(sa_type=DateTime(timezone=True))


class BookingNowRow(ReportingTable, table=True):
    """The newest version of each booking, in the shape that a day is counted from."""

    __tablename__ = "booking_now"
    __table_args__ = (Index("booking_now_day", "day", "office_id"),)

    booking_id: UUID = Field(primary_key=True)
    version: int
    day: date
    office_id: str
    procedure_id: str
    standing: str
    at: datetime = Field(sa_type=DateTime(timezone=True))


class WaitRow(ReportingTable, table=True):
    """How long somebody waited from 受付 to the first 呼出, by the version of the booking that says
    so. The newest one holds; without `seconds` the call was taken back."""

    __tablename__ = "wait"
    booking_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    seconds: int | None


class MailRow(ReportingTable, table=True):
    """What became of each mail. One that was sent in the end counts as sent."""

    __tablename__ = "mail"
    __table_args__ = (Index("mail_day", "day", "office_id"),)

    booking_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    day: date
    office_id: str
    sent: bool
    at: datetime = Field(sa_type=DateTime(timezone=True))


class CountedCardRow(ReportingTable, table=True):
    """Where each card is and whether it was collected, by eligibility's pseudonym of the person."""

    __tablename__ = "card"
    card_key: str = Field(primary_key=True)
    office_id: str
    state: str
    version: int


class OfficeNameRow(ReportingTable, table=True):
    """The names of the offices and the order they are shown in."""

    __tablename__ = "office"
    office_id: str = Field(primary_key=True)
    name: str
    position: int
    version: int


class ProcedureNameRow(ReportingTable, table=True):
    """The names of the procedures and the order they are shown in."""

    __tablename__ = "procedure"
    procedure_id: str = Field(primary_key=True)
    name: str
    position: int
    version: int


outbox_table(metadata)
inbox_tables(metadata)
