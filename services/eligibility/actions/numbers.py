"""Numbers of cards, opened from their seals for whoever booking vouches for."""

import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from libs.common.logs import fields
from libs.common.seal import CannotOpen
from libs.common.signing import BadSignature, Verifier
from libs.contracts.eligibility import (
    CardNumbers,
    CardNumbersRequest,
    CardPassClaims,
    CardUse,
    digest_of_cards,
)
from services.eligibility.domain.problems import NoPass
from services.eligibility.store import SealedPerson, Store
from services.eligibility.vault import Vault

log = logging.getLogger(__name__)
ENDING = 4
"""So many signs say which of the cards in a tray it is; people in the waiting room may see them."""


@dataclass(frozen=True)
class Numbers:
    """Which bookings an actor reaches is booking's to say; that is what its pass says."""

    open_store: Callable[[], AbstractAsyncContextManager[Store]]
    vault: Vault
    passes: Verifier
    now: Callable[[], datetime]

    async def open(
        self, actor: str, asked: CardNumbersRequest, only: CardUse | None = None
    ) -> CardNumbers:
        """One line in the log for each time: who, for what and how many. Raises NoPass."""
        use = self._use(actor, asked, only)
        async with self.open_store() as store:
            persons = await store.sealed_persons(asked.card_keys)
        numbers = {key: number for key in persons if (number := self._number(persons[key]))}
        told = fields(actor=actor, use=use, cards=len(numbers))
        log.info("card numbers opened", extra=told)
        if use == "today":
            return CardNumbers(endings={key: text[-ENDING:] for key, text in numbers.items()})
        return CardNumbers(numbers=numbers)

    def _use(self, actor: str, asked: CardNumbersRequest, only: CardUse | None) -> CardUse:
        """What the pass is for. Raises NoPass."""
        try:
            read = self.passes.read(asked.ticket, now=self.now().timestamp())
            claims = CardPassClaims.model_validate(read)
        except (BadSignature, ValidationError) as error:
            raise NoPass from error
        theirs = claims.use == "today" or claims.actor == actor
        fits = claims.digest == digest_of_cards(asked.card_keys)
        if not (theirs and fits) or (only and claims.use != only):
            raise NoPass
        return claims.use

    def _number(self, person: SealedPerson) -> str:
        """What cannot be opened is missing, and holds up no other."""
        try:
            return self.vault.number(person.sealed)
        except CannotOpen:
            log.exception("a card number cannot be opened")
            return ""
