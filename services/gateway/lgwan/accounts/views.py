"""What the page of accounts shows: rows by office, the mark of each right, counts, a CSV."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from libs.contracts.times import day_of
from services.gateway.lgwan.door.staff import EVERY_OFFICE, Role, Staff
from services.gateway.web.times import local

from .account import Account
from .wording import ALL_OFFICES, RIGHT, STATE, office_words

UNSEEN_DAYS = 14
Mark = Literal["role", "added", "missing", "none"]
MARKS: dict[Mark, str] = {"role": "●", "added": "＋", "missing": "△", "none": "・"}
MARK_WORDS: dict[Mark, str] = {
    "role": "組の権限",
    "added": "個別に追加",
    "missing": "個別に外した",
    "none": "なし",
}


@dataclass(frozen=True)
class AccountsView:
    """The accounts that `member` reaches, and what the words for them are made of."""

    accounts: dict[str, Account]
    roles: dict[str, Role]
    offices: dict[str, str]
    today: date
    member: Staff

    @property
    def role_choices(self) -> list[tuple[str, str, None]]:
        return [(code, role.title, None) for code, role in self.roles.items()]

    def role_title(self, account: Account) -> str:
        return self.roles[account.role].title if account.role in self.roles else "（組なし）"

    def where(self, account: Account) -> str:
        return office_words(account.offices, self.offices)

    def is_unseen(self, account: Account) -> bool:
        """Nobody signed in to it for two weeks."""
        since = self.today - timedelta(days=UNSEEN_DAYS)
        seen = account.signed_in_at
        return account.state_on(self.today) == "active" and (not seen or day_of(seen) < since)


@dataclass(frozen=True)
class AccountLine:
    """One account of the table."""

    account: Account
    state: str
    role: str
    where: str
    marks: tuple[Mark, ...]
    seen: str
    unseen: bool


def office_choices(view: AccountsView) -> list[tuple[str, str]]:
    """Where the member may let others work."""
    everywhere = EVERY_OFFICE in view.member.offices
    named = [(code, name) for code, name in view.offices.items() if view.member.serves(code)]
    return [(EVERY_OFFICE, ALL_OFFICES), *named] if everywhere else named


def marks_of(account: Account, role: Role | None) -> tuple[Mark, ...]:
    """One for each right, in the order of the page. Who has no role was given all one by one."""
    own = role.rights if role else frozenset()
    return tuple(_mark(right in account.rights, right in own) for right in RIGHT)


def _mark(has: bool, of_role: bool) -> Mark:
    if has:
        return "role" if of_role else "added"
    return "missing" if of_role else "none"


def _shown(view: AccountsView, account: Account, show: str) -> bool:
    state = account.state_on(view.today)
    if show in ("active", "suspended"):
        return state == show
    if show == "ended":
        return state in ("ended", "over")
    narrowed = {
        "lent": bool(account.loans),
        "limited": account.last_day is not None,
        "unseen": view.is_unseen(account),
    }
    return state == "active" and narrowed[show]


def tally_of(view: AccountsView) -> list[tuple[str, str, int]]:
    """The counts that narrow the table: code, words, how many."""
    words = {
        "active": "有効",
        "lent": "応援中",
        "limited": "最終日あり",
        "unseen": f"{UNSEEN_DAYS}日以上サインインなし",
        "suspended": "停止",
        "ended": "終了・期限切れ",
    }
    everybody = view.accounts.values()
    return [
        (code, text, sum(_shown(view, account, code) for account in everybody))
        for code, text in words.items()
    ]


def sections_of(view: AccountsView, show: str) -> list[tuple[str, list[AccountLine]]]:
    """The rows by where people work: the offices in their order, then who works at several."""
    found: dict[str, list[AccountLine]] = {name: [] for name in view.offices.values()}
    for account in view.accounts.values():
        if _shown(view, account, show):
            found.setdefault(view.where(account), []).append(row_of(view, account))
    return [(name, rows) for name, rows in found.items() if rows]


def row_of(view: AccountsView, account: Account) -> AccountLine:
    seen = account.signed_in_at
    role = view.roles.get(account.role)
    return AccountLine(
        account,
        STATE[account.state_on(view.today)],
        view.role_title(account),
        view.where(account),
        marks_of(account, role),
        f"{local(seen):%Y/%m/%d %H:%M}" if seen else "まだありません",
        view.is_unseen(account),
    )


def csv_of(view: AccountsView) -> Iterator[list[str]]:
    heads = ["職員ID", "名前", "状態", "組", "担当する場所", "応援", "最終日", "最後のサインイン"]
    yield [*heads, *RIGHT.values()]
    for account in view.accounts.values():
        row = row_of(view, account)
        loans = [f"{view.offices.get(o.office_id, o.office_id)} {o.until}" for o in account.loans]
        facts = [account.staff_id, account.name, row.state, row.role, row.where, "・".join(loans)]
        days = [str(account.last_day or ""), row.seen]
        yield [*facts, *days, *("○" if right in account.rights else "" for right in RIGHT)]
