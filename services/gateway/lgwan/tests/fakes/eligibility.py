"""Eligibility in memory: whose card lies where, and the files that were imported."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from libs.contracts.booking import CARD_NUMBERS, CARD_NUMBERS_OF_OUTAGES, CardPass
from libs.contracts.eligibility import (
    CardNumbers,
    Check,
    CheckReply,
    Draft,
    DraftChange,
    DraftChanges,
    DraftChoice,
    DraftColumn,
    DraftCounts,
    DraftLayout,
    DraftLine,
    DraftProfile,
    DraftRun,
    Faults,
    ImportList,
    ImportReport,
    RejectedRow,
    VisitOfCard,
)
from services.gateway.web.clients import EligibilityClient
from services.gateway.web.link import Actor, Body, Refused, Unreachable

BORN = date(1960, 4, 1)
FAULTS_A_PAGE = 1000
COLUMNS = (
    DraftColumn(place=0, heading="製造管理番号", samples=("ABC-123456",), target="number"),
    DraftColumn(
        place=1, heading="生年月日", samples=("昭和25年•月•日",), target="born", dates="和暦"
    ),
    DraftColumn(place=2, heading="氏名", samples=(), target=None, hidden=True),
    DraftColumn(place=3, heading="交付場所", samples=("本庁舎",), target="office"),
)

CHANGES = (
    DraftChange(
        line=5,
        number="3456",
        office_now="鶴崎支所",
        office_then="明野支所",
        visits=(
            VisitOfCard(office_id="鶴崎支所", starts_at=datetime(2026, 12, 4, 1, 0, tzinfo=UTC)),
        ),
    ),
    DraftChange(line=9, number="7777", born_now="1967年", born_parts="月と日"),
)


class FakeEligibility(EligibilityClient):
    """Keeps the files it was sent; compares them with `errors` and `changes`, or refuses with
    `refusal`; `slow`: no job comes to its end by itself. `cards` are
    the offices where cards lie, by number; everybody was born on BORN."""

    def __init__(self, errors: Iterable[RejectedRow] = ()) -> None:
        self.files: list[tuple[str, bytes, str]] = []
        self.errors = tuple(errors)
        self.reports: dict[UUID, ImportReport] = {}
        self.refusal: Refused | None = None
        self.cards = {"ABC-123456": "honcho", "DEF-234567": "tsurusaki"}
        self.away = False
        self.opened: list[tuple[str, str, int]] = []
        """Who had the numbers of how many cards, and what for."""
        self.offices_known = True
        self.drafts: dict[UUID, Draft] = {}
        self.keys: dict[UUID, str] = {}
        self.columns = COLUMNS
        self.choices: list[DraftChoice] = []
        self.changes: tuple[DraftChange, ...] = ()
        self.profiles: tuple[DraftProfile, ...] = ()
        self.step_refusal: Refused | None = None
        self.problem: str | None = None
        self.slow = False

    async def check(self, actor: Actor, request: Check) -> CheckReply:
        if self.away:
            raise Unreachable("ClientConnectorError")
        office = self.cards.get(request.card_number)
        if office is None or request.born != BORN:
            raise Refused(404, "no-match", {})
        return CheckReply(ticket=f"ticket of {office}", office_id=office, state="ready")

    async def card_key(self, actor: Actor, card_number: str) -> str:
        if self.away:
            raise Unreachable("ClientConnectorError")
        return sha256(card_number.replace("-", "").encode()).hexdigest()

    async def card_numbers(self, actor: Actor, cards: CardPass) -> CardNumbers:
        return self._opened(actor, cards, CARD_NUMBERS)

    async def card_numbers_for_outage(self, actor: Actor, cards: CardPass) -> CardNumbers:
        return self._opened(actor, cards, CARD_NUMBERS_OF_OUTAGES)

    def _opened(self, actor: Actor, cards: CardPass, right: str) -> CardNumbers:
        if self.away:
            raise Unreachable("ClientConnectorError")
        if right not in actor.rights:
            raise Refused(403, "not-allowed", {})
        self.opened.append((actor.name, cards.ticket, len(cards.keys)))
        numbers = {key: key.removeprefix("key of ") for key in cards.keys.values()}
        numbers = {key: number for key, number in numbers.items() if number}
        if cards.ticket == "today":
            return CardNumbers(endings={key: number[-4:] for key, number in numbers.items()})
        return CardNumbers(numbers=numbers)

    async def send_file(self, actor: Actor, key: str, file_name: str, body: Body) -> Draft:
        if self.refusal:
            raise self.refusal
        content = b"".join([piece async for piece in body.pieces()])
        self.files.append((file_name, content, key))
        draft = Draft(
            draft_id=uuid4(),
            file_name=file_name,
            kind="csv",
            state="uploaded",
            size=len(content),
            lines=len(content.splitlines()),
            sent_by=actor.name,
            at=datetime.now(UTC),
            layout=DraftLayout(codec="cp932", delimiter=",", header=1),
            encoding="Shift_JIS（CP932）",
            columns=self.columns,
        )
        self.drafts[draft.draft_id] = draft
        self.keys[draft.draft_id] = key
        return draft

    async def draft(self, actor: Actor, draft_id: UUID, key: str = "", profile: str = "") -> Draft:
        draft = self.drafts.get(draft_id)
        if draft is None or draft.sent_by != actor.name:
            raise Refused(404, "not-found", {})
        readable = key == self.keys[draft_id]
        columns = draft.columns if readable else ()
        profiles = self.profiles
        more = {"readable": readable, "columns": columns, "profiles": profiles}
        return draft.model_copy(update=more)

    async def read_draft_as(
        self, actor: Actor, draft_id: UUID, key: str, layout: DraftLayout
    ) -> None:
        self._change(draft_id, layout=layout)

    async def stage_draft(
        self, actor: Actor, draft_id: UUID, key: str, choice: DraftChoice
    ) -> None:
        if self.step_refusal:
            raise self.step_refusal
        self.choices.append(choice)
        if self.problem:
            self._change(draft_id, state="refused", problem=self.problem)
            return
        rows = self.drafts[draft_id].lines - 1
        rejected = len({error.line for error in self.errors})
        counts = DraftCounts(
            rows=rows,
            added=rows - rejected,
            changed=len(self.changes),
            unchanged=0,
            rejected=rejected,
            booked=len([change for change in self.changes if change.visits]),
        )
        targets = {column.place: column.target for column in choice.columns}
        columns = tuple(
            column.model_copy(update={"target": targets.get(column.place)})
            for column in self.drafts[draft_id].columns
        )
        state = "staging" if self.slow else "staged"
        self._change(
            draft_id, state=state, counts=counts, run=uuid4(), columns=columns, total=100, done=40
        )

    async def compare_draft(self, actor: Actor, draft_id: UUID, key: str) -> None:
        self._change(draft_id, state="staged", stale=False)

    async def apply_draft(self, actor: Actor, draft_id: UUID, asked: DraftRun) -> None:
        if self.step_refusal:
            raise self.step_refusal
        draft = self.drafts[draft_id]
        assert draft.counts and draft.run == asked.run
        if draft.counts.booked and not asked.confirmed:
            raise Refused(409, "not-confirmed", {"detail": "予約のある方の変更が1件あります。"})
        if self.slow:
            self._change(draft_id, state="applying")
            return
        del self.drafts[draft_id]
        counts = draft.counts.model_dump(exclude={"booked"})
        self.reports[draft_id] = ImportReport(
            batch_id=draft_id,
            file_name=draft.file_name,
            encoding=draft.encoding,
            errors=self.errors,
            at=draft.at,
            sent_by=actor.name,
            profile=draft.profile,
            can_undo=True,
            **counts,
        )

    async def drop_draft(self, actor: Actor, draft_id: UUID) -> None:
        if self.drafts.pop(draft_id, None) is None:
            raise Refused(404, "not-found", {})

    async def draft_changes(
        self, actor: Actor, draft_id: UUID, after: int = 0, *, booked: bool = False
    ) -> DraftChanges:
        found = [change for change in self.changes if bool(change.visits) == booked]
        return DraftChanges(changes=tuple(change for change in found if change.line > after))

    async def draft_faults(self, actor: Actor, draft_id: UUID, after: int = 0) -> Faults:
        return self._faults(after)

    async def import_faults(self, actor: Actor, batch_id: UUID, after: int = 0) -> Faults:
        return self._faults(after)

    async def drop_import_profile(self, actor: Actor, profile_id: UUID) -> None:
        self.profiles = tuple(p for p in self.profiles if p.profile_id != profile_id)

    async def undo_import(self, actor: Actor, batch_id: UUID) -> None:
        if self.step_refusal:
            raise self.step_refusal
        undone = {"undone_at": datetime.now(UTC), "undone_by": actor.name, "can_undo": False}
        self.reports[batch_id] = self.reports[batch_id].model_copy(update=undone)

    async def imports(self, actor: Actor) -> ImportList:
        lines = tuple(
            DraftLine(**draft.model_dump(include=set(DraftLine.model_fields)))
            for draft in self.drafts.values()
        )
        return ImportList(
            imports=tuple(self.reports.values()), offices_known=self.offices_known, drafts=lines
        )

    async def import_report(self, actor: Actor, batch_id: UUID) -> ImportReport:
        if batch_id not in self.reports:
            raise Refused(404, "not-found", {})
        return self.reports[batch_id]

    def set_draft(self, **changes: Any) -> None:
        """The only draft, as something else made it."""
        (draft_id,) = self.drafts
        self._change(draft_id, **changes)

    def _change(self, draft_id: UUID, **changes: Any) -> None:
        self.drafts[draft_id] = self.drafts[draft_id].model_copy(update=changes)

    def _faults(self, after: int) -> Faults:
        rest = [error for error in self.errors if error.line > after]
        page = rest[:FAULTS_A_PAGE]
        return Faults(faults=tuple(page), last=page[-1].line if len(rest) > len(page) else None)
