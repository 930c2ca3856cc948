"""Texts of mails in memory, with the owner's own refusals."""

from datetime import UTC, datetime, timedelta

from libs.contracts.booking import counter_offices
from libs.contracts.notify import (
    TRIALS_AN_HOUR,
    MailedOtherwise,
    MailText,
    OpenText,
    TextChange,
    TextFault,
    TextList,
    TextPlace,
    TextPreview,
    TextTrial,
    TextVersion,
    TrialReply,
)
from services.gateway.web.clients import TextsClient
from services.gateway.web.link import Actor, Refused

SUPPLIED = MailText(
    subject="【大分市】ご予約を受け付けました",
    body="ご予約ありがとうございます。次の内容で受け付けました。\n\n予約番号：{{number}}\n"
    "日時：{{when}}\n手続き：{{procedure}}\n場所：{{office}}\n\n"
    "■ 当日お持ちいただくもの\n{{documents}}\n\n"
    "■ 予約の確認・変更・取り消し\n{{link_url}}\n\n大分市",
)
SAMPLE = {
    "number": "8K2M4-7QX3P",
    "when": "2026年12月1日（火）10時30分",
    "office": "本庁舎1階市民課",
    "procedure": "カードの交付",
    "documents": "・交付通知書（はがき）\n・本人確認書類",
    "link_url": "https://yoyaku.example.jp/open/SAMPLE",
}
NEEDED = (("number",), ("when",), ("office",), ("link_url", "find_url"))
BEGAN = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)


class FakeTexts(TextsClient):
    """`changes` are all versions of each place, oldest first; `sent` the test mails and their
    keys; `answer` what the mail server says to the next ones. `read_only`: the actor serves not all
    offices, whatever the account says."""

    def __init__(self) -> None:
        self.changes: dict[TextPlace, list[TextVersion]] = {}
        self.keys: list[str] = []
        self.sent: list[tuple[TextTrial, str]] = []
        self.answer = TrialReply(result="sent", reply="250")
        self.read_only = False
        self.otherwise = MailedOtherwise(visits=(), total=0)

    async def mailed_otherwise(self, actor: Actor, guidance_id: str) -> MailedOtherwise:
        return self.otherwise

    async def texts(self, actor: Actor) -> TextList:
        return TextList(
            places=tuple(p for p in self.changes if self._own(p) and _reaches(actor, p))
        )

    async def text(self, actor: Actor, place: TextPlace) -> OpenText:
        if not _reaches(actor, place) or "nowhere" in (place.procedure_id, place.series_id):
            raise Refused(404, "not-found", {})
        history = tuple(reversed(self.changes.get(place, [])))
        source = place.nearest({p for p in self.changes if self._own(p)})
        return OpenText(
            place=place,
            version=len(history),
            own=self._own(place),
            current=(source and self._own(source)) or SUPPLIED,
            source=source,
            variables=tuple(sorted(SAMPLE)),
            needed=NEEDED,
            may_change=_may_change(actor, place) and not self.read_only,
            history=history,
        )

    async def change(self, actor: Actor, key: str, ask: TextChange) -> OpenText:
        opened = await self.text(actor, ask.place)
        if not opened.may_change:
            raise Refused(403, "not-allowed", {})
        if ask.text:
            _check(ask.text)
        if key not in self.keys:
            if opened.version != ask.version:
                raise Refused(409, "version-conflict", {})
            self.keys.append(key)
            self.write(ask.place, ask.text, actor.name)
        return await self.text(actor, ask.place)

    async def preview(self, actor: Actor, ask: TextPreview) -> MailText:
        await self.text(actor, ask.place)
        _check(ask.text)
        body = ask.text.body
        for name, value in SAMPLE.items():
            body = body.replace(f"{{{{{name}}}}}", value)
        return MailText(subject=ask.text.subject, body=body)

    async def try_out(self, actor: Actor, key: str, ask: TextTrial) -> TrialReply:
        await self.preview(actor, ask)
        if len(self.sent) >= TRIALS_AN_HOUR:
            raise Refused(429, "too-many-trials", {})
        if ask.to.endswith("@docomo.example"):
            raise Refused(422, "bad-address", {})
        if key not in [before for _, before in self.sent]:
            self.sent.append((ask, key))
        return self.answer

    def write(self, place: TextPlace, text: MailText | None, by: str = "suzuki") -> None:
        """A change, as from another terminal."""
        changes = self.changes.setdefault(place, [])
        at = BEGAN + timedelta(minutes=len(changes))
        changes.append(TextVersion(version=len(changes) + 1, text=text, by=by, at=at))

    def _own(self, place: TextPlace) -> MailText | None:
        changes = self.changes.get(place)
        return changes[-1].text if changes else None


def _reaches(actor: Actor, place: TextPlace) -> bool:
    return not place.office_id or _may_change(actor, place)


def _may_change(actor: Actor, place: TextPlace) -> bool:
    return bool({"*", place.office_id} & counter_offices(actor))


def _check(text: MailText) -> None:
    """Some of the owner's rules: one for the subject, two for the body."""
    faults = [
        TextFault(field="body", reason="needed", what=" ".join(group))
        for group in NEEDED
        if not any(f"{{{{{name}}}}}" in text.body for name in group)
    ]
    if "{{name}}" in text.body:
        faults.insert(0, TextFault(field="body", reason="unknown", what="name"))
    if "暗証番号" in text.subject:
        faults.insert(0, TextFault(field="subject", reason="procedure", what="暗証番号"))
    if faults:
        raise Refused(422, "text-refused", {"faults": [fault.model_dump() for fault in faults]})
