"""The tables of booking. Which service they belong to is said by the role's search_path."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from libs.common.inbox import inbox_tables
from libs.common.outbox import outbox_table

metadata = MetaData()
NOW = text("clock()")


def moment(**extra: object) -> Column[datetime]:
    return Column(DateTime(timezone=True), **{"nullable": False, **extra})  # type: ignore[arg-type]


def texts(**extra: object) -> Column[list[str]]:
    return Column(ARRAY(Text), nullable=False, **extra)  # type: ignore[arg-type]


def numbers() -> Column[list[int]]:
    return Column(ARRAY(Integer), nullable=False)


def json(empty: str) -> Column[object]:
    return Column(JSONB, nullable=False, server_default=text(f"'{empty}'"))


class Table(SQLModel, registry=registry(metadata=metadata)):
    """The base of booking's tables."""


class Office(Table, table=True):
    """A place with counters."""

    office_id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    kana: str = Field(sa_type=Text)
    address: str = Field(sa_type=Text)
    phone: str = Field(sa_type=Text)
    position: int
    version: int
    texts: dict[str, object] = Field(sa_column=json("{}"))


class Procedure(Table, table=True):
    """What one can come for, with the rules of booking it."""

    procedure_id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    plain: str = Field(sa_type=Text)
    person_group: str = Field(sa_type=Text)
    minutes: int
    needs_card: bool
    outcomes: list[str] = Field(sa_column=texts())
    visitors: list[str] = Field(sa_column=texts())
    documents: list[str] = Field(sa_column=texts())
    notes: list[str] = Field(sa_column=texts())
    opens_days_before: int
    closes_days_before: int
    changes_days_before: int
    position: int
    version: int
    rules: list[object] = Field(sa_column=json("[]"))
    any_office: bool = Field(sa_column_kwargs={"server_default": "false"})
    email: str = Field(sa_type=Text, sa_column_kwargs={"server_default": "optional"})
    phone: str = Field(sa_type=Text, sa_column_kwargs={"server_default": "off"})
    asks_needs: bool = Field(sa_column_kwargs={"server_default": "true"})
    asks_inquiry: bool = Field(sa_column_kwargs={"server_default": "false"})
    asks_cards: bool = Field(sa_column_kwargs={"server_default": "false"})
    joins: str = Field(sa_type=Text, sa_column_kwargs={"server_default": "sum"})
    party_limit: int = Field(sa_column_kwargs={"server_default": "4"})
    online: str = Field(sa_type=Text, sa_column_kwargs={"server_default": "open"})
    texts: dict[str, object] = Field(sa_column=json("{}"))


class Series(Table, table=True):
    """Start times an office offers; windows may be shared between series."""

    series_id: str = Field(primary_key=True, sa_type=Text)
    office_id: str = Field(sa_type=Text, foreign_key="office.office_id", index=True)
    procedure_ids: list[str] = Field(sa_column=texts())
    weekdays: list[int] = Field(sa_column=numbers())
    opens: time
    closes: time
    unit_minutes: int
    windows: list[int] = Field(sa_column=numbers())
    valid_from: date
    valid_until: date


class Cell(Table, table=True):
    """Five minutes of one window that a schedule opened. Taken while taken_until > clock().

    The primary key is what makes a double booking impossible: one row, one `taken_by`.
    """

    office_id: str = Field(primary_key=True, sa_type=Text)
    starts_at: datetime = Field(sa_column=moment(primary_key=True))
    window_id: int = Field(primary_key=True)
    audience: str = Field(sa_type=Text, sa_column_kwargs={"server_default": "public"})
    taken_by: UUID | None = None
    taken_until: datetime = Field(sa_column=moment(server_default=text("'-infinity'")))
    version: int = Field(sa_column_kwargs={"server_default": "0"})


class Hold(Table, table=True):
    """The time a session has chosen and not yet confirmed: one per session.

    `lines` has the times of all people, the first included; it is null where one person comes for
    one procedure.
    """

    holder: UUID = Field(primary_key=True)
    office_id: str = Field(sa_type=Text)
    procedure_id: str = Field(sa_type=Text)
    window_id: int
    starts_at: datetime = Field(sa_column=moment())
    cells: int
    expires_at: datetime = Field(sa_column=moment())
    extensions: int = Field(sa_column_kwargs={"server_default": "0"})
    change_of: UUID | None = None
    lines: list[dict[str, object]] | None = Field(sa_column=Column(JSONB))


class Booking(Table, table=True):
    """One visit. Personal data is sealed or a digest (see Settings for the keys), and erased 30
    days after the visit or the cancellation."""

    __table_args__ = (
        Index("booking_office_day", "office_id", "starts_at", "booking_id"),
        Index("booking_day", "starts_at", "booking_id"),
        Index("booking_entry", "booked_at", "booking_id"),
        Index("booking_status_day", "status", "starts_at", "booking_id"),
        Index("booking_status_entry", "status", "booked_at", "booking_id"),
        Index("booking_procedure_day", "procedure_id", "starts_at", "booking_id"),
        Index("booking_to_erase", "starts_at", postgresql_where=text("erased_at IS NULL")),
        CheckConstraint(
            "status IN ('confirmed', 'arrived', 'finished', 'missed', 'cancelled')",
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


class ActivePerson(Table, table=True):
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


class BookingHistory(Table, table=True):
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


class Card(Table, table=True):
    """What eligibility said last about a card: where it is and whether it may be collected."""

    card_key: str = Field(primary_key=True, sa_type=Text)
    office_id: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    version: int


class BookingLink(Table, table=True):
    """A link in a mail that opens a booking, as a digest."""

    __tablename__ = "booking_link"

    digest: str = Field(primary_key=True, sa_type=Text)
    booking_id: UUID = Field(foreign_key="booking.booking_id", index=True)
    made_at: datetime = Field(sa_column=moment(server_default=NOW))


class WrongTry(Table, table=True):
    """Wrong tries to open a booking, per number (as a digest) and day."""

    __tablename__ = "wrong_try"

    subject: str = Field(primary_key=True, sa_type=Text)
    day: date = Field(primary_key=True, index=True)
    tries: int


class SpentWork(Table, table=True):
    """Puzzles whose answer was used for a wrong try, so that none is used twice."""

    __tablename__ = "spent_work"

    name: str = Field(primary_key=True, sa_type=Text)
    day: date = Field(index=True)


class IdempotencyKey(Table, table=True):
    """A request that took effect. The reply keeps ids only. Forgetting old ones needs no more than
    a block range index, which costs a hold nothing."""

    __tablename__ = "idempotency_key"
    __table_args__ = (Index("idempotency_key_age", "created_at", postgresql_using="brin"),)

    scope: str = Field(primary_key=True, sa_type=Text)
    key: str = Field(primary_key=True, sa_type=Text)
    request_digest: str = Field(sa_type=Text)
    reply: UUID | None = None
    created_at: datetime = Field(sa_column=moment(server_default=NOW))


outbox = outbox_table(metadata)
inbox, inbox_retry = inbox_tables(metadata)
