"""The tables of reporting. No booking number, no contact, no name: counts need none."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, DateTime, Index, MetaData, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from libs.common.inbox import inbox_tables
from libs.common.outbox import outbox_table
from libs.common.training import went_live_table

metadata = MetaData()


def _moment(*, nullable: bool = False) -> Any:
    return Field(sa_type=DateTime(timezone=True), nullable=nullable)


def _given(default: str) -> Any:
    """What a release that does not know the column leaves in it."""
    return Field(sa_column_kwargs={"server_default": text(default)})


def _words() -> Any:
    return Field(sa_column=Column(ARRAY(Text), nullable=False, server_default="{}"))


class ReportingTable(SQLModel, registry=registry(metadata=metadata)):
    """The base of the tables of this service."""


class BookingVersionRow(ReportingTable, table=True):
    """The ledger: every version of every booking, in whatever order they came."""

    __tablename__ = "booking_version"

    booking_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    office_id: str
    procedure_id: str
    starts_at: datetime = _moment()
    channel: str
    status: str
    outcome: str | None
    at: datetime = _moment()
    kind: str = _given("''")
    also: list[str] = _words()
    minutes: int = _given("0")
    cards: int | None = None
    booked_at: datetime | None = _moment(nullable=True)
    by_staff: bool | None = None
    window: int | None = None
    calls: int | None = None
    arrived_at: datetime | None = _moment(nullable=True)
    called_at: datetime | None = _moment(nullable=True)
    finished_at: datetime | None = _moment(nullable=True)


class BookingNowRow(ReportingTable, table=True):
    """What the versions of each booking come to, in the shape that it is counted in. `booked_on` is
    the day of the application (申込日)."""

    __tablename__ = "booking_now"
    __table_args__ = (
        Index("booking_now_day", "day", "office_id"),
        Index("booking_now_booked_on", "booked_on", "office_id"),
    )

    booking_id: UUID = Field(primary_key=True)
    version: int
    day: date
    office_id: str
    procedure_id: str
    standing: str
    at: datetime = _moment()
    booked_on: date = _given("(now() AT TIME ZONE 'Asia/Tokyo'::text)::date")
    hour: int = _given("0")
    channel: str = _given("''")
    outcome: str | None = None
    also: list[str] = _words()
    people: int = _given("1")
    minutes: int = _given("0")
    window: int | None = None
    wait_seconds: int | None = None
    serve_seconds: int | None = None
    moves: int = _given("0")
    moves_by_staff: int = _given("0")
    cancelled_by_staff: bool | None = None


class WaitRow(ReportingTable, table=True):
    """How long somebody waited, as the release before this one writes it while both run. What it
    says is in the ledger; nobody reads it any more."""

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
    at: datetime = _moment()


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


class ClosedMonthRow(ReportingTable, table=True):
    """月次確定: the figures of a month, by either day, as they were when somebody confirmed it."""

    __tablename__ = "closed_month"

    month: date = Field(primary_key=True)
    at: datetime = _moment()
    closed_by: str
    groups: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))


outbox_table(metadata)
went_live_table(metadata)
inbox_tables(metadata)
