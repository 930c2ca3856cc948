"""eligibility, as the doors call it."""

from urllib.parse import quote
from uuid import UUID

from libs.contracts.booking import CardPass
from libs.contracts.eligibility import (
    CardKeyReply,
    CardKeyRequest,
    CardNumbers,
    CardNumbersRequest,
    Check,
    CheckReply,
    ImportList,
    ImportReport,
)
from services.gateway.web.link import Actor, Link

IMPORT_SECONDS = 60.0


class EligibilityClient:
    """eligibility: checks for both doors, imports for staff. First checks of citizens go over
    `tries`, connections of their own."""

    def __init__(self, link: Link, tries: Link | None = None) -> None:
        self._link = link
        self._tries = tries or link

    async def check(self, actor: Actor, request: Check) -> CheckReply:
        link = self._tries if request.origin else self._link
        return await link.post(actor, "/v1/checks", CheckReply, body=request)

    async def card_key(self, actor: Actor, card_number: str) -> str:
        """Under which booking knows a card of this number, if there is one."""
        asked = CardKeyRequest(card_number=card_number)
        return (await self._link.post(actor, "/v1/card-keys", CardKeyReply, body=asked)).card_key

    async def card_numbers(self, actor: Actor, cards: CardPass) -> CardNumbers:
        """What booking's pass is for."""
        return await self._numbers(actor, "/v1/card-numbers", cards)

    async def card_numbers_for_outage(self, actor: Actor, cards: CardPass) -> CardNumbers:
        """For the machine that writes the lists."""
        return await self._numbers(actor, "/v1/card-numbers/outage", cards)

    async def _numbers(self, actor: Actor, path: str, cards: CardPass) -> CardNumbers:
        keys = tuple(dict.fromkeys(cards.keys.values()))
        asked = CardNumbersRequest(card_keys=keys, ticket=cards.ticket)
        return await self._link.post(actor, path, CardNumbers, body=asked)

    async def import_file(
        self, actor: Actor, key: str, file_name: str, content: bytes
    ) -> ImportReport:
        return await self._link.upload(
            actor,
            "/v1/imports",
            ImportReport,
            key=key,
            data=content,
            headers={"Content-Type": "text/csv", "X-File-Name": quote(file_name, safe="")},
            seconds=IMPORT_SECONDS,
        )

    async def imports(self, actor: Actor) -> ImportList:
        return await self._link.get(actor, "/v1/imports", ImportList)

    async def import_report(self, actor: Actor, batch_id: UUID) -> ImportReport:
        """One import with its errors; the owner answers with a list of one."""
        found = await self._link.get(actor, f"/v1/imports/{batch_id}", ImportList)
        return found.imports[0]
