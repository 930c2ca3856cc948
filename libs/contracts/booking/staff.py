"""What members of staff see of bookings, and what they do with them."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from libs.common.facts import Contract

from .cards import CardPass
from .offer import Channel, Language, Need, Outcome, Relation, Spoken, Status, Visitor
from .stamps import Stamps

ListSort = Literal["starts_at", "booked_at", "procedure", "office", "status", "channel", "number"]
"""What a list may be ordered by: nothing that is personal. Words go in the order of the pages."""

EXPORT_MOST = 200_000
"""Bookings in one file at most: a year of the city."""


StaffAction = Literal[
    "tick", "receive", "move", "swap", "cancel", "reach", "replace", "link", "correct"
]
"""What may be done about a booking: 受付 to 元に戻す / 今日・ここで受け付ける / 日時・場所を変更 /
時間の入れ替え / 取消 / 連絡先を変更 / 差替え / 予約IDの確認 / 結果を訂正"""


class HistoryLine(Contract):
    """One version of a booking: as it was from then on, who made it so, and why."""

    version: int
    at: AwareDatetime
    actor: str
    what: str
    status: Status
    starts_at: AwareDatetime
    reason: str | None = None
    outcome: Outcome | None = None
    office_id: str | None = None
    window_id: int | None = None


class StaffBooking(Contract):
    """A booking as staff see it in a list. No name: the number is enough to call and to find.

    `window_id` is the place that it takes, in which nobody is promised to be served: pages, paper
    and lists name `window` alone, where its person was called to, and none before that.
    `in_outage`: an outage met the visit, which nobody is said to have missed.
    """

    booking_id: UUID
    number: str
    procedure_id: str
    office_id: str
    starts_at: AwareDatetime
    minutes: int
    window_id: int
    visitor: Visitor
    channel: Channel
    status: Status
    outcome: Outcome | None
    has_email: bool
    mail_failed: bool
    card_moved: bool
    booked_at: AwareDatetime
    version: int
    also: tuple[str, ...] = ()
    window: int | None = None
    relation: Relation | None = None
    in_outage: bool = False


HereRefusal = Literal["card-elsewhere", "not-eligible"]
"""The card lies at another office / the card cannot be collected now."""


class HereOffer(Contract):
    """An office of the caller's at which the booking may be received today, although it is for
    another day or office; `refused` says why it may not after all."""

    office_id: str
    refused: HereRefusal | None = None


class NewerBooking(Contract):
    """The card was handed over, and its person has another booking that stands. `booking` is None
    where the caller may not see that one."""

    booking: StaffBooking | None


class StaffBookingDetail(Contract):
    """`may` is what its state and its day allow to do, whatever the caller's rights are; `here` is
    where it may be received today instead of its own place. `cards` and `has_inquiry` are None
    where the procedure does not ask. `party_size` counts the standing bookings of the same party,
    `party` are the others that the caller may see. `unlinked`: it waits for its booking id.
    `reception` is the 受付番号 of its day. `displaced` are those of them whose time the city
    closed, and who have not answered yet. `shelf` is where the card lies; it `has_shelf` where the
    city uses 保管番号 and the card is at the office of the booking."""

    booking: StaffBooking
    kana: str | None
    history: tuple[HistoryLine, ...]
    phone: str | None = None
    needs: tuple[Need, ...] = ()
    interpreter: Spoken | None = None
    cards: int | None = None
    has_inquiry: bool | None = None
    language: Language = "ja"
    party_size: int = 1
    party: tuple[StaffBooking, ...] = ()
    unlinked: bool = False
    reception: int | None = None
    may: tuple[StaffAction, ...] = ()
    here: tuple[HereOffer, ...] = ()
    newer: NewerBooking | None = None
    displaced: tuple[UUID, ...] = ()
    has_shelf: bool = False
    shelf: str | None = None


class StaffShield(Contract):
    """GET /v1/staff/bookings/{id}/shield, with a right of its own: whether the person is not served
    online (Web不可)."""

    shielded: bool


class StaffBookingList(Contract):
    """GET /v1/staff/bookings?office=…&day=…&procedure=…&status=…&number=…&after=…: at most 200,
    by appointment time; `next_after` continues.

    Also: channel; days of the visit `from` and `until`, days of the booking `booked_from` and
    `booked_until`, first and last included; `sort` (a ListSort, with a `-` before it downwards);
    `limit`, 1 to 500; `ids`, those of a search, at most SEARCH_MOST, with commas; `cards=1` for
    `cards`, which callers with the right `cards.number` get.
    """

    bookings: tuple[StaffBooking, ...]
    next_after: str | None
    cards: CardPass | None = None


class StaffBookingExport(Contract):
    """GET /v1/staff/bookings/export/all, with the same filter and order: the parts of a file, one a
    line, all of one moment.

    The first part says how many there are in all; EXPORT_MOST + 1 stands for more than that. `at`
    is when this part was read. `stamps` are those of whoever came.
    """

    bookings: tuple[StaffBooking, ...]
    next_after: str | None
    at: AwareDatetime
    total: int | None
    cards: CardPass | None = None
    stamps: dict[UUID, Stamps] = Field(default_factory=dict)


class Tick(Contract):
    """POST /v1/staff/bookings/{id}/arrive | call | finish | miss | undo: 受付, 呼出, outcome,
    来庁なし, undo.

    `version` is the one the member of staff saw. A visit for several procedures is finished with
    `outcomes`, one for each further procedure, beside `outcome` for the first; where all of them
    failed for one reason, that `outcome` alone will do.

    `window` is the one that calls. It must be one that the office has today; without it whoever was
    called before is called there again, and anybody else is refused as 'window-needed'. Where
    somebody else is served there, the refusal 'window-in-use' says who by `reception`; `anyway`
    calls all the same.
    """

    version: int
    outcome: Outcome | None = None
    outcomes: dict[str, Outcome] = Field(default_factory=dict)
    window: int | None = Field(default=None, ge=1, le=99)
    anyway: bool = False


class ReceiveHere(Contract):
    """POST /v1/staff/bookings/{id}/receive: 今日・ここで受け付ける. The booking moves to now at
    this office, over capacity where it is full or closed, and its person is here: one step. Who may
    tick at the office may do it. No mail is sent."""

    version: int
    office_id: str


CANCEL_REASONS = {
    "request": "ご本人からの申し出",
    "office": "窓口の都合",
    "duplicate": "重複した予約",
    "mistake": "受付の誤り",
}
"""Why staff cancel: these words stay in the history, and nothing else about a person does."""


class StaffCancel(Contract):
    """POST /v1/staff/bookings/{id}/cancel. `reason` is one of the texts of CANCEL_REASONS."""

    version: int
    reason: str = Field(max_length=200)
