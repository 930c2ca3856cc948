"""SQL whose parameters have names, made from the tables where it can be: as a text for who runs
it by asyncpg, as SQLAlchemy's statement for who has a session."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Table, bindparam, func, select, tuple_
from sqlalchemy import column as sql_column
from sqlalchemy.dialects.postgresql import ARRAY, Insert
from sqlalchemy.dialects.postgresql import insert as insert_into
from sqlalchemy.sql.selectable import TableValuedAlias
from sqlmodel import SQLModel

_NAME = re.compile(r"(?<![:\w]):([a-z_]\w*)")


class Statement:
    """`:name` in the text becomes `$n` once. What is run gets every name, and no other: nobody
    counts, and no two values change places."""

    def __init__(self, text: str) -> None:
        self.names = tuple(dict.fromkeys(_NAME.findall(text)))
        number = {name: n for n, name in enumerate(self.names, 1)}
        self.text = _NAME.sub(lambda found: f"${number[found[1]]}", text)
        self._known = frozenset(self.names)

    def __call__(self, **values: object) -> tuple[Any, ...]:
        """The text and its arguments, as a connection takes them. Raises TypeError for a name that
        is missing or not known."""
        return self.text, *self.args(**values)

    def args(self, **values: object) -> tuple[object, ...]:
        """In the order of the numbers. Raises TypeError."""
        if values.keys() != self._known:
            raise TypeError(f"not the names of this statement: {self._known ^ values.keys()}")
        return tuple(map(values.__getitem__, self.names))


def insert(table: Table, but_for: Collection[str] = ()) -> str:
    """Insert a row with all columns `but_for` those that the database fills in."""
    names = [name for name in table.columns.keys() if name not in but_for]  # noqa: SIM118
    values = ", ".join(f":{name}" for name in names)
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({values})"  # noqa: S608


def upsert(table: Table, but_for: Collection[str] = ()) -> str:
    """The same; a row with this primary key becomes the new one."""
    key = [column.name for column in table.primary_key]
    others = [name for name in table.columns.keys() if name not in {*key, *but_for}]  # noqa: SIM118
    new = ", ".join(f"{name} = excluded.{name}" for name in others)
    return f"{insert(table, but_for)} ON CONFLICT ({', '.join(key)}) DO UPDATE SET {new}"


def table_of(kind: type[SQLModel]) -> Table:
    table: Table = vars(kind)["__table__"]
    return table


def insert_row(kind: type[SQLModel], **others: ColumnElement[Any]) -> Insert:
    """Insert a row: each column is the parameter of its name, but for `others`, which say what it
    is. A parameter that is forgotten is refused when the statement is run."""
    columns = table_of(kind).columns
    named: Mapping[str, Any] = {c.name: bindparam(c.name, type_=c.type) for c in columns}
    return insert_into(table_of(kind)).values({**named, **others})


def keep_newest(kind: type[SQLModel], *by: str) -> Insert:
    """Insert a row; the one with this key becomes the new one where that is newer `by` these
    columns."""
    return _if_newer(insert_row(kind), table_of(kind), by)


def count_one(kind: type[SQLModel], counter: str) -> Insert:
    """One more in the row with this key; the first makes the row."""
    table = table_of(kind)
    key = [column.name for column in table.primary_key]
    first: dict[str, Any] = {name: bindparam(name, type_=table.c[name].type) for name in key}
    statement = insert_into(table).values({**first, counter: 1})
    more = {counter: table.c[counter] + 1}
    return statement.on_conflict_do_update(index_elements=key, set_=more)


def insert_rows(
    kind: type[SQLModel], given: TableValuedAlias, **others: ColumnElement[Any]
) -> Insert:
    """Insert the rows that are given, each with `others`. Raises KeyError for a column that has no
    value."""
    values = {**dict(given.c.items()), **others}
    columns = [column.name for column in table_of(kind).columns]
    chosen = select(*(values[name] for name in columns))
    return insert_into(table_of(kind)).from_select(columns, chosen)


def keep_newest_rows(kind: type[SQLModel], *by: str) -> Insert:
    """The same for many rows: each parameter is the array of a column."""
    table = table_of(kind)
    given = rows_given(kind, *(column.name for column in table.columns))
    return _if_newer(insert_rows(kind, given), table, by)


def _if_newer(statement: Insert, table: Table, by: Collection[str]) -> Insert:
    key = [column.name for column in table.primary_key]
    new = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in key}
    known, came = ([columns[name] for name in by] for columns in (table.c, statement.excluded))
    newer = tuple_(*known) < tuple_(*came)
    return statement.on_conflict_do_update(index_elements=key, set_=new, where=newer)


def rows_given(kind: type[SQLModel], *names: str) -> TableValuedAlias:
    """Rows that are given as an array for each of these columns, the parameter of its name."""
    columns = [table_of(kind).c[name] for name in names]
    arrays: list[BindParameter[Any]] = [
        bindparam(column.name, type_=ARRAY(column.type)) for column in columns
    ]
    given = func.unnest(*arrays).table_valued(*(sql_column(c.name, c.type) for c in columns))
    return given.render_derived("given")


def one_of(column: str, words: Sequence[str]) -> str:
    """A condition on a column. `words` are our own, never what somebody typed."""
    return f"{column} IN ({', '.join(repr(word) for word in words)})"
