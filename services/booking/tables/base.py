"""What the tables of booking are made of. Which service they belong to is said by the role's
search_path."""

from datetime import datetime

from sqlalchemy import ARRAY, Column, DateTime, Integer, MetaData, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

metadata = MetaData()
NOW = text("clock()")


def moment(**extra: object) -> Column[datetime]:
    return Column(DateTime(timezone=True), **{"nullable": False, **extra})  # type: ignore[arg-type]


def texts(**extra: object) -> Column[list[str]]:
    return Column(ARRAY(Text), nullable=False, **extra)  # type: ignore[arg-type]


def some_texts() -> Column[list[str] | None]:
    return Column(ARRAY(Text), nullable=True)


def numbers(**extra: object) -> Column[list[int]]:
    return Column(ARRAY(Integer), nullable=False, **extra)  # type: ignore[arg-type]


def json(empty: str) -> Column[object]:
    return Column(JSONB, nullable=False, server_default=text(f"'{empty}'"))


class BookingTable(SQLModel, registry=registry(metadata=metadata)):
    """The base of booking's tables."""
