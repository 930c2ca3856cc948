"""Files on their way into the list, as people go through them step by step."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID, uuid4

from libs.common.errors import NotFound
from libs.common.seal import CannotOpen
from libs.contracts.eligibility import (
    Draft,
    DraftChoice,
    DraftLayout,
    DraftRun,
)
from libs.contracts.times import JST
from services.eligibility.domain.choices import check_choice, columns_of, profile_of
from services.eligibility.domain.layout import FileLayout, find_delimiter, first_lines
from services.eligibility.domain.problems import FileGone, NotConfirmed, WrongDraftState
from services.eligibility.domain.records import FileLine
from services.eligibility.store import Store
from services.eligibility.tables import DraftRow
from services.eligibility.vault import Vault

from .applying import Applying
from .draft_replies import to_contract
from .files import Order, SealedFile, pack_lines, unpack_lines
from .jobs import Jobs
from .staging import Staging, Task
from .uploads import LONGEST_PREVIEW, Uploads

STAGED_FROM = ("uploaded", "staged", "staging", "applying")
APPLIED_FROM = ("staged", "applying")


@dataclass(frozen=True)
class ImportDrafts:
    """The desk where a file is read, compared and applied. Only who sent it goes on with it."""

    uploads: Uploads
    staging: Staging
    applying: Applying
    vault: Vault
    jobs: Jobs
    now: Callable[[], datetime]

    async def show(self, draft_id: UUID, order: Order, profile_id: UUID | None = None) -> Draft:
        """As it is now; with the columns for who has the key of the form, as they were chosen last
        or as `profile_id` says. Raises NotFound."""
        async with self.uploads.open_store() as store:
            draft = await self.own(store, draft_id, order)
            profiles, revision = await store.profiles(), await store.revision()
            booked = await store.count_booked(draft_id, self.today())
        lines = self._preview(draft, order)
        guesser = await self.uploads.guesser(order)
        return to_contract(
            draft, profiles, revision, booked, lines, guesser, self.now(), profile_id
        )

    async def read_as(self, draft_id: UUID, order: Order, wanted: DraftLayout) -> None:
        """Another encoding, delimiter or line of the header than was found. Raises NotFound,
        FileGone, WrongDraftState, UnreadableFile."""
        layout = FileLayout(wanted.codec, wanted.delimiter, wanted.header)
        async with self.uploads.open_store() as store:
            draft = await self.own(store, draft_id, order)
        if draft.kind == "xlsx":
            lines = self._preview(draft, order)
        else:
            head = await self._file(draft_id, order).first()
            if wanted.codec != (draft.layout or {}).get("codec"):
                text = head.decode(wanted.codec, "replace")[:100_000]
                layout = FileLayout(wanted.codec, find_delimiter(text), wanted.header)
            lines = first_lines(head, layout.codec, layout.delimiter)[:LONGEST_PREVIEW]
            if not lines and draft.size <= len(head):
                lines = first_lines(head + b"\r\n", layout.codec, layout.delimiter)
        box = self.vault.file_box(order.key)
        async with self.uploads.open_store() as store:
            draft = await self.own(store, draft_id, order, lock=True)
            if draft.state not in ("uploaded", "staged"):
                raise WrongDraftState
            draft.layout, draft.touched_at = asdict(layout), self.now()
            draft.preview, draft.choice = _packed(box.seal(pack_lines(lines), "preview")), None

    async def stage(self, draft_id: UUID, order: Order, choice: DraftChoice) -> None:
        """Compare the file with the list, by these columns. Goes on after the answer. Raises
        NotFound, FileGone, WrongDraftState, MissingColumn."""
        guesser = await self.uploads.guesser(order)
        check_choice(choice, guesser.offices, order.serves)
        run, now = uuid4(), self.now()
        async with self.uploads.open_store() as store:
            draft = await self.own(store, draft_id, order)
            lines = self._preview(draft, order)
            if not await store.begin_run(draft_id, "staging", STAGED_FROM, run, now):
                raise WrongDraftState
            draft.choice = choice.model_dump(mode="json")
            draft.profile = choice.save_as or choice.profile
            draft.total = draft.size if draft.kind == "csv" else 0
            layout = FileLayout(**(draft.layout or {}))
            if choice.save_as:
                saved = profile_of(choice, _headings(lines, layout), guesser)
                await store.save_profile(uuid4(), choice.save_as, saved, order.sent_by, now)
            kind = draft.kind
        task = Task(draft_id, run, kind, layout, columns_of(choice), guesser.offices)
        self.jobs.start("stage", self.staging.stage(task, self._file(draft_id, order)))

    async def compare(self, draft_id: UUID, order: Order) -> None:
        """Once more with the list as it is by now; a comparison that broke off begins anew. Raises
        NotFound, FileGone, WrongDraftState."""
        async with self.uploads.open_store() as store:
            draft = await self.own(store, draft_id, order)
        if draft.state == "staging" and draft.choice:
            await self.stage(draft_id, order, DraftChoice.model_validate(draft.choice))
            return
        run = uuid4()
        async with self.uploads.open_store() as store:
            if not await store.begin_run(draft_id, "staging", APPLIED_FROM, run, self.now()):
                raise WrongDraftState
            await store.renew(draft_id, run, self.now(), total=await store.last_line(draft_id))
        self.jobs.start("compare", self.staging.compare(draft_id, run))

    async def apply(self, draft_id: UUID, order: Order, asked: DraftRun) -> None:
        """Into the list, if it is what was looked at. Goes on after the answer. Raises NotFound,
        WrongDraftState, NotConfirmed."""
        run, now = uuid4(), self.now()
        async with self.uploads.open_store() as store:
            draft = await self.own(store, draft_id, order, lock=True)
            if draft.run != asked.run:
                raise WrongDraftState
            booked = await store.count_booked(draft_id, self.today())
            if booked and not asked.confirmed:
                raise NotConfirmed(booked)
            if not await store.begin_run(draft_id, "applying", APPLIED_FROM, run, now):
                raise WrongDraftState
        self.jobs.start("apply", self.applying.apply(draft_id, run))

    async def drop(self, draft_id: UUID, order: Order) -> None:
        """Nothing of the file is kept, and nothing of the list has changed. Raises NotFound,
        WrongDraftState: while it is applied it cannot be dropped."""
        async with self.uploads.open_store() as store:
            draft = await self.own(store, draft_id, order, lock=True)
            if draft.state == "applying" and (draft.leased_until or draft.at) > self.now():
                raise WrongDraftState
            await store.drop_draft(draft_id)

    async def drop_profile(self, profile_id: UUID) -> None:
        async with self.uploads.open_store() as store:
            await store.drop_profile(profile_id)

    async def forget(self) -> None:
        """Drafts that nobody went on with, and what belongs to none any more."""
        async with self.uploads.open_store() as store:
            await store.drop_forgotten(self.now())
        while True:
            async with self.uploads.open_store() as store:
                if not await store.sweep():
                    return

    def today(self) -> datetime:
        """Its beginning, in Japan."""
        return self.now().astimezone(JST).replace(hour=0, minute=0, second=0, microsecond=0)

    async def own(
        self, store: Store, draft_id: UUID, order: Order, *, lock: bool = False
    ) -> DraftRow:
        """Raises NotFound, also for what somebody else sent."""
        draft = await store.draft(draft_id, lock=lock)
        if draft is None or draft.sent_by != order.sent_by or draft.state == "receiving":
            raise NotFound("この取り込みは、反映されたか、取りやめられています。")
        return draft

    def _file(self, draft_id: UUID, order: Order) -> SealedFile:
        """Raises FileGone without a key."""
        if not order.key:
            raise FileGone
        box = self.vault.file_box(order.key)
        return SealedFile(draft_id, box, self.uploads.open_store, self.jobs)

    def _preview(self, draft: DraftRow, order: Order) -> list[FileLine]:
        """The first rows; none for who has not the key of the form."""
        if not order.key or draft.preview is None:
            return []
        box = self.vault.file_box(order.key)
        try:
            return unpack_lines(box.open(b64decode(draft.preview), "preview"))
        except CannotOpen:
            return []


def _headings(lines: Sequence[FileLine], layout: FileLayout) -> tuple[str, ...]:
    found = next((line.cells for line in lines if line.number == layout.header), None)
    return tuple(found or ())


def _packed(sealed: bytes) -> str:
    return b64encode(sealed).decode()
