"""How the times of offices are set up beside their series."""

from datetime import date, time

from sqlalchemy import CheckConstraint, Text, text
from sqlmodel import Field

from .base import Table, numbers


class SpecialDay(Table, table=True):
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


class LaidOut(Table, table=True):
    """A day whose cells are laid out at every office."""

    __tablename__ = "laid_out"

    day: date = Field(primary_key=True)
