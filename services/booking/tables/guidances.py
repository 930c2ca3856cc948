"""来庁日の案内."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Text, text
from sqlmodel import Field

from .base import NOW, BookingTable, json, moment, numbers, texts


class GuidanceRow(BookingTable, table=True):
    """One state of a guidance; that with the highest version holds. Rows are never changed, so they
    are its history as well. One that `ended` is shown to nobody."""

    __tablename__ = "guidance"
    guidance_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    office_ids: list[str] = Field(sa_column=texts())
    from_day: date
    until_day: date
    weekdays: list[int] = Field(sa_column=numbers(server_default=text("'{}'")))
    holidays: bool = Field(sa_column_kwargs={"server_default": "false"})
    texts: dict[str, object] = Field(sa_column=json("{}"))
    ended: bool = Field(sa_column_kwargs={"server_default": "false"})
    actor: str = Field(sa_type=Text)
    at: datetime = Field(sa_column=moment(server_default=NOW))
