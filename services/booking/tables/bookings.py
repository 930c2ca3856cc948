"""Bookings, their history, and whom they are for."""

from datetime import datetime
from typing import get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, Text, text
from sqlmodel import Field

from libs.common.statements import one_of
from libs.contracts.booking import STANDING, Status

from .base import NOW, BookingTable, moment, some_texts, texts

IN_STATES = one_of("status", STANDING)
"""Somebody is expected, or here."""


class BookingRow(BookingTable, table=True):
    """One visit. Personal data is sealed or a digest (see Settings for the keys), and erased 30
    days after the visit or the cancellation."""

    __tablename__ = "booking"
    __table_args__ = (
        Index("booking_office_day", "office_id", "starts_at", "booking_id"),
        Index("booking_day", "starts_at", "booking_id"),
        Index("booking_entry", "booked_at", "booking_id"),
        Index("booking_status_day", "status", "starts_at", "booking_id"),
        Index("booking_status_entry", "status", "booked_at", "booking_id"),
        Index("booking_procedure_day", "procedure_id", "starts_at", "booking_id"),
        Index(
            "booking_standing",
            "office_id",
            "starts_at",
            "booking_id",
            postgresql_where=text(IN_STATES),
        ),
        Index("booking_to_erase", "starts_at", postgresql_where=text("erased_at IS NULL")),
        CheckConstraint(
            one_of("status", get_args(Status)),
            name="booking_status",
        ),
    )

    booking_id: UUID = Field(primary_key=True)
    number: str = Field(sa_type=Text, unique=True)
    procedure_id: str = Field(sa_type=Text)
    person_group: str = Field(sa_type=Text)
    person_key: str = Field(sa_type=Text)
    card_key: str | None = Field(sa_type=Text, index=True)
    birth_digest: str = Field(sa_type=Text)
    kana: str | None = Field(sa_type=Text)
    contact: str | None = Field(sa_type=Text)
    office_id: str = Field(sa_type=Text)
    window_id: int
    starts_at: datetime = Field(sa_column=moment())
    minutes: int
    visitor: str = Field(sa_type=Text)
    channel: str = Field(sa_type=Text)
    language: str = Field(sa_type=Text)
    status: str = Field(sa_type=Text)
    outcome: str | None = Field(sa_type=Text)
    mail_failed: bool = Field(sa_column_kwargs={"server_default": "false"})
    card_moved: bool = Field(sa_column_kwargs={"server_default": "false"})
    booked_at: datetime = Field(sa_column=moment())
    version: int
    also: list[str] = Field(sa_column=texts(server_default=text("'{}'")))
    party_id: UUID | None = Field(index=True)
    phone: str | None = Field(sa_type=Text)
    needs: list[str] = Field(sa_column=texts(server_default=text("'{}'")))
    cards: int | None = None
    has_inquiry: bool | None = None
    erased_at: datetime | None = Field(sa_column=moment(nullable=True))
    also_groups: list[str] = Field(sa_column=texts(server_default=text("'{}'")))
    party_line: int = Field(sa_column_kwargs={"server_default": "0"})
    also_keys: list[str] = Field(sa_column=texts(server_default=text("'{}'")))
    contact_version: int = Field(sa_column_kwargs={"server_default": "1"})
    former_keys: list[str] | None = Field(sa_column=some_texts())
    """None for a booking of a release that had no such keys."""
    relation: str | None = Field(sa_type=Text)
    interpreter: str | None = Field(sa_type=Text)
    series_id: str | None = Field(sa_type=Text)


class ActivePersonRow(BookingTable, table=True):
    """Who has a standing booking in a group of procedures: its key lets nobody have two.

    Triggers keep it with the booking, one row a group. What nobody ticked on its day is dropped
    when the person books again.
    """

    __tablename__ = "active_person"
    __table_args__ = (
        PrimaryKeyConstraint("person_key", "person_group", name="booking_active_person"),
    )

    person_key: str = Field(primary_key=True, sa_type=Text)
    person_group: str = Field(primary_key=True, sa_type=Text)
    booking_id: UUID = Field(foreign_key="booking.booking_id", index=True)


class BookingHistoryRow(BookingTable, table=True):
    """Every version a booking has had, who made it and why. Never changed, never deleted."""

    __tablename__ = "booking_history"

    booking_id: UUID = Field(primary_key=True, foreign_key="booking.booking_id")
    version: int = Field(primary_key=True)
    at: datetime = Field(sa_column=moment())
    actor: str = Field(sa_type=Text)
    what: str = Field(sa_type=Text)
    status: str = Field(sa_type=Text)
    outcome: str | None = Field(sa_type=Text)
    office_id: str = Field(sa_type=Text)
    window_id: int
    starts_at: datetime = Field(sa_column=moment())
    minutes: int
    reason: str | None = Field(sa_type=Text)


class CardRow(BookingTable, table=True):
    """What eligibility said last about a card: where it is, whether it may be collected, and
    whether its person is shielded, which means not served online, or withdrawn from the list.
    `shelf` is what staff wrote."""

    __tablename__ = "card"
    card_key: str = Field(primary_key=True, sa_type=Text)
    office_id: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    version: int
    shielded: bool = Field(sa_column_kwargs={"server_default": text("false")})
    shelf: str | None = Field(sa_type=Text)
    withdrawn: bool = Field(sa_column_kwargs={"server_default": text("false")})


class AddressUseRow(BookingTable, table=True):
    """The address that a citizen gave for a booking, as a digest. `waiting` has it sealed while
    too many bookings have it and no mail there was opened; the booking is without it meanwhile."""

    __tablename__ = "address_use"

    booking_id: UUID = Field(primary_key=True, foreign_key="booking.booking_id")
    address: str = Field(sa_type=Text, index=True)
    by_name: bool
    waiting: str | None = Field(sa_type=Text)
    since: datetime = Field(sa_column=moment())
    opened_at: datetime | None = Field(sa_column=moment(nullable=True))


class BookingLinkRow(BookingTable, table=True):
    """A link in a mail that opens a booking, as a digest."""

    __tablename__ = "booking_link"

    digest: str = Field(primary_key=True, sa_type=Text)
    booking_id: UUID = Field(foreign_key="booking.booking_id", index=True)
    made_at: datetime = Field(sa_column=moment(server_default=NOW))
