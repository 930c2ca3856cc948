"""SQL whose parameters have names, made from the tables where it can be."""

import re
from collections.abc import Collection
from typing import Any

from sqlalchemy import Table

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
