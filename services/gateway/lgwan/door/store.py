"""The staff door's queries: accounts, sessions, wrong sign-ins, the operation log.

Help at other offices and what was not saved have modules of their own; rooms have their stores."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any, Protocol, TypeVar, cast

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import select

from libs.common.database import SqlStore, store_opener
from libs.common.logs import request_id
from services.gateway.lgwan.tables import OperationRow, StaffRow
from services.gateway.web.addresses import client_address

from .loan_store import TODAY, LoanStore, with_loans
from .slowing_store import SlowingStore
from .staff import (
    ADMINISTERS,
    LONGEST_SESSION,
    Idle,
    Operation,
    Staff,
    StaffSession,
)
from .unsaved import WRITABLE_FOR
from .unsaved_store import UnsavedStore

Room = TypeVar("Room", bound=SqlStore)

_LOANS = f"""
    FROM staff_loan l WHERE l.staff_id = p.staff_id AND l.until_day >= {TODAY} ORDER BY office_id
"""
USABLE = f"""
    p.active AND coalesce(p.last_day >= {TODAY}, true) AND coalesce(p.initial_until > now(), true)
"""
"""Which accounts `p` may be signed in to, and stay so."""
_SELECT_SESSION = f"""
    SELECT s.session_id, s.csrf_secret, p.staff_id, p.name, p.rights, p.offices,
        p.initial_until IS NOT NULL
            OR coalesce(p.password_at < now() - CAST(:age AS interval), false) AS initial,
        ARRAY(SELECT office_id {_LOANS}) AS lent_to, ARRAY(SELECT until_day {_LOANS}) AS lent_until,
        s.last_seen_at < now() - interval '1 minute' AS stale
    FROM staff_session s JOIN staff p USING (staff_id)
    WHERE s.session_id = :id AND {USABLE}
"""
_SESSION = text(f"""
    {_SELECT_SESSION} AND s.expires_at > now()
        AND s.last_seen_at > now() - CASE WHEN :administers = ANY (p.rights)
            THEN CAST(:administrator AS interval) ELSE CAST(:counter AS interval) END
""")
_ENDED_SESSION = text(f"""
    {_SELECT_SESSION} AND s.last_seen_at > now() - CAST(:writable AS interval)
""")
_SEEN = text("UPDATE staff_session SET last_seen_at = now() WHERE session_id = :id")
_OPEN = text(f"""
    INSERT INTO staff_session (session_id, staff_id, csrf_secret, address, agent, expires_at)
    SELECT :id, staff_id, :secret, :address, :agent, now() + CAST(:longest AS interval)
    FROM staff p
    WHERE staff_id = :staff AND password_hash = :hash AND {USABLE} FOR SHARE
    RETURNING session_id
""")
_TOO_MANY = text("""
    DELETE FROM staff_session WHERE session_id IN (
        SELECT session_id FROM staff_session WHERE staff_id = :staff AND expires_at > now()
        ORDER BY created_at DESC, session_id OFFSET :most
    )
""")
_SIGNED_IN = text("UPDATE staff SET signed_in_at = now() WHERE staff_id = :staff")
_HASH = text(f"SELECT password_hash FROM staff p WHERE staff_id = :staff AND {USABLE}")
_CLOSE = text("DELETE FROM staff_session WHERE session_id = :id")
_CLOSE_ALL = text("DELETE FROM staff_session WHERE staff_id = :staff")
_PUT_ACCOUNT = text("""
    INSERT INTO staff AS p (staff_id, name, password_hash, role, rights, offices, active)
    VALUES (:id, :name, :hash, :role, :rights, :offices, true)
    ON CONFLICT (staff_id) DO UPDATE SET name = excluded.name,
        password_hash = excluded.password_hash, role = excluded.role, rights = excluded.rights,
        offices = excluded.offices, active = true, ended = false, last_day = NULL,
        initial_until = NULL, version = p.version + 1
""")
VIEWED_ONCE_IN = timedelta(minutes=15)
_VIEWED = text("""
    SELECT true FROM operation WHERE actor = :actor AND object_id = :object_id AND what = :what
        AND result = :result AND detail = :detail AND at > now() - CAST(:once AS interval) LIMIT 1
""")
_PRUNE_SESSIONS = text("DELETE FROM staff_session WHERE expires_at < now()")


class Store(LoanStore, SlowingStore, UnsavedStore):
    """One transaction of the staff door. All times are the database's."""

    async def password_hash(self, staff_id: str) -> str | None:
        """The hash of an account that may be signed in to, if it has a password."""
        found = await self.session.execute(_HASH, {"staff": staff_id})
        return found.scalar_one_or_none() or None

    async def open_session(
        self, session_id: str, staff_id: str, password_hash: str, csrf_secret: str, agent: str = ""
    ) -> bool:
        """Whether the account still has the password that was checked."""
        values = {"id": session_id, "staff": staff_id, "hash": password_hash, "agent": agent}
        address = client_address.get()
        more = {"secret": csrf_secret, "longest": LONGEST_SESSION, "address": address}
        opened = (await self.session.execute(_OPEN, {**values, **more})).one_or_none()
        if opened:
            await self.session.execute(_SIGNED_IN, {"staff": staff_id})
        await self.session.execute(_PRUNE_SESSIONS)
        return opened is not None

    async def live_session(
        self, session_id: str, idle: Idle, age: timedelta | None = None, *, in_use: bool = True
    ) -> StaffSession | None:
        """The session if it has not ended; note that it is `in_use`. A password older than `age`
        has to be replaced first."""
        values = {"id": session_id, "administers": ADMINISTERS, "age": age, **vars(idle)}
        found = await self.session.execute(_SESSION, values)
        row = found.one_or_none()
        if row is None:
            return None
        if row.stale and in_use:
            await self.session.execute(_SEEN, {"id": session_id})
        return _session(row)

    async def ended_session(self, session_id: str) -> StaffSession | None:
        """One that nobody signed out of: nothing may be done with it, but what its forms held is
        its account's."""
        values = {"id": session_id, "writable": WRITABLE_FOR, "age": None}
        row = (await self.session.execute(_ENDED_SESSION, values)).one_or_none()
        return _session(row) if row else None

    async def keep_newest_sessions(self, staff_id: str, most: int) -> None:
        await self.session.execute(_TOO_MANY, {"staff": staff_id, "most": most})

    async def close_session(self, session_id: str) -> None:
        await self.session.execute(_CLOSE, {"id": session_id})

    async def close_sessions_of(self, staff_id: str) -> None:
        await self.session.execute(_CLOSE_ALL, {"staff": staff_id})

    async def staff_names(self) -> dict[str, str]:
        """The name of every account, of those that were closed too."""
        rows = await self.session.execute(select(StaffRow.staff_id, StaffRow.name))
        return {row.staff_id: row.name for row in rows}

    async def has_account(self, staff_id: str) -> bool:
        return await self.session.get(StaffRow, staff_id) is not None

    async def put_account(self, member: Staff, password_hash: str, role: str = "") -> None:
        """Create an active account or replace what it may do."""
        values = {
            "id": member.staff_id,
            "name": member.name,
            "hash": password_hash,
            "role": role,
            "rights": sorted(member.rights),
            "offices": sorted(member.offices),
        }
        await self.session.execute(_PUT_ACCOUNT, values)

    def record(self, operation: Operation) -> None:
        """Add a line to the operation log."""
        request, address = request_id.get(), client_address.get()
        self.session.add(OperationRow(**vars(operation), request_id=request, address=address))

    async def record_view(self, operation: Operation) -> None:
        """The same of what somebody looked at: one line for each object in a while."""
        known = await self.session.execute(_VIEWED, {**vars(operation), "once": VIEWED_ONCE_IN})
        if not known.scalar_one_or_none():
            self.record(operation)


def _session(row: Row[Any]) -> StaffSession:
    member = Staff(row.staff_id, row.name, frozenset(row.rights), frozenset(row.offices))
    member = with_loans(member, row.lent_to, row.lent_until)
    return StaffSession(row.session_id, row.csrf_secret, member, row.initial)


class OpenStore(Protocol):
    """`async with open_store(NoteStore) as store:` is one transaction with a room's queries."""

    def __call__(self, kind: type[Room]) -> AbstractAsyncContextManager[Room]: ...


def opener_of_stores(source: AsyncEngine) -> OpenStore:
    """Transactions of `source`. The staff door publishes no facts, so nothing is woken by them."""

    openers: dict[type[SqlStore], Callable[[], AbstractAsyncContextManager[Any]]] = {}

    def open_store(kind: type[Room]) -> AbstractAsyncContextManager[Room]:
        if kind not in openers:
            openers[kind] = store_opener(source, kind, lambda: None)
        return cast("AbstractAsyncContextManager[Room]", openers[kind]())

    return open_store
