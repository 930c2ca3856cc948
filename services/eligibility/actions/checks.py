"""Is there a card for this person? One answer for an unknown number and a wrong date."""

import hmac
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from libs.common.errors import Problem, Unavailable
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

TRIES_A_DAY = 5


@dataclass(frozen=True)
class Checks:
    """The desk where numbers and dates of birth are compared."""

    open_store: Callable[[], AbstractAsyncContextManager[Store]]
    vault: Vault
    now: Callable[[], datetime]

    async def check(self, check: Check) -> CheckReply:
        """Raises IndividualNumber, Locked, NoMatch, AlreadyCollected, Unavailable.

        A wrong try is counted before its answer leaves, also for numbers that nobody has; a try
        that cannot be counted is not answered.
        """
        if looks_individual(check.card_number):
            raise IndividualNumber
        card_key = self.vault.card_key(card_number(check.card_number))
        try:
            async with self.open_store() as store:
                answer = await self._answer(store, card_key, check.born)
        except FAILURES as error:
            log.exception("check refused: tries cannot be counted")
            raise Unavailable(
                "ただいま確認できません。しばらくしてからもう一度お試しください。"
            ) from error
        if isinstance(answer, Problem):
            raise answer
        return answer

    async def forget_tries(self) -> None:
        """Drop the counts of days that are over."""
        async with self.open_store() as store:
            await store.forget_tries_before(self._today() - timedelta(days=1))

    async def _answer(self, store: Store, card_key: str, born: date) -> CheckReply | Problem:
        """A refusal is returned, not raised: raising would undo the count."""
        today = self._today()
        await store.lock_number(card_key)
        if await store.wrong_tries(card_key, today) >= TRIES_A_DAY:
            return Locked()
        person = await store.person(card_key)
        # An unknown number opens a seal and compares a date too, so that it takes as long.
        kept = self.vault.born(person.sealed if person else self.vault.nobody)
        same = hmac.compare_digest(kept.isoformat().encode(), born.isoformat().encode())
        if person is None or not same:
            await store.count_wrong_try(card_key, today)
            return NoMatch()
        if person.state == "collected":
            return AlreadyCollected()
        ticket = self.vault.ticket(card_key, born, self.now())
        return CheckReply(ticket=ticket, office_id=person.office_id, state="ready")

    def _today(self) -> date:
        return day_in_japan(self.now())
