"""How the times of offices are set up beside their series."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field

from .base import NOW, BookingTable, json, moment, numbers, texts


class SpecialDayRow(BookingTable, table=True):
    """One day of one office on which its series do not hold as they stand."""

    __tablename__ = "special_day"
    __table_args__ = (
        CheckConstraint("kind IN ('closed', 'until', 'hours', 'windows')", name="special_day_kind"),
    )

    office_id: str = Field(primary_key=True, sa_type=Text, foreign_key="office.office_id")
    day: date = Field(primary_key=True)
    kind: str = Field(sa_type=Text)
    opens: time | None = None
    closes: time | None = None
    windows: list[int] = Field(sa_column=numbers(server_default=text("'{}'")))
    reason: str = Field(sa_type=Text, sa_column_kwargs={"server_default": ""})


class NationalStopRow(BookingTable, table=True):
    """What is known of the national system on a day beyond the rule; the same at all offices."""

    __tablename__ = "national_stop"
    __table_args__ = (
        CheckConstraint("kind IN ('closed', 'hours', 'works')", name="national_stop_kind"),
    )

    day: date = Field(primary_key=True)
    kind: str = Field(sa_type=Text)
    starts: time | None = None
    ends: time | None = None
    reason: str = Field(sa_type=Text, sa_column_kwargs={"server_default": ""})


class LaidOutRow(BookingTable, table=True):
    """A day whose cells are laid out at every office."""

    __tablename__ = "laid_out"

    day: date = Field(primary_key=True)


class ScheduleChangeRow(BookingTable, table=True):
    """A change of timetables that was applied: its steps as they were asked for, and what it made
    of each series and each special day, so that it can be taken back."""

    __tablename__ = "schedule_change"

    change_id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_column=moment(index=True, server_default=NOW))
    actor: str = Field(sa_type=Text)
    steps: list[object] = Field(sa_column=json("[]"))
    office_ids: list[str] = Field(sa_column=texts())
    delta: dict[str, object] = Field(sa_column=json("{}"))
    first_day: date
    last_day: date
    added: int
    removed: int
    affected: int
    undone_at: datetime | None = Field(sa_column=moment(nullable=True))
    undone_by: str | None = Field(sa_type=Text)


class DisplacedRow(BookingTable, table=True):
    """A booking whose time a change took away, where it stood, and what is proposed to it.

    `holder` is who holds the proposed time. `state` is what was answered; that the booking has
    moved, was cancelled or is over is seen from the booking.
    """

    __tablename__ = "displaced"
    __table_args__ = (
        Index("displaced_open", "booking_id", postgresql_where=text("state = 'open'"), unique=True),
        Index("displaced_office", "office_id", "starts_at"),
        CheckConstraint(
            "state IN ('open', 'accepted', 'kept', 'withdrawn')", name="displaced_state"
        ),
    )

    change_id: UUID = Field(primary_key=True, foreign_key="schedule_change.change_id")
    booking_id: UUID = Field(primary_key=True, foreign_key="booking.booking_id", index=True)
    office_id: str = Field(sa_type=Text)
    starts_at: datetime = Field(sa_column=moment())
    holder: UUID | None = None
    proposed_office_id: str | None = Field(sa_type=Text)
    proposed_at: datetime | None = Field(sa_column=moment(nullable=True))
    held_until: datetime | None = Field(sa_column=moment(nullable=True))
    mailed: bool
    state: str = Field(sa_type=Text)
    called: str | None = Field(sa_type=Text)
    called_at: datetime | None = Field(sa_column=moment(nullable=True))
    called_by: str | None = Field(sa_type=Text)
