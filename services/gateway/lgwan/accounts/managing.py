"""What administrators do with accounts: each is one transaction behind the lock of accounts."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from services.gateway.lgwan.door.passwords import Passwords
from services.gateway.lgwan.door.staff import Loan, Role, Staff
from services.gateway.lgwan.door.store import OpenStore

from .account import (
    Account,
    ChangedMeanwhile,
    Ended,
    Registry,
    UnknownAccount,
    difference,
    reaches,
)
from .people_store import PeopleStore

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that look alike on paper."""
_GROUPS, _GROUP = 5, 4
Change = Callable[[Registry], object]


@dataclass(frozen=True)
class Sheet:
    """初回パスワード票: the only place where the password of a new account stands."""

    staff_id: str
    name: str
    password: str


@dataclass(frozen=True)
class MadeAccount:
    """A new account: its sheet, and what the log says of it."""

    sheet: Sheet
    detail: str


def first_password() -> str:
    """100 bits, in groups that can be typed from paper."""
    groups = ("".join(map(secrets.choice, [_LETTERS] * _GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


async def create_account(
    open_store: OpenStore, passwords: Passwords, account: Account
) -> MadeAccount:
    """Raises Taken, LastAdministrator and Unavailable."""
    password = first_password()
    hashed = await passwords.hash(password)
    async with open_store(PeopleStore) as store:
        registry = await store.registry()
        made = registry.create(account)
        await store.write(registry)
        await store.set_initial_password(made.staff_id, hashed)
    return MadeAccount(Sheet(made.staff_id, made.name, password), difference(None, made))


async def change_account(
    open_store: OpenStore, member: Staff, staff_id: str, version: int, change: Change
) -> str:
    """What was changed, in codes. Raises UnknownAccount, ChangedMeanwhile, Ended,
    LastAdministrator."""
    async with open_store(PeopleStore) as store:
        registry = await store.registry()
        before = _seen(registry, member, staff_id, version)
        change(registry)
        await store.write(registry)
    return difference(before, registry.get(staff_id))


async def print_password(
    open_store: OpenStore, passwords: Passwords, member: Staff, staff_id: str, version: int
) -> Sheet:
    """Another first password, in place of the one there is. Raises UnknownAccount,
    ChangedMeanwhile, Ended and Unavailable."""
    password = first_password()
    hashed = await passwords.hash(password)
    async with open_store(PeopleStore) as store:
        account = _seen(await store.registry(), member, staff_id, version)
        if not await store.set_initial_password(staff_id, hashed):
            raise Ended("This account was ended.")
    return Sheet(staff_id, account.name, password)


async def lend_account(
    open_store: OpenStore, member: Staff, staff_id: str, version: int, loan: Loan
) -> bool:
    """応援. False where that day is over. Raises UnknownAccount, ChangedMeanwhile and Ended."""
    async with open_store(PeopleStore) as store:
        if _seen(await store.registry(), member, staff_id, version).ended:
            raise Ended("This account was ended.")
        return await store.lend(staff_id, loan)


async def end_help(
    open_store: OpenStore, member: Staff, staff_id: str, version: int, office_id: str
) -> bool:
    """Whether there was help to end. Raises UnknownAccount and ChangedMeanwhile."""
    async with open_store(PeopleStore) as store:
        _seen(await store.registry(), member, staff_id, version)
        return await store.end_loan(staff_id, office_id)


async def save_role(open_store: OpenStore, role_id: str, role: Role, version: int) -> int:
    """How many accounts it changed. Raises ChangedMeanwhile and LastAdministrator."""
    async with open_store(PeopleStore) as store:
        registry = await store.registry()
        _, now = (await store.roles()).get(role_id, (role, 0))
        if now != version:
            raise ChangedMeanwhile("Somebody else changed this role.")
        registry.change_role(role_id, role.rights)
        await store.put_role(role_id, role, version + 1)
        await store.write(registry)
    return len(registry.changed)


def _seen(registry: Registry, member: Staff, staff_id: str, version: int) -> Account:
    """The account as the form showed it. Raises UnknownAccount and ChangedMeanwhile."""
    account = registry.get(staff_id)
    if not reaches(member, account.offices):
        raise UnknownAccount("There is no such account within reach.")
    if account.version != version:
        raise ChangedMeanwhile("Somebody else changed this account.")
    return account
