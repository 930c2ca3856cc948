"""The tables of notify."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    Index,
    MetaData,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from libs.common.inbox import inbox_tables
from libs.common.outbox import outbox_table
from libs.common.training import went_live_table

metadata = MetaData()
_MOMENT = DateTime(timezone=True)


class NotifyTable(SQLModel, registry=registry(metadata=metadata)):
    """The base of notify's tables."""


class DeliveryRow(NotifyTable, table=True):
    """One mail. `next_at` is when it may be tried; a try under way has it in the future, so that a
    process that dies gives the mail back; after `until` nobody tries any more. `contact` and `link`
    are sealed, and gone once nothing waits. `contact_version` is that of the address it is for.
    `party` has the `PartyVisit`s that it tells about as well, `guidances` the editions of the
    来庁日の案内 that it said when it was sent."""

    __tablename__ = "delivery"
    __table_args__ = (Index("delivery_due", "next_at", postgresql_where=text("state = 'waiting'")),)

    booking_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    kind: str = Field(primary_key=True, sa_type=Text)
    contact: str | None = Field(sa_type=Text)
    link: str | None = Field(sa_type=Text)
    number: str = Field(sa_type=Text)
    office_id: str = Field(sa_type=Text)
    procedure_id: str = Field(sa_type=Text)
    visitor: str = Field(sa_type=Text, sa_column_kwargs={"server_default": "self"})
    also: list[str] = Field(sa_type=ARRAY(Text), sa_column_kwargs={"server_default": "{}"})
    language: str = Field(sa_type=Text, sa_column_kwargs={"server_default": "ja"})
    starts_at: datetime = Field(sa_type=_MOMENT)
    previous_starts_at: datetime | None = Field(sa_type=_MOMENT)
    state: str = Field(sa_type=Text)
    attempts: int
    next_at: datetime = Field(sa_type=_MOMENT, sa_column_kwargs={"server_default": func.now()})
    last_reply: str | None = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=_MOMENT, sa_column_kwargs={"server_default": func.now()})
    finished_at: datetime | None = Field(sa_type=_MOMENT)
    proposed_office_id: str | None = Field(sa_type=Text)
    proposed_starts_at: datetime | None = Field(sa_type=_MOMENT)
    held_until: datetime | None = Field(sa_type=_MOMENT)
    contact_version: int | None
    until: datetime | None = Field(sa_type=_MOMENT)
    relation: str | None = Field(sa_type=Text)
    party: list[Any] = Field(sa_type=JSONB, sa_column_kwargs={"server_default": "[]"})
    guidances: list[str] = Field(sa_type=ARRAY(Text), sa_column_kwargs={"server_default": "{}"})
    series_id: str | None = Field(sa_type=Text)
    request_id: str = Field(sa_type=Text, sa_column_kwargs={"server_default": "-"})


class AgendaRow(NotifyTable, table=True):
    """The newest version of each booking, for its reminder, until a year after its day. `contact`
    and `link` are sealed, and empty where none is due: no address, not standing, or past.
    `settled_at` is when time and office were chosen; `contact_version` is that of the newest known
    address. `displaced`: its time is no longer open. `party_id` is that of its family, `party_line`
    the place in it, `relation` its word."""

    __tablename__ = "agenda"
    __table_args__ = (
        Index("agenda_due", "starts_at", postgresql_where=text("contact IS NOT NULL")),
        Index("agenda_party", "party_id", postgresql_where=text("party_id IS NOT NULL")),
    )

    booking_id: UUID = Field(primary_key=True)
    version: int
    contact: str | None = Field(sa_type=Text)
    link: str | None = Field(sa_type=Text)
    number: str = Field(sa_type=Text)
    office_id: str = Field(sa_type=Text)
    procedure_id: str = Field(sa_type=Text)
    visitor: str = Field(sa_type=Text)
    also: list[str] = Field(sa_type=ARRAY(Text))
    language: str = Field(sa_type=Text)
    starts_at: datetime = Field(sa_type=_MOMENT)
    settled_at: datetime = Field(sa_type=_MOMENT)
    contact_version: int | None
    displaced: bool = Field(sa_column_kwargs={"server_default": "false"})
    party_id: UUID | None
    party_line: int = Field(sa_column_kwargs={"server_default": "0"})
    relation: str | None = Field(sa_type=Text)
    series_id: str | None = Field(sa_type=Text)


class WatermarkRow(NotifyTable, table=True):
    """Until when all facts of a service have been taken in, but those about the bookings `parked`:
    their facts do not come through."""

    __tablename__ = "watermark"
    service: str = Field(primary_key=True, sa_type=Text)
    at: datetime = Field(sa_type=_MOMENT)
    parked: list[UUID] = Field(sa_type=ARRAY(Uuid), sa_column_kwargs={"server_default": "{}"})


class MailOfficeRow(NotifyTable, table=True):
    """What mails say of an office: the newest that booking published. `texts` has an `OfficeText`
    by language, `later` its `LaterAddress`es, `guidances` its `Guidance`s, `series` their ids."""

    __tablename__ = "office"
    office_id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    address: str = Field(sa_type=Text)
    phone: str = Field(sa_type=Text)
    version: int
    texts: dict[str, Any] = Field(sa_type=JSONB, sa_column_kwargs={"server_default": "{}"})
    later: list[Any] = Field(sa_type=JSONB, sa_column_kwargs={"server_default": "[]"})
    guidances: list[Any] = Field(sa_type=JSONB, sa_column_kwargs={"server_default": "[]"})
    series: list[str] = Field(sa_type=ARRAY(Text), sa_column_kwargs={"server_default": "{}"})


class MailProcedureRow(NotifyTable, table=True):
    """What mails say of a procedure: the newest that booking published. `texts` has a
    `ProcedureText` by language, `rules` are its `VisitorRule`s. `changes_days_before` is
    None until booking says it again."""

    __tablename__ = "procedure"
    procedure_id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    documents: list[str] = Field(sa_type=ARRAY(Text))
    notes: list[str] = Field(sa_type=ARRAY(Text))
    version: int
    texts: dict[str, Any] = Field(sa_type=JSONB, sa_column_kwargs={"server_default": "{}"})
    rules: list[Any] = Field(sa_type=JSONB, sa_column_kwargs={"server_default": "[]"})
    changes_days_before: int | None


class OwnTextRow(NotifyTable, table=True):
    """A change of a text: the city's own from then on, or without subject and body the next wider
    one. The newest of a place holds. An empty procedure, office or series means all of them."""

    __tablename__ = "own_text"
    __table_args__ = (
        UniqueConstraint("changed_by", "key", name="own_text_once"),
        Index(
            "own_text_place",
            *("kind", "language", "procedure_id", "office_id", "series_id", "edition"),
        ),
    )

    edition: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    kind: str = Field(sa_type=Text)
    language: str = Field(sa_type=Text)
    procedure_id: str = Field(sa_type=Text)
    office_id: str = Field(sa_type=Text)
    subject: str | None = Field(sa_type=Text)
    body: str | None = Field(sa_type=Text)
    changed_by: str = Field(sa_type=Text)
    key: str = Field(sa_type=Text)
    changed_at: datetime = Field(sa_type=_MOMENT, sa_column_kwargs={"server_default": func.now()})
    series_id: str = Field(sa_type=Text, sa_column_kwargs={"server_default": ""})


class TrialRow(NotifyTable, table=True):
    """A test mail, without its address: so that one button sends one, and nobody too many."""

    __tablename__ = "trial"
    actor: str = Field(primary_key=True, sa_type=Text)
    key: str = Field(primary_key=True, sa_type=Text)
    at: datetime = Field(sa_type=_MOMENT, sa_column_kwargs={"server_default": func.now()})
    reply: str = Field(sa_type=Text)


outbox = outbox_table(metadata)
went_live_table(metadata)
inbox, inbox_retry = inbox_tables(metadata)
