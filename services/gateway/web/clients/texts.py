"""notify, as staff call it about the texts of mails."""

from libs.contracts.notify import (
    MailedOtherwise,
    MailText,
    OpenText,
    TextChange,
    TextList,
    TextPlace,
    TextPreview,
    TextTrial,
    TrialReply,
)
from services.gateway.web.link import Actor, Link

TRIAL_SECONDS = 40.0
"""A mail server may let one wait, for the connection and for the mail."""


class TextsClient:
    """notify: texts, one by one."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def texts(self, actor: Actor) -> TextList:
        return await self._link.get(actor, "/v1/texts", TextList)

    async def text(self, actor: Actor, place: TextPlace) -> OpenText:
        path = f"/v1/texts/{place.kind}/{place.language}"
        query = {
            "procedure": place.procedure_id, "office": place.office_id, "series": place.series_id,
        }  # fmt: skip
        return await self._link.get(actor, path, OpenText, query)

    async def change(self, actor: Actor, key: str, ask: TextChange) -> OpenText:
        return await self._link.post(actor, "/v1/texts", OpenText, key=key, body=ask)

    async def preview(self, actor: Actor, ask: TextPreview) -> MailText:
        return await self._link.post(actor, "/v1/texts/preview", MailText, body=ask)

    async def mailed_otherwise(self, actor: Actor, guidance_id: str) -> MailedOtherwise:
        path = f"/v1/guidances/{guidance_id}/mailed-otherwise"
        return await self._link.get(actor, path, MailedOtherwise)

    async def try_out(self, actor: Actor, key: str, ask: TextTrial) -> TrialReply:
        path = "/v1/texts/trial"
        return await self._link.post(
            actor, path, TrialReply, key=key, body=ask, seconds=TRIAL_SECONDS
        )
