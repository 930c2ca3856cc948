"""An account and what may happen to it, decided over all accounts at once: one change or a list."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import ClassVar, Literal

from libs.common.errors import Problem
from services.gateway.lgwan.door.staff import EVERY_OFFICE, MANAGES, Loan, Staff

State = Literal["active", "suspended", "over", "ended"]
INITIAL_FOR = timedelta(days=14)
"""How long the printed password of a new account is good."""


class UnknownAccount(Problem):
    """Nobody has this id, or nobody within reach: both answer alike."""

    slug: ClassVar[str] = "unknown-account"


class Taken(Problem):
    """Somebody has or had this id: ids are never given twice."""

    slug: ClassVar[str] = "taken"


class Ended(Problem):
    """The account was ended for good."""

    slug: ClassVar[str] = "ended"


class LastAdministrator(Problem):
    """Nobody could manage accounts any more."""

    slug: ClassVar[str] = "last-administrator"


class ChangedMeanwhile(Problem):
    """Another version of the account is there than the one that was shown."""

    slug: ClassVar[str] = "changed-meanwhile"


@dataclass(frozen=True)
class Account:
    """`rights` are those of the role with what was added and taken away; `initial` says that its
    owner has not chosen a password yet."""

    staff_id: str
    name: str
    role: str
    rights: frozenset[str]
    offices: frozenset[str]
    active: bool = True
    ended: bool = False
    last_day: date | None = None
    version: int = 0
    initial: bool = True
    signed_in_at: datetime | None = None
    loans: tuple[Loan, ...] = ()

    def state_on(self, day: date) -> State:
        if self.ended:
            return "ended"
        if not self.active:
            return "suspended"
        return "over" if self.last_day and self.last_day < day else "active"

    @property
    def administers(self) -> bool:
        """Whether it keeps the whole city's accounts manageable, without an end in sight."""
        lasts = self.active and not self.ended and self.last_day is None
        return lasts and MANAGES in self.rights and EVERY_OFFICE in self.offices


def reaches(member: Staff, offices: Iterable[str]) -> bool:
    """Whether `member` manages accounts of these offices: their own, or all."""
    return EVERY_OFFICE in member.offices or (bool(set(offices)) and set(offices) <= member.offices)


@dataclass
class Registry:
    """All accounts under the lock; `changed` are those to write."""

    accounts: dict[str, Account]
    roles: dict[str, frozenset[str]]
    changed: dict[str, Account] = field(default_factory=dict)

    def get(self, staff_id: str) -> Account:
        """Raises UnknownAccount."""
        if staff_id not in self.accounts:
            raise UnknownAccount("There is no such account.")
        return self.accounts[staff_id]

    def create(self, account: Account) -> Account:
        """With the rights of its role. Raises Taken."""
        if account.staff_id in self.accounts:
            raise Taken("This id has an account.")
        return self._put(replace(account, rights=self._rights_of(account.role)))

    def change(
        self, staff_id: str, name: str, role: str, offices: frozenset[str], last_day: date | None
    ) -> Account:
        """Another role brings its rights in place of all former ones. Raises Ended."""
        known = self._standing(staff_id)
        rights = known.rights if role == known.role else self._rights_of(role)
        changed = replace(
            known, name=name, role=role, rights=rights, offices=offices, last_day=last_day
        )
        return self._put(changed)

    def set_rights(self, staff_id: str, rights: frozenset[str]) -> Account:
        return self._put(replace(self._standing(staff_id), rights=rights))

    def suspend(self, staff_id: str) -> Account:
        return self._put(replace(self._standing(staff_id), active=False))

    def resume(self, staff_id: str) -> Account:
        return self._put(replace(self._standing(staff_id), active=True))

    def end(self, staff_id: str) -> Account:
        return self._put(replace(self.get(staff_id), active=False, ended=True, loans=()))

    def change_role(self, role_id: str, rights: frozenset[str]) -> None:
        """Who has the role gets what is new in it and loses what is out of it; what was added or
        taken away one by one stays so."""
        before = self.roles.get(role_id, frozenset())
        self.roles[role_id] = rights
        for account in [a for a in self.accounts.values() if a.role == role_id and not a.ended]:
            now = (account.rights - (before - rights)) | (rights - before)
            if now != account.rights:
                self._put(replace(account, rights=now))

    def check(self) -> None:
        """Looked at when all changes are made. Raises LastAdministrator."""
        if not any(account.administers for account in self.accounts.values()):
            raise LastAdministrator("Nobody could manage accounts any more.")

    def _standing(self, staff_id: str) -> Account:
        known = self.get(staff_id)
        if known.ended:
            raise Ended("This account was ended.")
        return known

    def _rights_of(self, role: str) -> frozenset[str]:
        return self.roles.get(role, frozenset())

    def _put(self, account: Account) -> Account:
        if account != self.accounts.get(account.staff_id):
            account = replace(account, version=account.version + 1)
            self.accounts[account.staff_id] = self.changed[account.staff_id] = account
        return account


def difference(before: Account | None, after: Account) -> str:
    """What a change was, in codes for the operation log: no name."""
    if before is None:
        return f"role:{after.role} offices:{','.join(sorted(after.offices))}"
    parts = [f"+{right}" for right in sorted(after.rights - before.rights)]
    parts += [f"-{right}" for right in sorted(before.rights - after.rights)]
    if before.role != after.role:
        parts.append(f"role:{before.role}>{after.role}")
    if before.offices != after.offices:
        parts.append(f"offices:{','.join(sorted(after.offices))}")
    if before.last_day != after.last_day:
        parts.append(f"last-day:{after.last_day or ''}")
    if before.name != after.name:
        parts.append("name")
    return " ".join(parts)
