"""Is there a card for this person? One answer for an unknown number and a wrong date."""

import hmac
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime

from libs.common.again import run_again
from libs.common.errors import Problem, Unavailable
from libs.common.tries import Tolls, Try
from libs.contracts.eligibility import CardKeyReply, CardKeyRequest, Check, CheckReply
from libs.rules.personal_numbers import has_individual_number
from services.eligibility.domain.dates import day_in_japan
from services.eligibility.domain.numbers import card_number
from services.eligibility.domain.problems import (
    AlreadyCollected,
    CheckLocked,
    IndividualNumber,
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
    tolls: Tolls
    now: Callable[[], datetime]

    async def check(self, check: Check) -> CheckReply:
        """Raises IndividualNumber, TooSoon, Locked, NoMatch, AlreadyCollected, Unavailable.

        A wrong try is counted before its answer leaves, also for numbers that nobody has; a try
        that cannot be counted is not answered. Nothing waits here: the door does, as it is told.
        """
        card_key = self._card_key(check)
        return await self._counted(lambda store: self._answer(store, card_key, check))

    async def check_for_staff(self, check: Check) -> CheckReply:
        """As `check`, without counting, and for everybody in the list. Raises all but Locked."""
        card_key = self._card_key(check)
        return await self._counted(
            lambda store: self._compare(store, card_key, check.born, for_staff=True)
        )

    def card_key(self, asked: CardKeyRequest) -> CardKeyReply:
        """The key alone says neither that there is such a card nor whose it is, so nothing is
        counted here: who looks bookings up by it counts. Raises IndividualNumber."""
        return CardKeyReply(card_key=self._card_key(asked))

    async def forget_tries(self) -> None:
        """Drop the counts of days that are over."""
        async with self.open_store() as store:
            await store.forget_tries_before(self._today(), self.now())

    async def watch_tries(self) -> None:
        """Show how many tries were wrong within the last hour."""
        async with self.open_store() as store:
            self.tolls.watch(await store.misses_within_an_hour(self.now()))

    def _card_key(self, check: Check | CardKeyRequest) -> str:
        if has_individual_number(check.card_number):
            raise IndividualNumber
        return self.vault.card_key(card_number(check.card_number))

    async def _counted(self, ask: Callable[[Store], Awaitable[Answer]]) -> CheckReply:
        async def once() -> Answer:
            async with self.open_store() as store:
                return await ask(store)

        try:
            answer = await run_again(once)
        except FAILURES as error:
            log.exception("check refused: tries cannot be counted")
            raise Unavailable(
                "ただいま確認できません。しばらくしてからもう一度お試しください。"
            ) from error
        if isinstance(answer, Problem):
            raise answer
        return answer

    async def _answer(self, store: Store, card_key: str, check: Check) -> Answer:
        """A refusal is returned, not raised: raising would undo the count. Right and wrong answers
        cost alike."""
        now, today = self.now(), self._today()
        if check.origin and (soon := await store.take_turn(check.origin, today, now)):
            return soon
        await store.lock_number(card_key)
        misses = await store.misses(card_key, check.origin, today, now)
        opened = self._was_right(card_key, check, now)
        one = Try(f"{today}|{card_key}", check.origin or "", check.work or "", misses, now, opened)
        paid = self.tolls.paid(one)
        if paid is None or (paid and await store.is_spent(paid)):
            return CheckLocked(**self.tolls.asked(one))
        answer = await self._compare(store, card_key, check.born)
        if not isinstance(answer, NoMatch):
            return answer
        await self._count(store, card_key, check.origin, paid)
        return NoMatch(**self.tolls.asked(replace(one, misses=misses.and_one())))

    def _was_right(self, card_key: str, check: Check, now: datetime) -> bool:
        subject = _opened_subject(card_key, check.born)
        return self.vault.passes.opened.proves(subject, check.opened or "", now)

    async def _count(self, store: Store, card_key: str, origin: str | None, paid: str) -> None:
        """One wrong try, and the pass that bought it."""
        today = self._today()
        await store.count_wrong_try(card_key, today)
        if paid:
            await store.spend(paid, today)
        if origin:
            await store.count_origin(origin, today)
        await store.count_minute(self.now())

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
        now = self.now()
        return CheckReply(
            ticket=self.vault.ticket(card_key, born, now),
            office_id=person.office_id,
            state="ready",
            opened=self.vault.passes.opened.issue(_opened_subject(card_key, born), now),
        )

    def _today(self) -> date:
        return day_in_japan(self.now())


def _opened_subject(card_key: str, born: date) -> str:
    return f"{card_key}|{born}"
