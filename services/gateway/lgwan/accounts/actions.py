"""What happens to accounts and sessions: sign in, sign out, add an account."""

from datetime import datetime
from typing import ClassVar

from libs.common.errors import Problem
from services.gateway.lgwan.door.passwords import Passwords, hash_password
from services.gateway.lgwan.door.staff import (
    Loan,
    Operation,
    Staff,
    Tries,
    digest,
    new_token,
    normalise_id,
)
from services.gateway.lgwan.door.store import OpenStore, Store

from .account import UnknownAccount

UNKNOWN_ACTOR = "-"
COMMAND_LINE = "command-line"


class WrongPassword(Problem):
    """No such account, not active, or another password: all three answer alike."""

    slug: ClassVar[str] = "wrong-password"


class Locked(Problem):
    """Too many tries with this id, known or not."""

    slug: ClassVar[str] = "locked"

    def __init__(self, until: datetime) -> None:
        super().__init__("Too many wrong tries.")
        self.until = until


async def sign_in(open_store: OpenStore, passwords: Passwords, typed: str, password: str) -> str:
    """Check the password and open a session; the token for its cookie.

    Every refusal does the same work. Raises WrongPassword, Locked and Unavailable.
    """
    staff_id = normalise_id(typed)
    async with open_store(Store) as store:
        tries = await store.count_try(digest(staff_id))
        known = await store.password_hash(staff_id)
    fits = await passwords.match(password, known)
    async with open_store(Store) as store:
        token = ""
        # A locked account stays locked for the right password too.
        if known and fits and not tries.locked_until:
            token = await _open_session(store, staff_id, known)
        refusal = None if token else _refusal(tries)
        actor = UNKNOWN_ACTOR if known is None else staff_id
        store.record(_sign_in_line(actor, refusal.slug if refusal else "done"))
    if refusal:
        raise refusal
    return token


def _refusal(tries: Tries) -> Problem:
    if tries.locked_until:
        return Locked(tries.locked_until)
    return WrongPassword("The id or the password is wrong.")


async def _open_session(store: Store, staff_id: str, password_hash: str) -> str:
    """Its token; empty where the password was changed while it was checked."""
    token = new_token()
    if not await store.open_session(digest(token), staff_id, password_hash, new_token()):
        return ""
    await store.forget_tries(digest(staff_id))
    return token


async def add_account(
    open_store: OpenStore, member: Staff, password: str, role: str = "", *, reset: bool
) -> bool:
    """Create the account. An existing one is left alone, or with `reset` replaced and signed out;
    its help at other offices ends.

    Whether anything was done.
    """
    async with open_store(Store) as store:
        exists = await store.has_account(member.staff_id)
        if exists and not reset:
            return False
        await store.put_account(member, hash_password(password), role)
        await store.close_sessions_of(member.staff_id)
        await store.end_loans(member.staff_id)
        await store.forget_tries(digest(member.staff_id))
        what = "staff.reset" if exists else "staff.add"
        store.record(Operation(COMMAND_LINE, what, "staff", member.staff_id, "", "done"))
    return True


async def lend(open_store: OpenStore, staff_id: str, loan: Loan) -> bool:
    """応援 until the end of a day. False where that day is over. Raises UnknownAccount."""
    async with open_store(Store) as store:
        await _known(store, staff_id)
        done = await store.lend(staff_id, loan)
        if done:
            store.record(_loan_line("staff.lend", staff_id, loan.office_id))
    return done


async def end_loan(open_store: OpenStore, staff_id: str, office_id: str) -> bool:
    """Whether there was help to end. Raises UnknownAccount."""
    async with open_store(Store) as store:
        await _known(store, staff_id)
        done = await store.end_loan(staff_id, office_id)
        if done:
            store.record(_loan_line("staff.lend-end", staff_id, office_id))
    return done


async def _known(store: Store, staff_id: str) -> None:
    if not await store.has_account(staff_id):
        raise UnknownAccount("There is no such account.")


def _loan_line(what: str, staff_id: str, office_id: str) -> Operation:
    return Operation(COMMAND_LINE, what, "staff", staff_id, office_id, "done")


def _sign_in_line(actor: str, result: str) -> Operation:
    return Operation(actor, "sign-in", "session", "", "", result)
