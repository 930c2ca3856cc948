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
    """POST /v1/imports (body: the CSV itself; header x-file-name, percent-encoded)."""

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


class ImportList(Contract):
    """GET /v1/imports: the newest 50, without their errors. GET /v1/imports/{id}: with them.
    Without `offices_known` no file is taken: booking's offices have not come in."""

    imports: tuple[ImportReport, ...]
    offices_known: bool = True


class CardHolder(Contract):
    """A person by key only. `version` rises with each change of that person. Who is `shielded`
    (Web不可) does not exist for the citizens' door and gets no mail."""

    card_key: str
    office_id: str
    state: CardState
    version: int
    shielded: bool = False


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
