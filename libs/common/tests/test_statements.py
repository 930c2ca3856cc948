"""Parameters have names, and columns come from the tables."""

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text

from libs.common.statements import Statement, insert, upsert

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
