"""The tables of the staff door. Which schema they are in is said by the role's search_path."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from libs.common.training import went_live_table

metadata = MetaData()
went_live_table(metadata)


def _texts() -> Column[list[str]]:
    return Column(ARRAY(Text), nullable=False)


def _text() -> Column[str]:
    return Column(Text, nullable=False, server_default="")


def _moment(default: bool = True, index: bool = False) -> Column[datetime]:
    return Column(
        DateTime(timezone=True),
        nullable=False,
        server_default=func.now() if default else None,
        index=index,
    )


class StaffDoorTable(SQLModel, registry=registry(metadata=metadata)):
    """The base of the door's tables."""


class StaffRow(StaffDoorTable, table=True):
    """An account. `offices` holds office ids, or "*" for all of them; `rights` are those of its
    role with what was added and taken away. A password that an administrator printed is good
    `initial_until`, and has to be replaced by one's own."""

    __tablename__ = "staff"

    staff_id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    password_hash: str = Field(sa_type=Text)
    rights: list[str] = Field(sa_column=_texts())
    offices: list[str] = Field(sa_column=_texts())
    active: bool = True
    created_at: datetime | None = Field(default=None, sa_column=_moment())
    role: str = Field(default="", sa_column=_text())
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    ended: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    last_day: date | None = None
    initial_until: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    signed_in_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    password_at: datetime | None = Field(default=None, sa_column=_moment())


class RoleRow(StaffDoorTable, table=True):
    """A role whose title or rights the city has changed, or one of its own."""

    __tablename__ = "staff_role"

    role_id: str = Field(primary_key=True, sa_type=Text)
    title: str = Field(sa_type=Text)
    rights: list[str] = Field(sa_column=_texts())
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})


class LoanRow(StaffDoorTable, table=True):
    """応援: an account also serves this office until the end of a day of the city's calendar."""

    __tablename__ = "staff_loan"

    staff_id: str = Field(primary_key=True, sa_type=Text, foreign_key="staff.staff_id")
    office_id: str = Field(primary_key=True, sa_type=Text)
    until_day: date = Field(sa_type=Date)


class SessionRow(StaffDoorTable, table=True):
    """A signed-in browser, under the digest of its token: the table alone opens no session."""

    __tablename__ = "staff_session"

    session_id: str = Field(primary_key=True, sa_type=Text)
    staff_id: str = Field(sa_type=Text, foreign_key="staff.staff_id", index=True)
    csrf_secret: str = Field(sa_type=Text)
    created_at: datetime | None = Field(default=None, sa_column=_moment())
    last_seen_at: datetime | None = Field(default=None, sa_column=_moment())
    expires_at: datetime = Field(sa_column=_moment(default=False, index=True))
    address: str = Field(default="", sa_column=_text())
    agent: str = Field(default="", sa_column=_text())


class AttemptRow(StaffDoorTable, table=True):
    """Tries to sign in of one account in one browser, in all that are new to it, or from one
    address. Digests, for people type passwords into the id field."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("sign_in_attempt_staff", "staff_digest"),)

    id_digest: str = Field(primary_key=True, sa_type=Text)
    tries: int
    last_at: datetime = Field(sa_column=_moment(default=False, index=True))
    staff_digest: str = Field(default="", sa_column=_text())


class FamiliarRow(StaffDoorTable, table=True):
    """A browser in which an account, or an address from which anybody, was signed in to."""

    __tablename__ = "familiar"

    digest: str = Field(primary_key=True, sa_type=Text)
    at: datetime | None = Field(default=None, sa_column=_moment())


class OperationRow(StaffDoorTable, table=True):
    """One line of the operation log: codes only, nobody's personal data. Rows are never changed."""

    __tablename__ = "operation"
    __table_args__ = (
        Index("operation_actor", "actor", "operation_id"),
        Index("operation_object", "object_id", "operation_id"),
    )

    operation_id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    at: datetime | None = Field(default=None, sa_column=_moment(index=True))
    actor: str = Field(sa_type=Text)
    what: str = Field(sa_type=Text)
    object_kind: str = Field(sa_type=Text)
    object_id: str = Field(sa_type=Text)
    office_id: str = Field(sa_type=Text)
    result: str = Field(sa_type=Text)
    request_id: str = Field(sa_type=Text)
    address: str = Field(default="", sa_column=_text())
    detail: str = Field(default="", sa_column=_text())
    salt: UUID | None = Field(
        default=None,
        sa_column=Column(Uuid, nullable=False, server_default=func.gen_random_uuid()),
    )


class OperationLinkRow(StaffDoorTable, table=True):
    """A link of the chain over the log; it stays where its row was erased."""

    __tablename__ = "operation_link"

    number: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    operation_id: int = Field(sa_column=Column(BigInteger, nullable=False, unique=True))
    at: datetime = Field(sa_column=_moment(default=False))
    digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    mac: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class OperationHeadRow(StaffDoorTable, table=True):
    """How far the chain was, hour by hour."""

    __tablename__ = "operation_head"

    number: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    mac: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: datetime | None = Field(default=None, sa_column=_moment())


class SavedFilterRow(StaffDoorTable, table=True):
    """A search that a member of staff keeps under a name. Nothing personal can be searched for."""

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("owner", "name", name="saved_filter_name"),)

    filter_id: UUID = Field(primary_key=True)
    owner: str = Field(sa_type=Text, foreign_key="staff.staff_id")
    name: str = Field(sa_type=Text)
    query: str = Field(sa_type=Text)
    created_at: datetime | None = Field(default=None, sa_column=_moment())


class ExportRow(StaffDoorTable, table=True):
    """A file of a list, in the making or made; `key` is that of the form that asked for it."""

    __tablename__ = "export"
    __table_args__ = (UniqueConstraint("owner", "key", name="export_key"),)

    export_id: UUID = Field(primary_key=True)
    owner: str = Field(sa_type=Text, foreign_key="staff.staff_id")
    key: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    query: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text, sa_column_kwargs={"server_default": "making"})
    reason: str = Field(sa_type=Text, sa_column_kwargs={"server_default": ""})
    done_rows: int = Field(sa_column_kwargs={"server_default": "0"})
    total: int | None = None
    replaced: int = Field(sa_column_kwargs={"server_default": "0"})
    size: int = Field(sa_type=BigInteger, sa_column_kwargs={"server_default": text("0")})
    as_of: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    created_at: datetime | None = Field(default=None, sa_column=_moment())
    seen_at: datetime | None = Field(default=None, sa_column=_moment())
    made_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))


class ExportPartRow(StaffDoorTable, table=True):
    """The bytes of a file, in pieces."""

    __tablename__ = "export_part"

    export_id: UUID = Field(
        sa_column=Column(ForeignKey("export.export_id", ondelete="CASCADE"), primary_key=True)
    )
    position: int = Field(primary_key=True)
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class HandoverNoteRow(StaffDoorTable, table=True):
    """申し送り at an office from one day to another; afterwards it is deleted."""

    __tablename__ = "handover_note"
    __table_args__ = (Index("handover_note_days", "office_id", "last_day"),)

    note_id: UUID = Field(primary_key=True)
    office_id: str = Field(sa_type=Text)
    first_day: date
    last_day: date
    body: str = Field(sa_type=Text)
    version: int = Field(sa_column_kwargs={"server_default": "1"})
    written_by: str = Field(sa_type=Text, foreign_key="staff.staff_id")
    written_at: datetime | None = Field(default=None, sa_column=_moment())
    changed_by: str | None = Field(sa_type=Text, foreign_key="staff.staff_id")
    changed_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))


class DisplayRow(StaffDoorTable, table=True):
    """The screen of a waiting room, under digests: of the token that it comes in with once, then of
    its cookie. It knows an office and nobody else."""

    __tablename__ = "display"

    display_id: UUID = Field(primary_key=True)
    office_id: str = Field(sa_type=Text)
    theme: str = Field(sa_type=Text)
    opened_by: str = Field(sa_type=Text, foreign_key="staff.staff_id")
    opened_at: datetime | None = Field(default=None, sa_column=_moment())
    expires_at: datetime = Field(sa_column=_moment(default=False))
    entry_digest: str | None = Field(sa_type=Text, unique=True)
    cookie_digest: str | None = Field(sa_type=Text, unique=True)
    shown_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))


class UnsavedRow(StaffDoorTable, table=True):
    """What a form held that was sent after its session had ended. Whole forms, which may hold
    personal data, are sealed under a key that only their browser has."""

    __tablename__ = "unsaved"

    owner: str = Field(primary_key=True, sa_type=Text, foreign_key="staff.staff_id")
    subject: str = Field(primary_key=True, sa_type=Text)
    content: str = Field(sa_type=Text)
    kept_at: datetime | None = Field(default=None, sa_column=_moment())


class FoundRow(StaffDoorTable, table=True):
    """Which bookings a search found, for some minutes: neither what was looked for nor whom."""

    __tablename__ = "found"

    found_id: UUID = Field(primary_key=True)
    owner: str = Field(sa_type=Text, foreign_key="staff.staff_id")
    bookings: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    at: datetime | None = Field(default=None, sa_column=_moment())


class SavedListRow(StaffDoorTable, table=True):
    """Somebody saved the list for an outage of this office and day by their browser."""

    __tablename__ = "saved_list"
    __table_args__ = (Index("saved_list_at", "office_id", "saved_at"),)

    save_id: UUID = Field(primary_key=True)
    office_id: str = Field(sa_type=Text)
    day: date
    saved_by: str = Field(sa_type=Text, foreign_key="staff.staff_id")
    saved_at: datetime | None = Field(default=None, sa_column=_moment())
