"""What happens to accounts and sessions: sign in, sign out, add an account."""

from datetime import datetime
from typing import ClassVar

from libs.common.errors import Problem

from .domain import Operation, Staff, Tries, digest, new_token, normalise_id
from .passwords import Passwords, hash_password
from .store import OpenStore, Store

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

    Every refusal does the same work. Raises WrongPassword and Locked.
    """
    staff_id = normalise_id(typed)
    async with open_store() as store:
        tries = await store.count_try(digest(staff_id))
        known = await store.password_hash(staff_id)
    fits = await passwords.match(password, known)
    refusal = _refusal(tries, fits)
    async with open_store() as store:
        actor = UNKNOWN_ACTOR if known is None else staff_id
        store.record(_sign_in_line(actor, refusal.slug if refusal else "done"))
        token = "" if refusal else await _open_session(store, staff_id)
    if refusal:
        raise refusal
    return token


def _refusal(tries: Tries, fits: bool) -> Problem | None:
    """A locked account stays locked for the right password too."""
    if tries.locked_until:
        return Locked(tries.locked_until)
    return None if fits else WrongPassword("The id or the password is wrong.")


async def _open_session(store: Store, staff_id: str) -> str:
    token = new_token()
    await store.forget_tries(digest(staff_id))
    await store.open_session(digest(token), staff_id, new_token())
    return token


async def add_account(open_store: OpenStore, member: Staff, password: str, *, reset: bool) -> bool:
    """Create the account. An existing one is left alone, or with `reset` replaced and signed out.

    Whether anything was done.
    """
    async with open_store() as store:
        exists = await store.has_account(member.staff_id)
        if exists and not reset:
            return False
        await store.put_account(member, hash_password(password))
        await store.close_sessions_of(member.staff_id)
        await store.forget_tries(digest(member.staff_id))
        what = "staff.reset" if exists else "staff.add"
        store.record(Operation(COMMAND_LINE, what, "staff", member.staff_id, "", "done"))
    return True


def _sign_in_line(actor: str, result: str) -> Operation:
    return Operation(actor, "sign-in", "session", "", "", result)
