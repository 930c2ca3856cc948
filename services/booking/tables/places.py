"""The cells of windows, and the holds on them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from .base import BookingTable, moment


class CellRow(BookingTable, table=True):
    """Five minutes of one window that a schedule opened. Taken while taken_until > clock().

    The primary key is what makes a double booking impossible: one row, one `taken_by`.
    """

    __tablename__ = "cell"
    office_id: str = Field(primary_key=True, sa_type=Text)
    starts_at: datetime = Field(sa_column=moment(primary_key=True))
    window_id: int = Field(primary_key=True)
    audience: str = Field(sa_type=Text, sa_column_kwargs={"server_default": "public"})
    taken_by: UUID | None = None
    taken_until: datetime = Field(sa_column=moment(server_default=text("'-infinity'")))
    version: int = Field(sa_column_kwargs={"server_default": "0"})


class HoldRow(BookingTable, table=True):
    """The time a session has chosen and not yet confirmed: one per session.

    `first_until` is when it would have ended without an extension, had the session chosen the time
    once; `earlier` are other times that it gave back within the last minutes.
    `lines` has the times of all people, the first included; it is null where one person comes for
    one procedure.
    """

    __tablename__ = "hold"
    holder: UUID = Field(primary_key=True)
    office_id: str = Field(sa_type=Text)
    procedure_id: str = Field(sa_type=Text)
    window_id: int
    starts_at: datetime = Field(sa_column=moment())
    cells: int
    expires_at: datetime = Field(sa_column=moment())
    extensions: int = Field(sa_column_kwargs={"server_default": "0"})
    change_of: UUID | None = None
    first_until: datetime = Field(
        sa_column=moment(server_default=text("(clock() + '00:10:00'::interval)"))
    )
    earlier: list[dict[str, object]] | None = Field(sa_column=Column(JSONB))
    lines: list[dict[str, object]] | None = Field(sa_column=Column(JSONB))
