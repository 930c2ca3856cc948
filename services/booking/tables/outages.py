"""When the national system failed, and whom that met."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text
from sqlmodel import Field

from .base import NOW, BookingTable, moment, texts


class OutageRow(BookingTable, table=True):
    """For these procedures booking online is stopped at these offices until it ends; it meets
    visits until the end of `last_day`."""

    __tablename__ = "outage"
    outage_id: UUID = Field(primary_key=True)
    office_ids: list[str] = Field(sa_column=texts())
    procedure_ids: list[str] = Field(sa_column=texts())
    last_day: date
    started_at: datetime = Field(sa_column=moment(server_default=NOW))
    started_by: str = Field(sa_type=Text)
    ended_at: datetime | None = Field(sa_column=moment(nullable=True))
    ended_by: str | None = Field(sa_type=Text)


class OutageVisitRow(BookingTable, table=True):
    """A booking that an outage met, where it stood. `outage_id` is empty for a visit that somebody
    ticked as システム障害 without one. `state`: `due` until its citizen is told; `told`; `resuming`
    until they are told that the time holds again; `over`, which gives no right any more; `used`,
    once the booking has moved."""

    __tablename__ = "outage_visit"
    __table_args__ = (
        CheckConstraint(
            "state IN ('due', 'told', 'resuming', 'over', 'used')", name="outage_visit_state"
        ),
        Index("outage_visit_outage", "outage_id"),
        Index("outage_visit_to_tell", "state", postgresql_where="state IN ('due', 'resuming')"),
    )

    booking_id: UUID = Field(primary_key=True, foreign_key="booking.booking_id")
    starts_at: datetime = Field(sa_column=moment(primary_key=True))
    office_id: str = Field(sa_type=Text)
    outage_id: UUID | None = Field(foreign_key="outage.outage_id")
    waited: bool
    state: str = Field(sa_type=Text)
