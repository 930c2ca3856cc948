"""The operation log and its chain in the door's own database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, text

from services.gateway.lgwan.door.store import Store

from .chain import START, ChainLink, Head, SealedEntry, entry_of

_COLUMNS = """
    o.operation_id, o.at, o.salt, o.actor, o.what, o.object_kind, o.object_id, o.office_id,
    o.result, o.request_id, o.address, o.detail
"""
# One process numbers at a time; another one finds the lock taken and has nothing to do.
_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended('operation log', 0))")
_HEAD = text("SELECT number, mac FROM operation_link ORDER BY number DESC LIMIT 1")
# Ids are given before a commit: a row may appear behind younger ones, but not long after.
_WAITING = text(f"""
    SELECT {_COLUMNS} FROM operation o
    WHERE o.at >= coalesce((SELECT max(at) - interval '1 hour' FROM
            (SELECT at FROM operation_link ORDER BY number DESC LIMIT 100) newest), '-infinity')
        AND NOT EXISTS (SELECT 1 FROM operation_link l WHERE l.operation_id = o.operation_id)
    ORDER BY o.operation_id LIMIT :most
""")
_PUT = text("""
    INSERT INTO operation_link (number, operation_id, at, digest, mac)
    SELECT * FROM unnest(CAST(:numbers AS bigint[]), CAST(:ids AS bigint[]),
        CAST(:moments AS timestamptz[]), CAST(:digests AS bytea[]), CAST(:macs AS bytea[]))
""")
_LINKS = text(f"""
    SELECT l.number, l.operation_id AS linked_id, l.digest, l.mac, {_COLUMNS}
    FROM operation_link l LEFT JOIN operation o ON o.operation_id = l.operation_id
    WHERE l.number > :after ORDER BY l.number LIMIT :most
""")
_LINK = text("SELECT number, mac FROM operation_link WHERE number = :number")
_PUT_HEAD = text("""
    INSERT INTO operation_head (number, mac)
    SELECT :number, CAST(:mac AS bytea) WHERE NOT EXISTS
        (SELECT 1 FROM operation_head WHERE at >= date_trunc('hour', now()))
    ON CONFLICT (number) DO NOTHING RETURNING true
""")
_HEADS = text("SELECT number, mac, at FROM operation_head ORDER BY number DESC LIMIT :most")
_SEARCH = text(f"""
    SELECT l.number, l.mac, coalesce(s.name, '') AS name, {_COLUMNS}
    FROM operation o LEFT JOIN operation_link l ON l.operation_id = o.operation_id
        LEFT JOIN staff s ON s.staff_id = o.actor
    WHERE (CAST(:before AS bigint) = 0 OR o.operation_id < :before)
        AND (CAST(:actor AS text) = '' OR o.actor = :actor)
        AND (CAST(:object AS text) = '' OR o.object_id = :object)
        AND (CAST(:since AS timestamptz) IS NULL OR o.at >= :since)
        AND (CAST(:until AS timestamptz) IS NULL OR o.at < :until)
        AND (CAST(:refused AS boolean) IS NOT TRUE OR o.result <> 'done')
    ORDER BY o.operation_id DESC LIMIT :most
""")
_OLD = text("""
    SELECT max(l.number)
    FROM operation_link l JOIN operation o ON o.operation_id = l.operation_id
    WHERE o.at < now() - CAST(:age AS interval)
""")
_OF_PERSON = text("""
    SELECT l.number FROM operation o JOIN operation_link l ON l.operation_id = o.operation_id
    WHERE o.actor = :actor ORDER BY l.number
""")
_ERASE = text("SELECT erase_operations(:first, :last)")


@dataclass(frozen=True)
class AuditSearch:
    """What rows are looked for; everything where nothing is said."""

    actor: str = ""
    object_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    refused: bool = False
    before: int = 0


@dataclass(frozen=True)
class FoundEntry:
    """A row of the log, with its place in the chain once it has one."""

    entry: SealedEntry
    name: str
    number: int | None
    mac: str


class AuditStore(Store):
    """The log is only ever added to; what is erased goes by a function of the owner."""

    async def lock_log(self) -> bool:
        return bool((await self.session.execute(_LOCK)).scalar_one())

    async def head(self) -> Head:
        row = (await self.session.execute(_HEAD)).one_or_none()
        return Head(row.number, row.mac) if row else Head(0, START)

    async def head_at(self, number: int) -> Head:
        row = (await self.session.execute(_LINK, {"number": number})).one_or_none()
        return Head(row.number, row.mac) if row else Head(0, START)

    async def waiting(self, most: int) -> list[SealedEntry]:
        """Rows that have no number yet."""
        return [entry_of(row) for row in await self.session.execute(_WAITING, {"most": most})]

    async def put_links(self, links: Sequence[ChainLink]) -> None:
        values = {
            "numbers": [link.number for link in links],
            "ids": [link.operation_id for link in links],
            "moments": [link.entry.at for link in links if link.entry],
            "digests": [link.digest for link in links],
            "macs": [link.mac for link in links],
        }
        await self.session.execute(_PUT, values)

    async def links(self, after: int, most: int) -> list[ChainLink]:
        found = await self.session.execute(_LINKS, {"after": after, "most": most})
        return [_link(row) for row in found]

    async def put_head(self, head: Head) -> bool:
        """Whether it is the first of this hour."""
        values = {"number": head.number, "mac": head.mac}
        return bool((await self.session.execute(_PUT_HEAD, values)).scalar_one_or_none())

    async def heads(self, most: int) -> list[tuple[Head, datetime]]:
        found = await self.session.execute(_HEADS, {"most": most})
        return [(Head(row.number, row.mac), row.at) for row in found]

    async def search(self, search: AuditSearch, most: int) -> list[FoundEntry]:
        values = {**vars(search), "object": search.object_id, "most": most}
        return [_found(row) for row in await self.session.execute(_SEARCH, values)]

    async def numbers_of(self, actor: str) -> list[int]:
        found = await self.session.execute(_OF_PERSON, {"actor": actor})
        return list(found.scalars())

    async def last_number_before(self, days: int) -> int | None:
        """Of the rows that are older than this."""
        found = await self.session.execute(_OLD, {"age": timedelta(days=days)})
        last: int | None = found.scalar_one()
        return last

    async def erase(self, first: int, last: int) -> None:
        """The rows of these numbers. Their links stay."""
        await self.session.execute(_ERASE, {"first": first, "last": last})


def _link(row: Row[Any]) -> ChainLink:
    entry = entry_of(row) if row.operation_id is not None else None
    return ChainLink(row.number, row.linked_id, row.digest, row.mac, entry)


def _found(row: Row[Any]) -> FoundEntry:
    mac = row.mac.hex()[:8] if row.mac else ""
    return FoundEntry(entry_of(row), row.name, row.number, mac)
