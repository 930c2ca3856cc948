"""A booking in progress: its answers in one sealed cookie that only its own pages receive."""

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from libs.common.seal import CannotOpen, KeyRing
from libs.contracts.booking import Booking, BookingProof, Hold

from .parties import Party
from .who import Who

COOKIE = "draft"
MAX_BYTES = 3072
LIFETIME_SECONDS = 12 * 3600
TICKET_FRESH_SECONDS = 600.0

Area = Literal["book", "booking"]
Done = Literal["", "cancelled", "changed", "contact"]


@dataclass(frozen=True, kw_only=True)
class Draft(Who):
    """What the pages of one booking know: the answers about the first person and all else.

    In the area 'book' a booking comes to be; in 'booking' one is seen and changed, with `token`
    (of the link in a mail) or `number` and `born` as the proof.
    After the end `number` is there and the personal answers are not.
    """

    id: str
    area: Area
    office_id: str = ""
    email: str = ""
    phone: str = ""
    ticket: str = ""
    ticket_at: float = 0.0
    token: str = ""
    expires_at: str = ""
    extensions_left: int = 0
    taken: str = ""
    has_email: bool = False
    done: Done = ""

    @property
    def path(self) -> str:
        return f"/{self.area}/{self.id}/"

    def calendar(self, shown: date | None = None) -> str:
        """The address of the month page from the draft's own pages, opened at the month of `shown`
        or at the first with places. It needs no cookie, so the same page serves everybody."""
        path = f"month/{self.procedure_id}/{self.office_id}"
        return f"{path}?m={shown:%Y-%m}" if shown else path

    @property
    def wish(self) -> Party:
        """What times are looked for."""
        return Party((self.procedure_ids,))

    @property
    def expiry(self) -> datetime | None:
        return datetime.fromisoformat(self.expires_at) if self.expires_at else None

    @property
    def proof(self) -> BookingProof | None:
        if self.area != "booking":
            return None
        if self.token:
            return BookingProof(token=self.token)
        return BookingProof(number=self.number, born=self.born_date)

    @property
    def ticket_is_fresh(self) -> bool:
        return time.time() - self.ticket_at < TICKET_FRESH_SECONDS

    def with_hold(self, hold: Hold) -> "Draft":
        return replace(
            self,
            starts_at=hold.starts_at.isoformat(),
            expires_at=hold.expires_at.isoformat(),
            extensions_left=hold.extensions_left,
            taken="",
        )

    def without_hold(self) -> "Draft":
        return replace(self, expires_at="", extensions_left=0)

    def without_time(self) -> "Draft":
        """What was chosen before the time has changed: the time is asked again."""
        return replace(self.without_hold(), starts_at="")

    def unidentified(self) -> "Draft":
        """The card has to be checked again; what was typed stays."""
        return replace(self.without_hold(), code="", card_office="", ticket="", ticket_at=0.0)

    def at_office(self, office_id: str) -> "Draft":
        """Another office has other times."""
        moved = self.office_id not in ("", office_id)
        return replace(self.without_time() if moved else self, office_id=office_id)

    def booked(self, booking: Booking) -> "Draft":
        """What the last page shows, and nothing about the person."""
        return Draft(
            id=self.id,
            area=self.area,
            procedure_id=booking.procedure_id,
            office_id=booking.office_id,
            visitor=booking.visitor,
            starts_at=booking.starts_at.isoformat(),
            number=booking.number,
            has_email=booking.has_email,
        )


def new_draft(area: Area, procedure_id: str, **answers: Any) -> Draft:
    return Draft(id=secrets.token_hex(8), area=area, procedure_id=procedure_id, **answers)


_FIELDS = Draft.__dataclass_fields__.keys()


class Drafts:
    """Seals and opens drafts. Answers that another release of this door wrote are passed over."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        self._ring = KeyRing("draft", keys)

    def seal(self, draft: Draft) -> str:
        answers = {name: value for name, value in vars(draft).items() if value}
        text = json.dumps({"at": int(time.time()), **answers}, ensure_ascii=False)
        word = self._ring.seal(text)
        assert len(word) <= MAX_BYTES, "the answers of a draft outgrew their cookie"
        return word

    def open(self, word: str, area: str, draft_id: str) -> Draft | None:
        """None when there is none, or it is another's, too old, or not ours."""
        try:
            answers = json.loads(self._ring.open(word))
        except CannotOpen:
            return None
        if answers.pop("at") + LIFETIME_SECONDS < time.time():
            return None
        draft = _restored(answers)
        return draft if (draft.area, draft.id) == (area, draft_id) else None


def _restored(answers: Mapping[str, Any]) -> Draft:
    """JSON has lists where answers have tuples."""
    known: dict[str, Any] = {name: answers[name] for name in answers.keys() & _FIELDS}
    known |= {name: tuple(value) for name, value in known.items() if isinstance(value, list)}
    return Draft(**known)
