"""Is there a card for this person? One answer for an unknown number and a wrong date."""

import asyncio
import hmac
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime

from libs.common.errors import Problem, Unavailable
from libs.common.tries import delay_seconds, tries_on_top
from libs.contracts.eligibility import Check, CheckReply
from services.eligibility.domain.dates import day_in_japan
from services.eligibility.domain.numbers import card_number, looks_individual
from services.eligibility.domain.problems import (
    AlreadyCollected,
    IndividualNumber,
    Locked,
    NoMatch,
)
from services.eligibility.store import FAILURES, Store
from services.eligibility.vault import Vault

log = logging.getLogger(__name__)

Answer = CheckReply | Problem


@dataclass(frozen=True)
class Checks:
    """The desk where numbers and dates of birth are compared."""

    open_store: Callable[[], AbstractAsyncContextManager[Store]]
    vault: Vault
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def check(self, check: Check) -> CheckReply:
        """Raises IndividualNumber, Locked, NoMatch, AlreadyCollected, Unavailable.

        A wrong try is counted before its answer leaves, also for numbers that nobody has; a try
        that cannot be counted is not answered.
        """
        card_key = self._card_key(check)
        async with self._counting() as store:
            origin_tries = await self._origin_tries(store, check.origin)
            answer = await self._answer(store, card_key, check)
        # Right and wrong answers wait alike, and no transaction waits with them.
        await self.sleep(delay_seconds(origin_tries))
        return _given(answer)

    async def check_for_staff(self, check: Check) -> CheckReply:
        """As `check`, without counting, and for everybody in the list. Raises all but Locked."""
        card_key = self._card_key(check)
        async with self._counting() as store:
            answer = await self._compare(store, card_key, check.born, for_staff=True)
        return _given(answer)

    async def forget_tries(self) -> None:
        """Drop the counts of days that are over."""
        async with self.open_store() as store:
            await store.forget_tries_before(self._today())

    def _card_key(self, check: Check) -> str:
        if looks_individual(check.card_number):
            raise IndividualNumber
        return self.vault.card_key(card_number(check.card_number))

    @asynccontextmanager
    async def _counting(self) -> AsyncIterator[Store]:
        try:
            async with self.open_store() as store:
                yield store
        except FAILURES as error:
            log.exception("check refused: tries cannot be counted")
            raise Unavailable(
                "ただいま確認できません。しばらくしてからもう一度お試しください。"
            ) from error

    async def _origin_tries(self, store: Store, origin: str | None) -> int:
        return await store.origin_tries(origin, self._today()) if origin else 0

    async def _answer(self, store: Store, card_key: str, check: Check) -> Answer:
        """A refusal is returned, not raised: raising would undo the count."""
        today = self._today()
        await store.lock_number(card_key)
        tries = await store.wrong_tries(card_key, today)
        solved = await self._solved(store, card_key, today, tries, check.work or "")
        if solved is None:
            return Locked(**self._challenge(card_key, today, tries))
        answer = await self._compare(store, card_key, check.born)
        if not isinstance(answer, NoMatch):
            return answer
        await store.count_wrong_try(card_key, today)
        if check.origin:
            await store.count_origin(check.origin, today)
        if solved:
            await store.spend(solved, today)
        return NoMatch(**self._challenge(card_key, today, tries + 1))

    async def _solved(
        self, store: Store, card_key: str, today: date, tries: int, work: str
    ) -> str | None:
        """The name of the puzzle that was solved for this try, empty where none is needed; None
        where it was not solved, or has served before."""
        on_top = tries_on_top(tries)
        if on_top is None:
            return ""
        subject = _subject(card_key, today)
        name = self.vault.puzzles.verify(subject, on_top, work, self.now())
        return None if name is None or await store.is_spent(name) else name

    def _challenge(self, card_key: str, today: date, tries: int) -> dict[str, str]:
        """What the next try needs, as a fact of the refusal; nothing while tries are free."""
        on_top = tries_on_top(tries)
        if on_top is None:
            return {}
        subject = _subject(card_key, today)
        return {"challenge": self.vault.puzzles.issue(subject, on_top, self.now())}

    async def _compare(
        self, store: Store, card_key: str, born: date, *, for_staff: bool = False
    ) -> Answer:
        """Online, whoever is shielded is nobody."""
        # An unknown number opens a seal and compares a date too, so that it takes as long.
        person = await store.person(card_key, self.vault.nobody)
        kept = self.vault.born(person.sealed)
        same = hmac.compare_digest(kept.isoformat().encode(), born.isoformat().encode())
        if not (same and person.known and (for_staff or not person.shielded)):
            return NoMatch()
        if person.state == "collected":
            return AlreadyCollected()
        ticket = self.vault.ticket(card_key, born, self.now())
        return CheckReply(ticket=ticket, office_id=person.office_id, state="ready")

    def _today(self) -> date:
        return day_in_japan(self.now())


def _subject(card_key: str, today: date) -> str:
    """The counts begin anew each day, and answers end with them."""
    return f"{today}|{card_key}"


def _given(answer: Answer) -> CheckReply:
    if isinstance(answer, Problem):
        raise answer
    return answer
