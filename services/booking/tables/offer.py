"""What the city offers."""

from datetime import date, datetime, time

from sqlalchemy import Text, text
from sqlmodel import Field

from .base import BookingTable, json, moment, numbers, texts


class OfficeRow(BookingTable, table=True):
    """A place with counters."""

    __tablename__ = "office"
    office_id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    kana: str = Field(sa_type=Text)
    address: str = Field(sa_type=Text)
    phone: str = Field(sa_type=Text)
    position: int
    version: int
    texts: dict[str, object] = Field(sa_column=json("{}"))
    later: list[object] = Field(sa_column=json("[]"))
    hidden: bool = Field(sa_column_kwargs={"server_default": "false"})


class ProcedureRow(BookingTable, table=True):
    """What one can come for, with the rules of booking it."""

    __tablename__ = "procedure"
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
    hidden: bool = Field(sa_column_kwargs={"server_default": "false"})
    lengths: list[object] = Field(sa_column=json("[]"))


class SeriesRow(BookingTable, table=True):
    """Start times an office offers; windows may be shared between series."""

    __tablename__ = "series"
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
    name: str = Field(sa_type=Text, sa_column_kwargs={"server_default": ""})
    staff_windows: list[int] = Field(sa_column=numbers(server_default=text("'{}'")))
    breaks: list[object] = Field(sa_column=json("[]"))
    on_holidays: bool = Field(sa_column_kwargs={"server_default": "false"})
    published_from: datetime | None = Field(sa_column=moment(nullable=True))
    on_year_end: bool = Field(sa_column_kwargs={"server_default": "false"})
    on_stops: bool = Field(sa_column_kwargs={"server_default": "false"})
