"""The last four signs of card numbers for the page of the day: asked for once for each card."""

import time
from collections import OrderedDict
from uuid import UUID

from libs.contracts.booking import CardPass
from services.gateway.web.clients import EligibilityClient
from services.gateway.web.link import Actor, Refused, Unreachable

KEPT = 20_000
PAUSE_SECONDS = 20.0


class Endings:
    """Pages of the day ask several times a minute, and a card never gets another number. So what
    eligibility said once stays here in memory: four signs by the card's key, never a number."""

    def __init__(self, eligibility: EligibilityClient) -> None:
        self._eligibility = eligibility
        self._known: OrderedDict[str, str] = OrderedDict()
        self._not_before = 0.0

    async def of(self, actor: Actor, cards: CardPass | None) -> tuple[dict[UUID, str], bool]:
        """By booking, and whether that is all: while eligibility is away, the page goes on without
        and asks again in a while."""
        if cards is None:
            return {}, True
        wanted = set(cards.keys.values())
        complete = wanted <= self._known.keys() or await self._learn(actor, cards)
        known = {booking: self._known.get(key, "") for booking, key in cards.keys.items()}
        return {booking: ending for booking, ending in known.items() if ending}, complete

    async def _learn(self, actor: Actor, cards: CardPass) -> bool:
        if time.monotonic() < self._not_before:
            return False
        try:
            opened = (await self._eligibility.card_numbers(actor, cards)).endings
        except (Refused, Unreachable):
            self._not_before = time.monotonic() + PAUSE_SECONDS
            return False
        for key in cards.keys.values():
            self._known[key] = opened.get(key, "")
            self._known.move_to_end(key)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return True
