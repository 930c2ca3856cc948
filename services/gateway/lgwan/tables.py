"""The tables of the staff door. Which schema they are in is said by the role's search_path."""

from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, Column, DateTime, Identity, MetaData, Text, func
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

metadata = MetaData()


def _texts() -> Column[list[str]]:
    return Column(ARRAY(Text), nullable=False)


def _moment(default: bool = True, index: bool = False) -> Column[datetime]:
    return Column(
        DateTime(timezone=True),
        nullable=False,
        server_default=func.now() if default else None,
        index=index,
    )


class Table(SQLModel, registry=registry(metadata=metadata)):
    """The base of the door's tables."""


class StaffRow(Table, table=True):
    """An account. `offices` holds office ids, or "*" for all of them."""

    __tablename__ = "staff"

    staff_id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    password_hash: str = Field(sa_type=Text)
    rights: list[str] = Field(sa_column=_texts())
    offices: list[str] = Field(sa_column=_texts())
    active: bool = True
    created_at: datetime | None = Field(default=None, sa_column=_moment())


class SessionRow(Table, table=True):
    """A signed-in browser, under the digest of its token: the table alone opens no session."""

    __tablename__ = "staff_session"

    session_id: str = Field(primary_key=True, sa_type=Text)
    staff_id: str = Field(sa_type=Text, foreign_key="staff.staff_id", index=True)
    csrf_secret: str = Field(sa_type=Text)
    created_at: datetime | None = Field(default=None, sa_column=_moment())
    last_seen_at: datetime | None = Field(default=None, sa_column=_moment())
    expires_at: datetime = Field(sa_column=_moment(default=False, index=True))


class AttemptRow(Table, table=True):
    """Tries since the last good sign-in. A digest, for people type passwords into the id field."""

    __tablename__ = "sign_in_attempt"

    id_digest: str = Field(primary_key=True, sa_type=Text)
    tries: int
    last_at: datetime = Field(sa_column=_moment(default=False, index=True))


class OperationRow(Table, table=True):
    """One line of the operation log: codes only, nobody's personal data. Rows are never changed."""

    __tablename__ = "operation"

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
