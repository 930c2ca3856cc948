"""What was asked before: wrong tries, spent puzzles, idempotency keys, the time of origins."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, Text
from sqlmodel import Field

from .base import NOW, BookingTable, moment


class WrongTryRow(BookingTable, table=True):
    """Wrong tries to open a booking, per number or origin (as a digest) and day. The next try of an
    origin may come at `next_at`."""

    __tablename__ = "wrong_try"

    subject: str = Field(primary_key=True, sa_type=Text)
    day: date = Field(primary_key=True, index=True)
    tries: int
    next_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class MissMinuteRow(BookingTable, table=True):
    """Wrong tries of everybody, by the minute in which they were made."""

    __tablename__ = "miss_minute"

    minute: datetime = Field(primary_key=True, sa_type=DateTime(timezone=True))
    misses: int


class SpentWorkRow(BookingTable, table=True):
    """Puzzles whose answer was used for a wrong try, so that none is used twice."""

    __tablename__ = "spent_work"

    name: str = Field(primary_key=True, sa_type=Text)
    day: date = Field(index=True)


class IdempotencyKeyRow(BookingTable, table=True):
    """A request that took effect. The reply keeps ids only. Forgetting old ones needs no more than
    a block range index, which costs a hold nothing."""

    __tablename__ = "idempotency_key"
    __table_args__ = (Index("idempotency_key_age", "created_at", postgresql_using="brin"),)

    scope: str = Field(primary_key=True, sa_type=Text)
    key: str = Field(primary_key=True, sa_type=Text)
    request_digest: str = Field(sa_type=Text)
    reply: UUID | None = None
    created_at: datetime = Field(sa_column=moment(server_default=NOW))


class OriginTimeRow(BookingTable, table=True):
    """Cells that an origin holds, or booked by name a moment ago: then `holder` is by chance, so
    that it leads to no booking. `day` is that of the visit. Counts until `counts_until`."""

    __tablename__ = "origin_time"
    __table_args__ = (Index("origin_time_counted", "origin", "counts_until"),)

    holder: UUID = Field(primary_key=True)
    origin: str = Field(sa_type=Text)
    office_id: str = Field(sa_type=Text)
    day: date
    cells: int
    taken_at: datetime = Field(sa_column=moment())
    counts_until: datetime = Field(sa_column=moment())
