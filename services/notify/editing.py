"""What staff do with texts of mails: see, change, try out. Texts for all offices are changed by who
serves all; those of one office by who serves it, and to others they are as absent."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from libs.common.assertion import EVERY_OFFICE, Caller
from libs.common.errors import NotAllowed, NotFound
from libs.contracts.booking import counter_offices
from libs.contracts.notify import (
    MailText,
    NotMailable,
    OpenText,
    TextChange,
    TextList,
    TextPlace,
    TextPreview,
    TextTrial,
    TrialReply,
    TrialResult,
    mailbox,
)

from .domain.faults import faults_of, needed_of, tidy, variables_of
from .domain.letter import LetterVisit, MailWriter
from .domain.outcome import Reply
from .domain.problems import BadAddress, TextRefused
from .domain.template import Template
from .store import OpenStore, Store
from .text_store import ChangeOfText

Post = Callable[[str, bytes], Awaitable[Reply]]
"""Sends one mail (address, bytes) and waits for what the server says."""

SAMPLE_TOKEN = "SAMPLE"  # noqa: S105 - opens nothing
TRIAL_MARK = "【試験】"
_RESULTS: dict[str, TrialResult] = {"taken": "sent", "never": "refused", "later": "later"}


@dataclass(frozen=True)
class Editing:
    """Texts before they are sent: the transactions, the letters' own writer, and one mail."""

    open_store: OpenStore
    writer: MailWriter
    post: Post

    async def all(self, caller: Caller) -> TextList:
        """Where the city has texts of its own, of all offices and of those of the caller."""
        async with self.open_store() as store:
            shelf = await store.own_texts()
        seen = [place for place in shelf.texts if _reaches(caller, place.office_id)]
        return TextList(places=tuple(sorted(seen, key=lambda place: tuple(vars(place).values()))))

    async def open(self, caller: Caller, asked: TextPlace) -> OpenText:
        """Raises NotFound."""
        async with self.open_store() as store:
            place = await _known(store, caller, asked)
            return await self._opened(store, caller, place)

    async def change(self, caller: Caller, key: str, ask: TextChange) -> OpenText:
        """Raises NotFound, NotAllowed, TextRefused, VersionConflict."""
        async with self.open_store() as store:
            place = await _known(store, caller, ask.place)
            if not _may_change(caller, place):
                raise NotAllowed("Texts for all offices are changed by who serves all.")
            said = await self._sound(store, place, ask.text) if ask.text else None
            await store.change_text(ChangeOfText(place, said, caller.actor, key), ask.version)
            return await self._opened(store, caller, place)

    async def preview(self, caller: Caller, ask: TextPreview) -> MailText:
        """As the mail would say it. Raises NotFound, TextRefused."""
        template, visit = await self._tried(caller, ask)
        return MailText(subject=template.subject, body=self.writer.told(template, visit))

    async def try_out(self, caller: Caller, key: str, ask: TextTrial) -> TrialReply:
        """Send it once, for each key. Raises NotFound, TextRefused, BadAddress, TooManyTrials."""
        template, visit = await self._tried(caller, ask)
        try:
            to = mailbox(ask.to)
        except NotMailable as error:
            raise BadAddress(str(error)) from None
        async with self.open_store() as store:
            before = await store.begin_trial(caller.actor, key)
        if before is not None:
            return _reply(before)
        marked = Template(TRIAL_MARK + template.subject, template.body)
        message_id = self.writer.message_id(uuid4(), 1, ask.place.kind)
        sent = await self.post(
            to, self.writer.letter(marked, visit, to, message_id, datetime.now(UTC))
        )
        told = f"{_RESULTS[sent.meaning]} {sent.text}"
        async with self.open_store() as store:
            await store.end_trial(caller.actor, key, told)
        return _reply(told)

    async def _tried(self, caller: Caller, ask: TextPreview) -> tuple[Template, LetterVisit]:
        async with self.open_store() as store:
            place = await _known(store, caller, ask.place)
            said = await self._sound(store, place, ask.text)
            return Template(said.subject, said.body), await _sample(store, place)

    async def _sound(self, store: Store, place: TextPlace, text: MailText) -> MailText:
        """The text as it is kept. Raises TextRefused."""
        said, names = tidy(text), await store.procedure_names()
        if faults := faults_of(said, self._supplied(place), names):
            raise TextRefused(faults)
        return said

    async def _opened(self, store: Store, caller: Caller, place: TextPlace) -> OpenText:
        own, history = (await store.own_texts()).texts, await store.text_history(place)
        supplied = self._supplied(place)
        as_supplied = MailText(subject=supplied.subject, body=supplied.body.strip("\n"))
        source = place.nearest(own)
        return OpenText(
            place=place,
            version=history[0].version if history else 0,
            own=own.get(place),
            current=own[source] if source else as_supplied,
            source=source,
            variables=tuple(sorted(variables_of(supplied))),
            needed=needed_of(supplied),
            may_change=_may_change(caller, place),
            history=history,
        )

    def _supplied(self, place: TextPlace) -> Template:
        return self.writer.templates[place.language][place.kind]


async def _known(store: Store, caller: Caller, place: TextPlace) -> TextPlace:
    """The place, if its office, series and procedure exist and are this caller's to see. Raises
    NotFound."""
    if _reaches(caller, place.office_id):
        await _sample(store, place)
        return place
    raise NotFound("There is no such text.")


async def _sample(store: Store, place: TextPlace) -> LetterVisit:
    visit = await store.sample(place, SAMPLE_TOKEN)
    if visit is None:
        raise NotFound("There is no such text.")
    return visit


def _reaches(caller: Caller, office_id: str) -> bool:
    return not office_id or bool({EVERY_OFFICE, office_id} & counter_offices(caller))


def _may_change(caller: Caller, place: TextPlace) -> bool:
    return bool({EVERY_OFFICE, place.office_id} & counter_offices(caller))


def _reply(kept: str) -> TrialReply:
    """Nothing kept: the trial is under way, or its process died; nobody knows what came of it."""
    result, _, reply = kept.partition(" ")
    return TrialReply(
        result=next((r for r in _RESULTS.values() if r == result), "later"), reply=reply
    )
