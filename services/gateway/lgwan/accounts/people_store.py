"""Accounts and roles in the door's own database. Who changes any waits for the other."""

from datetime import date
from typing import Any

from sqlalchemy import Row, text

from services.gateway.lgwan.door.loan_store import TODAY
from services.gateway.lgwan.door.staff import RIGHTS, ROLES, Loan, Role
from services.gateway.lgwan.door.store import Store

from .account import INITIAL_FOR, Account, Registry

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('accounts', 0))")
_LOANS = f"""
    FROM staff_loan l WHERE l.staff_id = p.staff_id AND l.until_day >= {TODAY} ORDER BY office_id
"""
_ALL = text(f"""
    SELECT p.staff_id, p.name, p.role, p.rights, p.offices, p.active, p.ended, p.last_day,
        p.version, p.password_hash = '' OR p.initial_until IS NOT NULL AS initial, p.signed_in_at,
        ARRAY(SELECT office_id {_LOANS}) AS lent_to, ARRAY(SELECT until_day {_LOANS}) AS lent_until
    FROM staff p ORDER BY p.staff_id
""")
_TODAY = text(f"SELECT {TODAY}")
_ROLES = text("SELECT role_id, title, rights, version FROM staff_role ORDER BY role_id")
_PUT = text("""
    INSERT INTO staff (staff_id, name, role, rights, offices, active, ended, last_day, version,
        password_hash)
    VALUES (:id, :name, :role, :rights, :offices, :active, :ended, :last_day, :version, '')
    ON CONFLICT (staff_id) DO UPDATE SET name = excluded.name, role = excluded.role,
        rights = excluded.rights, offices = excluded.offices, active = excluded.active,
        ended = excluded.ended, last_day = excluded.last_day, version = excluded.version
""")
# An ended account keeps no password: nothing that happens to it later lets its owner in again.
_DISARM = text("UPDATE staff SET password_hash = '', initial_until = NULL WHERE staff_id = :id")
_SET_INITIAL = text("""
    UPDATE staff SET password_hash = :hash, initial_until = now() + CAST(:good_for AS interval),
        password_at = now(),
        version = version + 1
    WHERE staff_id = :id AND NOT ended RETURNING initial_until
""")
_PUT_ROLE = text("""
    INSERT INTO staff_role (role_id, title, rights, version)
    VALUES (:id, :title, :rights, :version)
    ON CONFLICT (role_id) DO UPDATE SET title = excluded.title, rights = excluded.rights,
        version = excluded.version
""")


class PeopleStore(Store):
    """All accounts at once: they are some hundred."""

    async def lock_accounts(self) -> None:
        await self.session.execute(_LOCK)

    async def today(self) -> date:
        day: date = (await self.session.execute(_TODAY)).scalar_one()
        return day

    async def accounts(self) -> dict[str, Account]:
        return {row.staff_id: _account(row) for row in await self.session.execute(_ALL)}

    async def roles(self) -> dict[str, tuple[Role, int]]:
        """Those that come with the system, as the city changed them, and its own; with versions."""
        found = {role_id: (role, 0) for role_id, role in reversed(ROLES.items())}
        for row in await self.session.execute(_ROLES):
            rights = frozenset(row.rights) & frozenset(RIGHTS)
            found[row.role_id] = Role(row.title, rights), row.version
        return found

    async def registry(self) -> Registry:
        """To change accounts, behind the lock."""
        await self.lock_accounts()
        roles = {role_id: role.rights for role_id, (role, _) in (await self.roles()).items()}
        return Registry(await self.accounts(), roles)

    async def write(self, registry: Registry) -> None:
        """What was changed; whoever may not be signed in any more is signed out everywhere."""
        registry.check()
        for account in registry.changed.values():
            await self._put(account)

    async def _put(self, account: Account) -> None:
        values = {
            "id": account.staff_id,
            "name": account.name,
            "role": account.role,
            "rights": sorted(account.rights),
            "offices": sorted(account.offices),
            "active": account.active,
            "ended": account.ended,
            "last_day": account.last_day,
            "version": account.version,
        }
        await self.session.execute(_PUT, values)
        if account.ended:
            await self.session.execute(_DISARM, {"id": account.staff_id})
            await self.end_loans(account.staff_id)
        if account.state_on(await self.today()) != "active":
            await self.close_sessions_of(account.staff_id)

    async def set_initial_password(self, staff_id: str, password_hash: str) -> bool:
        """Good for some days and until its owner chooses another; ends all sessions."""
        values = {"id": staff_id, "hash": password_hash, "good_for": INITIAL_FOR}
        done = (await self.session.execute(_SET_INITIAL, values)).one_or_none()
        if done:
            await self.close_sessions_of(staff_id)
        return done is not None

    async def put_role(self, role_id: str, role: Role, version: int) -> None:
        values = {"id": role_id, "title": role.title, "rights": sorted(role.rights)}
        await self.session.execute(_PUT_ROLE, {**values, "version": version})


def _account(row: Row[Any]) -> Account:
    return Account(
        row.staff_id,
        row.name,
        row.role,
        frozenset(row.rights),
        frozenset(row.offices),
        row.active,
        row.ended,
        row.last_day,
        row.version,
        row.initial,
        row.signed_in_at,
        tuple(map(Loan, row.lent_to, row.lent_until)),
    )
