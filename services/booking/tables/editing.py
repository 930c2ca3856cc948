"""Who changed what of the offer, and when."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field

from .base import NOW, BookingTable, json, moment


class SettingChangeRow(BookingTable, table=True):
    """One change of an office's or a procedure's settings: `changes` are fields with their old and
    new values, `version` is the one that the object has since. Rows are never changed."""

    __tablename__ = "setting_change"

    kind: str = Field(primary_key=True, sa_type=Text)
    object_id: str = Field(primary_key=True, sa_type=Text)
    version: int = Field(primary_key=True)
    at: datetime = Field(sa_column=moment(server_default=NOW))
    actor: str = Field(sa_type=Text)
    changes: list[object] = Field(sa_column=json("[]"))
