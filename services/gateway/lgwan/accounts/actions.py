"""What happens to accounts and sessions: sign in, sign out, add an account."""

import asyncio
import math
from dataclasses import dataclass
from typing import ClassVar

from libs.common.errors import Problem
from services.gateway.lgwan.door.passwords import Passwords, hash_password
from services.gateway.lgwan.door.slowing import SignInCaller, TriedSignIn
from services.gateway.lgwan.door.staff import (
    Loan,
    Operation,
    Staff,
    digest,
    new_token,
    normalise_id,
)
from services.gateway.lgwan.door.store import OpenStore, Store
from services.gateway.web.addresses import client_address

from .account import UnknownAccount

UNKNOWN_ACTOR = "-"
COMMAND_LINE = "command-line"


class WrongPassword(Problem):
    """No such account, not active, or another password: all three answer alike."""

    slug: ClassVar[str] = "wrong-password"


class SignInTooSoon(Problem):
    """This browser has to wait before it tries again; known ids and others alike."""

    slug: ClassVar[str] = "too-soon"

    def __init__(self, seconds: float) -> None:
        super().__init__("Too many wrong tries in this browser.")
        self.seconds = math.ceil(seconds)


@dataclass(frozen=True)
class Entrance:
    """What the browser brings along: its own cookie, the session that it has, and what it is; and
    how many sessions of an account there are at once at `most`."""

    browser: str
    former: str = ""
    agent: str = ""
    most: int = 3


async def sign_in(
    open_store: OpenStore, passwords: Passwords, typed: str, password: str, entrance: Entrance
) -> str:
    """Check the password and open a session, in place of the browser's former one; the token for
    its cookie.

    Every refusal does the same work. Raises WrongPassword, TooSoon and Unavailable.
    """
    staff_id = normalise_id(typed)
    caller = SignInCaller(staff_id, entrance.browser, client_address.get())
    async with open_store(Store) as store:
        tried = await store.count_try(caller)
        known = await store.password_hash(staff_id)
    fits = not tried.wait and await _match(passwords, password, known, tried)
    async with open_store(Store) as store:
        token = ""
        if known and fits:
            token = await _open_session(store, caller, known, entrance)
        refusal = None if token else _refusal(tried)
        actor = UNKNOWN_ACTOR if known is None else staff_id
        store.record(_sign_in_line(actor, refusal.slug if refusal else "done"))
    if refusal:
        raise refusal
    return token


async def _match(
    passwords: Passwords, password: str, known: str | None, tried: TriedSignIn
) -> bool:
    await asyncio.sleep(tried.brake)
    return await passwords.match(password, known)


def _refusal(tried: TriedSignIn) -> Problem:
    return (
        SignInTooSoon(tried.wait) if tried.wait else WrongPassword("The id or password is wrong.")
    )


async def _open_session(store: Store, caller: SignInCaller, known: str, entrance: Entrance) -> str:
    """Its token; empty where the password was changed while it was checked."""
    token, secret = new_token(), new_token()
    opened = await store.open_session(digest(token), caller.staff_id, known, secret, entrance.agent)
    if not opened:
        return ""
    if entrance.former:
        await store.close_session(digest(entrance.former))
    await store.keep_newest_sessions(caller.staff_id, entrance.most)
    await store.was_right(caller)
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
        await store.forget_tries(member.staff_id)
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
