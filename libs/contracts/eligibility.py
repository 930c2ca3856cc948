"""What eligibility says: who may collect a card, and where it is."""

from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from libs.common.facts import Contract, Fact
from libs.contracts.times import Day

TICKET_PURPOSE = "ticket"
TICKET_SECONDS = 900.0

CardState = Literal["ready", "collected"]
ColumnTarget = Literal["number", "born", "office", "shielded"]
DraftState = Literal["uploaded", "staging", "staged", "applying", "stopped", "refused"]
"""`stopped`: the process that worked on it ended. `refused`: nothing came of it."""


class Check(Contract):
    """POST /v1/checks (both doors): is there a card for this person?

    Citizens' wrong tries are counted. Once there were too many of a number, of an origin or of
    everybody, the refusals 'locked' and 'no-match' carry `challenge`, `wait`, `seconds` and
    `reason` (libs.common.tries); `work` is the answer to the challenge, or the wait when its
    seconds are over, and buys one more try. `origin` is the citizens' door's digest of the client's
    address, another each day; without it the door asks again about somebody who was identified, and
    only the number's tries count. The refusal 'too-soon' says in how many `seconds` the origin may
    try, and the `gap` between two tries. `opened` is what the CheckReply said when this number and
    this date were right: while they are, others' wrong tries cost nothing.
    """

    card_number: str = Field(max_length=64)
    born: Day
    work: str | None = Field(default=None, max_length=400)
    origin: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    opened: str | None = Field(default=None, max_length=64)


class CheckReply(Contract):
    """`ticket` is signed (Ed25519, purpose TICKET_PURPOSE, 15 minutes): card_key and born.
    `opened`: for the next Check of the same person."""

    ticket: str
    office_id: str
    state: CardState
    opened: str = ""


class CardKeyRequest(Contract):
    """POST /v1/card-keys (staff door): under which key others know a card of this number."""

    card_number: str = Field(max_length=64)


class CardKeyReply(Contract):
    """The key that a number has, whether there is such a card or not."""

    card_key: str


class TicketClaims(Contract):
    card_key: str
    born: date


CardUse = Literal["preparations", "booking", "list", "file", "outage", "today"]
"""What card numbers are opened for: 前日準備 / one booking's page / 予約一覧 / a file of it / the
list for an outage / 今日, which shows the last four signs alone."""
NUMBERS_PURPOSE = "card-pass"
CARD_PASS_SECONDS = 300.0
CARDS_MOST = 500
"""Cards that one pass is for at most: a part of a file, a day of one office."""


class CardPassClaims(Contract):
    """What booking vouches for: this actor may have the numbers of these cards for this use.
    `digest` is `digest_of_cards` of their keys. For `today` it is whoever has the right."""

    actor: str
    use: CardUse
    digest: str


class CardNumbersRequest(Contract):
    """POST /v1/card-numbers (staff door, right `cards.number`; …/outage for the machine that writes
    the lists for an outage, right `cards.outage`): the numbers of the cards of a pass, opened from
    their seals now. `ticket` is booking's (Ed25519, purpose NUMBERS_PURPOSE)."""

    card_keys: tuple[str, ...] = Field(max_length=CARDS_MOST)
    ticket: str = Field(max_length=1000)


class CardNumbers(Contract):
    """By card key, those that the import knows: whole as `numbers`, or the last four signs alone as
    `endings`, whatever the pass is for."""

    numbers: dict[str, str] = Field(default_factory=dict)
    endings: dict[str, str] = Field(default_factory=dict)


def digest_of_cards(card_keys: Iterable[str]) -> str:
    """What a pass says of the cards it is for: not which, but that they are these and no other."""
    return sha256("\n".join(sorted(card_keys)).encode()).hexdigest()


class RejectedRow(Contract):
    """A row that was not taken. `line` counts from 1 and includes the header; `reason` is a
    sentence in Japanese and never repeats what the row holds."""

    line: int
    column: str
    reason: str


class ImportReport(Contract):
    """What one import did. `errors` are at most the first of those that were rejected; all of them
    are pages of GET /v1/imports/{id}/faults. `can_undo`: it is the newest, and was not undone."""

    batch_id: UUID
    file_name: str
    encoding: str
    rows: int
    added: int
    changed: int
    unchanged: int
    rejected: int
    errors: tuple[RejectedRow, ...]
    at: AwareDatetime
    sent_by: str | None = None
    profile: str | None = None
    undone_at: AwareDatetime | None = None
    undone_by: str | None = None
    can_undo: bool = False


class ImportList(Contract):
    """GET /v1/imports: the newest 50, without their errors, and the files that were not applied
    yet. GET /v1/imports/{id}: one import with its errors.
    Without `offices_known` no file is taken: booking's offices have not come in."""

    imports: tuple[ImportReport, ...]
    offices_known: bool = True
    drafts: tuple["DraftLine", ...] = ()


class DraftLine(Contract):
    """A file on its way, in a list."""

    draft_id: UUID
    file_name: str
    state: "DraftState"
    sent_by: str
    at: AwareDatetime


class DraftLayout(Contract):
    """How a file is read: its encoding, its delimiter and the line of its header, 0 without one."""

    codec: str = Field(max_length=20)
    delimiter: Literal[",", "\t", ";"]
    header: int = Field(ge=0, le=100)


class ColumnChoice(Contract):
    """What the column at a place (from 0) is. Columns that nobody chose are not kept."""

    place: int = Field(ge=0, lt=1000)
    target: ColumnTarget


class OfficeWord(Contract):
    """What a file calls an office: a code, mostly."""

    word: str = Field(min_length=1, max_length=60)
    office_id: str = Field(max_length=60)


class DraftChoice(Contract):
    """POST /v1/drafts/{id}/stage (header x-form-key): which column is what. `office_id` is the
    office of all rows where no column says it. `profile` is the saved choice that was used,
    `save_as` the name to save this one under."""

    columns: tuple[ColumnChoice, ...] = Field(max_length=20)
    office_id: str | None = Field(default=None, max_length=60)
    words: tuple[OfficeWord, ...] = Field(default=(), max_length=200)
    profile: str | None = Field(default=None, max_length=60)
    save_as: str | None = Field(default=None, max_length=60)


class DraftColumn(Contract):
    """A column of the file, with some of its first cells. Dates are shown without month and day.
    `hidden`: the column is about people and none of ours, and its cells are not shown at all."""

    place: int
    heading: str
    samples: tuple[str, ...]
    target: ColumnTarget | None
    dates: str = ""
    hidden: bool = False


class DraftCounts(Contract):
    """What the rows of a draft would do. `changed` are those at another office as well; `booked`
    of them are persons with a booking."""

    rows: int
    added: int
    changed: int
    unchanged: int
    rejected: int
    booked: int = 0


class DraftProfile(Contract):
    profile_id: UUID
    name: str
    fits: bool


class Draft(Contract):
    """GET /v1/drafts/{id}: a file on its way into the list. `columns` are only for who sends the
    key of the form that the file came with (header x-form-key). `total` and `done` say how far a
    job is. `run` names the comparison that `counts` are of; `stale` says that the list changed
    since. `problem` is why nothing came of it."""

    draft_id: UUID
    file_name: str
    kind: Literal["csv", "xlsx"]
    state: DraftState
    size: int
    lines: int
    sent_by: str
    at: AwareDatetime
    layout: DraftLayout | None
    encoding: str
    columns: tuple[DraftColumn, ...] = ()
    readable: bool = False
    office_id: str | None = None
    words: tuple[OfficeWord, ...] = ()
    profile: str | None = None
    profiles: tuple[DraftProfile, ...] = ()
    done: int = 0
    total: int = 0
    counts: DraftCounts | None = None
    run: UUID | None = None
    stale: bool = False
    problem: str | None = None


class DraftRun(Contract):
    """POST /v1/drafts/{id}/apply: the comparison that was looked at. `confirmed`: the changes of
    persons with a booking as well."""

    run: UUID
    confirmed: bool = False


class VisitOfCard(Contract):
    """A booking that stands, of a person whom an import changes. Who does not serve its office
    learns no more than that there is one."""

    office_id: str | None
    starts_at: AwareDatetime | None


class DraftChange(Contract):
    """A person whom a draft would change: the last signs of the number, what is now and what then
    would be. Dates of birth are never whole: `born_now` is a year, `born_parts` are what differs.
    """

    line: int
    number: str
    office_now: str | None = None
    office_then: str | None = None
    born_now: str | None = None
    born_parts: str | None = None
    shielded_now: bool | None = None
    shielded_then: bool | None = None
    visits: tuple[VisitOfCard, ...] = ()


class DraftChanges(Contract):
    """GET /v1/drafts/{id}/changes?after=&booked=: in the order of their lines; `last` is where the
    next page begins."""

    changes: tuple[DraftChange, ...]
    last: int | None = None


class Faults(Contract):
    """GET /v1/drafts/{id}/faults?after= and /v1/imports/{id}/faults?after=: rejected rows in the
    order of their lines."""

    faults: tuple[RejectedRow, ...]
    last: int | None = None


class Done(Contract):
    """It was done; there is nothing to tell."""


class CardHolder(Contract):
    """A person by key only. `version` rises with each change of that person. Who is `shielded`
    (Web不可) does not exist for the citizens' door and gets no mail. Who is `withdrawn` is in the
    list no more: there is no card to collect."""

    card_key: str
    office_id: str
    state: CardState
    version: int
    shielded: bool = False
    withdrawn: bool = False


class PersonsImported(Fact):
    """New or changed persons, at most 500 a message."""

    name: ClassVar[str] = "eligibility.imported.v1"
    batch_id: UUID
    holders: tuple[CardHolder, ...]


class PersonsMoved(Fact):
    """Persons whose card is at another office now, at most 500 a message."""

    name: ClassVar[str] = "eligibility.moved.v1"
    batch_id: UUID
    holders: tuple[CardHolder, ...]
