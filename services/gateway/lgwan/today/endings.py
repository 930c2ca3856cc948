"""The last four signs of card numbers for the page of the day: asked for once for each card."""

import time
from collections import OrderedDict
from uuid import UUID

from libs.contracts.booking import CardPass
from services.gateway.web.clients import EligibilityClient
from services.gateway.web.link import Actor, Refused, Unreachable

KEPT = 20_000
PAUSE_SECONDS = 20.0
UNKNOWN_SECONDS = 600.0
"""A card that no list has may be in the next one."""


class Endings:
    """Pages of the day ask several times a minute, and a card never gets another number. So what
    eligibility said once stays here in memory: four signs by the card's key, never a number."""

    def __init__(
        self, eligibility: EligibilityClient, unknown_seconds: float = UNKNOWN_SECONDS
    ) -> None:
        self._eligibility = eligibility
        self._unknown_seconds = unknown_seconds
        self._known: OrderedDict[str, str] = OrderedDict()
        self._unknown_until: dict[str, float] = {}
        self._not_before = 0.0

    async def of(self, actor: Actor, cards: CardPass | None) -> tuple[dict[UUID, str], bool]:
        """By booking, and whether that is all: while eligibility is away, the page goes on without
        and asks again in a while."""
        if cards is None:
            return {}, True
        complete = not self._is_new(cards) or await self._learn(actor, cards)
        known = {booking: self._known.get(key, "") for booking, key in cards.keys.items()}
        return {booking: ending for booking, ending in known.items() if ending}, complete

    def _is_new(self, cards: CardPass) -> bool:
        at = time.monotonic()
        unknown = {key for key, until in self._unknown_until.items() if until > at}
        return not set(cards.keys.values()) <= self._known.keys() | unknown

    async def _learn(self, actor: Actor, cards: CardPass) -> bool:
        if time.monotonic() < self._not_before:
            return False
        try:
            opened = (await self._eligibility.card_numbers(actor, cards)).endings
        except (Refused, Unreachable):
            self._not_before = time.monotonic() + PAUSE_SECONDS
            return False
        at = time.monotonic()
        unknown = set(cards.keys.values()) - opened.keys()
        self._known |= opened
        waiting = {key: until for key, until in self._unknown_until.items() if until > at}
        self._unknown_until = waiting | dict.fromkeys(unknown, at + self._unknown_seconds)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return True
