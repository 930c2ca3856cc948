"""The tables of eligibility. Which schema they are in is said by the role's search_path."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, Index, MetaData, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from libs.common.inbox import inbox_tables
from libs.common.outbox import outbox_table

metadata = MetaData()


def moment() -> Column[datetime]:
    return Column(DateTime(timezone=True), nullable=False)


class Table(SQLModel, registry=registry(metadata=metadata)):
    """The base of the tables of this service."""


class Person(Table, table=True):
    """Somebody whose card waits, or was collected. `sealed` holds the card number and the date of
    birth; `card_key` is the digest of the number; `batch_id` the import that changed it last. Who
    is `shielded` is not served online."""

    __table_args__ = (CheckConstraint("state IN ('ready', 'collected')", name="person_state"),)

    card_key: str = Field(primary_key=True, sa_type=Text)
    sealed: str = Field(sa_type=Text)
    office_id: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    version: int
    first_batch_id: UUID
    batch_id: UUID
    updated_at: datetime = Field(sa_column=moment())
    shielded: bool = Field(sa_column_kwargs={"server_default": text("false")})


class Batch(Table, table=True):
    """What one import did. `errors` are lines, columns and reasons, never what a row held. `key` is
    that of the form, `digest` that of the file; older imports have neither."""

    __table_args__ = (
        Index("batch_at", "at"),
        Index("batch_of_form", "sent_by", "key", unique=True),
    )

    batch_id: UUID = Field(primary_key=True)
    file_name: str = Field(sa_type=Text)
    encoding: str = Field(sa_type=Text)
    rows: int
    added: int
    changed: int
    unchanged: int
    rejected: int
    errors: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    at: datetime = Field(sa_column=moment())
    sent_by: str | None = Field(default=None, sa_type=Text)
    key: str | None = Field(default=None, sa_type=Text)
    digest: str | None = Field(default=None, sa_type=Text)


class WrongTry(Table, table=True):
    """Wrong tries per number and day in Japan, whether the number is in the list or not."""

    __tablename__ = "wrong_try"

    card_key: str = Field(primary_key=True, sa_type=Text)
    day: date = Field(primary_key=True, index=True)
    tries: int


class OriginTry(Table, table=True):
    """Wrong tries per origin and day: a digest that says nothing of the address it was made of. The
    origin's next try may come at `next_at`."""

    __tablename__ = "origin_try"

    origin: str = Field(primary_key=True, sa_type=Text)
    day: date = Field(primary_key=True, index=True)
    tries: int
    next_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class MissMinute(Table, table=True):
    """Wrong tries of everybody, by the minute in which they were made."""

    __tablename__ = "miss_minute"

    minute: datetime = Field(primary_key=True, sa_type=DateTime(timezone=True))
    misses: int


class SpentWork(Table, table=True):
    """Puzzles whose answer was used for a wrong try, so that none is used twice."""

    __tablename__ = "spent_work"

    name: str = Field(primary_key=True, sa_type=Text)
    day: date = Field(index=True)


class Pickup(Table, table=True):
    """The newest outcome of each visit for a card: whether the card was handed over then."""

    booking_id: UUID = Field(primary_key=True)
    card_key: str = Field(sa_type=Text, index=True)
    version: int
    collected: bool


class KnownOffice(Table, table=True):
    """What booking has published about an office, as far as imports need it."""

    __tablename__ = "known_office"

    office_id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    version: int


outbox = outbox_table(metadata)
inbox, inbox_retry = inbox_tables(metadata)
