"""Parameters have names, and columns come from the tables."""

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import registry
from sqlalchemy.sql.compiler import SQLCompiler
from sqlmodel import Field, SQLModel

from libs.common.statements import (
    Statement,
    count_one,
    insert,
    insert_row,
    insert_rows,
    keep_newest,
    keep_newest_rows,
    rows_given,
    upsert,
)

CARD = Table(
    "card", MetaData(), Column("card_key", Text, primary_key=True), Column("office", Text),
    Column("version", Integer), Column("at", Text),
)  # fmt: skip


def test_a_name_is_one_parameter_wherever_it_stands() -> None:
    query = Statement("SELECT :office::text, :day WHERE office = :office AND '10:00' < clock()")
    assert query.text == "SELECT $1::text, $2 WHERE office = $1 AND '10:00' < clock()"
    assert query(day=2, office="here") == (query.text, "here", 2)


@pytest.mark.parametrize("values", [{"office": 1}, {"office": 1, "day": 2, "moon": 3}])
def test_a_name_that_is_missing_or_not_known_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(TypeError, match=r"day|moon"):
        Statement("SELECT :office, :day")(**values)


def test_columns_come_from_the_table() -> None:
    assert insert(CARD, but_for=("at",)) == (
        "INSERT INTO card (card_key, office, version) VALUES (:card_key, :office, :version)"
    )
    assert upsert(CARD, but_for=("at",)).endswith(
        "ON CONFLICT (card_key) DO UPDATE SET office = excluded.office, version = excluded.version"
    )


class Base(SQLModel, registry=registry(metadata=MetaData())):
    """The base of the tables of a service."""


class Thing(Base, table=True):
    """A table as services have them."""

    thing_id: int = Field(primary_key=True)
    name: str
    version: int


def sql(statement: Insert) -> SQLCompiler:
    compiled = statement.compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]
    assert isinstance(compiled, SQLCompiler)
    return compiled


@pytest.mark.parametrize(
    "statement",
    [insert_row(Thing), keep_newest(Thing, "version"), keep_newest_rows(Thing, "version")],
    ids=["a row", "the newest", "the newest of many"],
)
def test_every_column_is_a_parameter_and_none_may_be_forgotten(statement: Insert) -> None:
    compiled, values = sql(statement), {"thing_id": 1, "name": "a", "version": 2}
    assert compiled.construct_params(values) == values
    for forgotten in values:
        with pytest.raises(InvalidRequestError, match=forgotten):
            compiled.construct_params({n: v for n, v in values.items() if n != forgotten})


def test_an_older_row_changes_nothing() -> None:
    text = " ".join(str(sql(keep_newest(Thing, "version"))).split())
    assert text.endswith(
        "ON CONFLICT (thing_id) DO UPDATE SET name = excluded.name, version = excluded.version"
        " WHERE (thing.version) < (excluded.version)"
    )


def test_rows_without_a_value_for_each_column_are_no_statement() -> None:
    with pytest.raises(KeyError, match="version"):
        insert_rows(Thing, rows_given(Thing, "thing_id", "name"))


def test_one_more_is_counted_where_there_is_a_row() -> None:
    text = " ".join(str(sql(count_one(Thing, "version"))).split())
    assert "DO UPDATE SET version = (thing.version + " in text
