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
    Done,
    Draft,
    DraftChanges,
    DraftChoice,
    DraftLayout,
    DraftRun,
    Faults,
    ImportList,
    ImportReport,
)
from services.gateway.web.link import Actor, Body, Link

UPLOAD_SECONDS = 70.0
UNDO_SECONDS = 40.0
FORM_KEY = "X-Form-Key"


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

    async def send_file(self, actor: Actor, key: str, file_name: str, body: Body) -> Draft:
        """A file on its way into the list. `key` opens it again."""
        return await self._link.upload(
            actor,
            "/v1/drafts",
            Draft,
            key=key,
            body=body,
            headers={
                "Content-Type": "application/octet-stream",
                "X-File-Name": quote(file_name, safe=""),
            },
            seconds=UPLOAD_SECONDS,
        )

    async def draft(self, actor: Actor, draft_id: UUID, key: str = "", profile: str = "") -> Draft:
        query = {"profile": profile} if profile else None
        return await self._link.get(actor, _draft(draft_id), Draft, query, {FORM_KEY: key})

    async def read_draft_as(
        self, actor: Actor, draft_id: UUID, key: str, layout: DraftLayout
    ) -> None:
        await self._step(actor, draft_id, "layout", key, layout)

    async def stage_draft(
        self, actor: Actor, draft_id: UUID, key: str, choice: DraftChoice
    ) -> None:
        await self._step(actor, draft_id, "stage", key, choice)

    async def compare_draft(self, actor: Actor, draft_id: UUID, key: str) -> None:
        await self._step(actor, draft_id, "compare", key)

    async def apply_draft(self, actor: Actor, draft_id: UUID, asked: DraftRun) -> None:
        await self._step(actor, draft_id, "apply", "", asked)

    async def drop_draft(self, actor: Actor, draft_id: UUID) -> None:
        await self._step(actor, draft_id, "drop", "")

    async def draft_changes(
        self, actor: Actor, draft_id: UUID, after: int = 0, *, booked: bool = False
    ) -> DraftChanges:
        query = {"after": str(after), "booked": "1" if booked else "0"}
        return await self._link.get(actor, f"{_draft(draft_id)}/changes", DraftChanges, query)

    async def draft_faults(self, actor: Actor, draft_id: UUID, after: int = 0) -> Faults:
        query = {"after": str(after)}
        return await self._link.get(actor, f"{_draft(draft_id)}/faults", Faults, query)

    async def drop_import_profile(self, actor: Actor, profile_id: UUID) -> None:
        await self._link.post(actor, f"/v1/import-profiles/{profile_id}/drop", Done)

    async def imports(self, actor: Actor) -> ImportList:
        return await self._link.get(actor, "/v1/imports", ImportList)

    async def import_report(self, actor: Actor, batch_id: UUID) -> ImportReport:
        """One import with its errors; the owner answers with a list of one."""
        found = await self._link.get(actor, f"/v1/imports/{batch_id}", ImportList)
        return found.imports[0]

    async def import_faults(self, actor: Actor, batch_id: UUID, after: int = 0) -> Faults:
        query = {"after": str(after)}
        return await self._link.get(actor, f"/v1/imports/{batch_id}/faults", Faults, query)

    async def undo_import(self, actor: Actor, batch_id: UUID) -> None:
        path = f"/v1/imports/{batch_id}/undo"
        await self._link.post(actor, path, ImportList, seconds=UNDO_SECONDS)

    async def _step(
        self,
        actor: Actor,
        draft_id: UUID,
        step: str,
        key: str,
        body: DraftLayout | DraftChoice | DraftRun | None = None,
    ) -> None:
        path, more = f"{_draft(draft_id)}/{step}", {FORM_KEY: key}
        await self._link.post(actor, path, Done, body=body, more=more)


def _draft(draft_id: UUID) -> str:
    return f"/v1/drafts/{draft_id}"
