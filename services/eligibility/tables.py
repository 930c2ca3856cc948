"""The tables of eligibility. Which schema they are in is said by the role's search_path."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    LargeBinary,
    MetaData,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from libs.common.inbox import inbox_tables
from libs.common.outbox import outbox_table
from libs.common.training import went_live_table

metadata = MetaData()


def moment() -> Column[datetime]:
    return Column(DateTime(timezone=True), nullable=False)


class EligibilityTable(SQLModel, registry=registry(metadata=metadata)):
    """The base of the tables of this service."""


class PersonRow(EligibilityTable, table=True):
    """Somebody whose card waits, or was collected. `sealed` holds the card number and the date of
    birth; `card_key` is the digest of the number; `batch_id` the import that changed it last. Who
    is `shielded` is not served online. Of who is `withdrawn` nothing is kept but that they are."""

    __tablename__ = "person"
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
    withdrawn: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class BatchRow(EligibilityTable, table=True):
    """What one import did. `errors` are those of older imports, which have no rows of Fault. `key`
    is a digest of that of the form, `digest` that of the file; older imports have neither.
    `profile` is the name of the saved layout that was used."""

    __tablename__ = "batch"
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
    profile: str | None = Field(default=None, sa_type=Text)
    undone_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    undone_by: str | None = Field(default=None, sa_type=Text)


class DraftRow(EligibilityTable, table=True):
    """A file on its way into the list; nothing of the list has changed yet. `offices` are those of
    who sent it. `layout` says how the file is read, `preview` has its first rows, sealed under the
    key of the file; `choice` says which column is what. `revision` is that of the list it was
    compared with. A job that works on it has a `run` and renews `leased_until`."""

    __tablename__ = "draft"
    __table_args__ = (Index("draft_of_form", "sent_by", "key", unique=True),)

    draft_id: UUID = Field(primary_key=True)
    sent_by: str = Field(sa_type=Text)
    key: str | None = Field(default=None, sa_type=Text)
    digest: str | None = Field(default=None, sa_type=Text)
    file_name: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    offices: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    state: str = Field(sa_type=Text)
    size: int = Field(sa_type=BigInteger)
    lines: int = Field(sa_type=BigInteger)
    layout: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    preview: str | None = Field(default=None, sa_type=Text)
    choice: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    profile: str | None = Field(default=None, sa_type=Text)
    done: int = Field(default=0, sa_type=BigInteger)
    total: int = Field(default=0, sa_type=BigInteger)
    counts: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    problem: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    run: UUID | None = Field(default=None)
    leased_until: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    revision: int | None = Field(default=None, sa_type=BigInteger)
    at: datetime = Field(sa_column=moment())
    touched_at: datetime = Field(sa_column=moment())


class DraftChunkRow(EligibilityTable, table=True):
    """A piece of a file, sealed under the key of the file, which is not kept here."""

    __tablename__ = "draft_chunk"

    draft_id: UUID = Field(primary_key=True)
    n: int = Field(primary_key=True)
    sealed: bytes = Field(sa_type=LargeBinary)


class StagedRow(EligibilityTable, table=True):
    """A row that can be taken: the columns that were chosen, and what it would do. `shielded` is
    empty where the file says nothing about it. `fields` are those that change."""

    __tablename__ = "staged_row"
    __table_args__ = (Index("staged_person", "draft_id", "card_key", unique=True),)

    draft_id: UUID = Field(primary_key=True)
    line: int = Field(primary_key=True)
    card_key: str = Field(sa_type=Text)
    sealed: str = Field(sa_type=Text)
    office_id: str = Field(sa_type=Text)
    shielded: bool | None = Field(default=None)
    effect: str = Field(sa_type=Text)
    fields: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))


class DraftFaultRow(EligibilityTable, table=True):
    """What is wrong with a row of a draft or an import; never what the row holds."""

    __tablename__ = "fault"
    batch_id: UUID = Field(primary_key=True)
    line: int = Field(primary_key=True)
    column_name: str = Field(primary_key=True, sa_type=Text)
    reason: str = Field(sa_type=Text)


class UndoRow(EligibilityTable, table=True):
    """How the newest import found a person that it changed. Who has none was added by it."""

    __tablename__ = "undo_row"

    batch_id: UUID = Field(primary_key=True)
    card_key: str = Field(primary_key=True, sa_type=Text)
    sealed: str = Field(sa_type=Text)
    office_id: str = Field(sa_type=Text)
    shielded: bool
    withdrawn: bool
    former_batch_id: UUID


class ProfileRow(EligibilityTable, table=True):
    """A layout that somebody saved under a name, for files that come again and again. `choice` has
    headings and places of columns, and words for offices; nothing of any row."""

    __tablename__ = "profile"
    profile_id: UUID = Field(primary_key=True)
    name: str = Field(sa_type=Text, unique=True)
    choice: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    made_by: str = Field(sa_type=Text)
    made_at: datetime = Field(sa_column=moment())


class ListRevisionRow(EligibilityTable, table=True):
    """How often the list was changed by people: one row."""

    __tablename__ = "list_revision"

    single: bool = Field(primary_key=True)
    revision: int = Field(sa_type=BigInteger)


class KnownVisitRow(EligibilityTable, table=True):
    """The newest version of a booking for a card, as booking published it."""

    __tablename__ = "known_visit"

    booking_id: UUID = Field(primary_key=True)
    card_key: str | None = Field(default=None, sa_type=Text, index=True)
    version: int
    status: str = Field(sa_type=Text)
    office_id: str = Field(sa_type=Text)
    starts_at: datetime = Field(sa_column=moment())
    booked_at: datetime = Field(sa_column=moment())


class BookingWatermarkRow(EligibilityTable, table=True):
    """Booking's facts have come in up to `at`: one row."""

    __tablename__ = "watermark"
    single: bool = Field(primary_key=True)
    at: datetime = Field(sa_column=moment())


class CheckTryRow(EligibilityTable, table=True):
    """Wrong tries per number and day in Japan, whether the number is in the list or not."""

    __tablename__ = "wrong_try"

    card_key: str = Field(primary_key=True, sa_type=Text)
    day: date = Field(primary_key=True, index=True)
    tries: int


class OriginTryRow(EligibilityTable, table=True):
    """Wrong tries per origin and day: a digest that says nothing of the address it was made of. The
    origin's next try may come at `next_at`."""

    __tablename__ = "origin_try"

    origin: str = Field(primary_key=True, sa_type=Text)
    day: date = Field(primary_key=True, index=True)
    tries: int
    next_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class CheckMissMinuteRow(EligibilityTable, table=True):
    """Wrong tries of everybody, by the minute in which they were made."""

    __tablename__ = "miss_minute"

    minute: datetime = Field(primary_key=True, sa_type=DateTime(timezone=True))
    misses: int


class CheckWorkRow(EligibilityTable, table=True):
    """Puzzles whose answer was used for a wrong try, so that none is used twice."""

    __tablename__ = "spent_work"

    name: str = Field(primary_key=True, sa_type=Text)
    day: date = Field(index=True)


class PickupRow(EligibilityTable, table=True):
    """The newest outcome of each visit for a card: whether the card was handed over then."""

    __tablename__ = "pickup"
    booking_id: UUID = Field(primary_key=True)
    card_key: str = Field(sa_type=Text, index=True)
    version: int
    collected: bool


class KnownOfficeRow(EligibilityTable, table=True):
    """What booking has published about an office, as far as imports need it."""

    __tablename__ = "known_office"

    office_id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    version: int


outbox = outbox_table(metadata)
went_live_table(metadata)
inbox, inbox_retry = inbox_tables(metadata)
