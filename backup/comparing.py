"""Whether a restored database has every row that the original had when the drill began.

The original goes on while the drill runs. So only rows are compared that are older than its begin:
whatever of them is still in the original has to be in the copy, because transactions keep their
numbers in it. What the copy has besides, the original has changed since.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import asyncpg

BUCKETS = 4096
PATIENCE_SECONDS = 3600.0
_TABLES = """
SELECT format('%I.%I', nspname, relname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind = 'r' AND relpersistence = 'p'
    AND nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'
ORDER BY 1
"""
_OLD = "FROM ONLY {table} AS t WHERE age(t.xmin) > age('{before}'::xid)"
_HASH = "hashtextextended(t::text, 0)"
_SUMS = f"""
SELECT {_HASH} & {BUCKETS - 1} AS bucket, count(*) AS rows, sum({_HASH}::numeric) AS sum {_OLD}
GROUP BY 1
"""
_ROWS = f"SELECT {_HASH} AS hash {_OLD} AND {_HASH} & {BUCKETS - 1} = ANY ($1)"
Sums = dict[int, tuple[int, object]]


@dataclass
class Comparison:
    """By table: its rows in the copy, those that did not come back, those changed since."""

    rows: dict[str, int] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)
    changed_since: dict[str, int] = field(default_factory=dict)

    def add(self, table: str, rows: int, missing: int, changed: int) -> None:
        self.rows[table] = rows
        if missing:
            self.missing[table] = missing
        if changed:
            self.changed_since[table] = changed


async def compare(
    original: asyncpg.Connection, copy: asyncpg.Connection, before: str
) -> Comparison:
    """Compare all tables; `before` is the oldest transaction that the drill does not look at."""
    found = Comparison()
    tables = [row[0] for row in await original.fetch(_TABLES)]
    there = {row[0] for row in await copy.fetch(_TABLES)}
    for table in tables:
        if table in there:
            await _compare_table(original, copy, table, before, found)
        else:
            # A table that came with a release since then has no old rows.
            rows = await original.fetchval(f"SELECT count(*) {_about(_OLD, table, before)}")
            found.add(table, 0, rows, 0)
    return found


async def _compare_table(
    original: asyncpg.Connection, copy: asyncpg.Connection, table: str, before: str, to: Comparison
) -> None:
    wanted, got = await _sums(original, table, before), await _sums(copy, table, before)
    differing = [b for b in wanted.keys() | got.keys() if wanted.get(b) != got.get(b)]
    rows = sum(count for count, _ in got.values())
    if not differing:
        to.add(table, rows, 0, 0)
        return
    # The original last: a row that it still has then was there all the time.
    copied = await _hashes(copy, table, before, differing)
    there = await _hashes(original, table, before, differing)
    to.add(table, rows, (there - copied).total(), (copied - there).total())


async def _sums(connection: asyncpg.Connection, table: str, before: str) -> Sums:
    rows = await connection.fetch(_about(_SUMS, table, before), timeout=PATIENCE_SECONDS)
    return {row["bucket"]: (row["rows"], row["sum"]) for row in rows}


async def _hashes(
    connection: asyncpg.Connection, table: str, before: str, buckets: list[int]
) -> Counter[int]:
    rows = await connection.fetch(_about(_ROWS, table, before), buckets, timeout=PATIENCE_SECONDS)
    return Counter(row["hash"] for row in rows)


def _about(statement: str, table: str, before: str) -> str:
    return statement.format(table=table, before=before)


def merged(parts: Mapping[str, Comparison]) -> Comparison:
    """Of several databases; the name of each stands before those of its tables."""
    whole = Comparison()
    for database, part in parts.items():
        for kind in ("rows", "missing", "changed_since"):
            for table, count in getattr(part, kind).items():
                getattr(whole, kind)[f"{database}.{table}"] = count
    return whole
