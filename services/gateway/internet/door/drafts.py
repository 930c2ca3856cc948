"""A booking in progress: its answers in one sealed cookie that only its own pages receive."""

import json
import secrets
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from libs.common.seal import CannotOpen, KeyRing
from libs.contracts.booking import Arrangement, BookingProof, CitizenBooking, Hold
from services.gateway.internet.offer.parties import Party

from .answers import PersonAnswers

COOKIE = "draft"
MAX_BYTES = 3072
LIFETIME_SECONDS = 12 * 3600
LONG = 1024
"""Longer answers are compressed, so that those of four people fit into a cookie."""

Area = Literal["book", "booking"]
Done = Literal[
    "",
    "cancelled",
    "changed",
    "contact",
    "closed",
    "too-young",
    "proposal-gone",
    "resent",
    "mailed-enough",
    "unopened-mails",
]
Why = Literal["", "busy", "closed", "held-enough", "guardian"]
"""Why a time was not given: others have it, are at it just now, it is not offered any more, this
session had it for as long as can be, or the guardian is at a window with another child then."""


@dataclass(frozen=True, kw_only=True)
class BookingDraft(PersonAnswers):
    """What the pages of one booking know: the answers about the first person and all else.

    In the area 'book' a booking comes to be; in 'booking' one is seen and changed, with `token`
    (of the link in a mail) or `number` and `born` as the proof, and `opened` for when others were
    wrong about the number meanwhile. `join_…` prove the booking whose party a new one is added to.
    `wanted_day` is the day that a link named. `taken` is the time that was not given, and
    `taken_office` where, if not at the draft's own.
    After the end `number` is there and the personal answers are not.
    """

    id: str
    area: Area
    office_id: str = ""
    email: str = ""
    phone: str = ""
    token: str = ""
    opened: str = ""
    join_number: str = ""
    join_born: str = ""
    join_token: str = ""
    join_start: str = ""
    people: tuple[PersonAnswers, ...] = ()
    arrangement: Arrangement | Literal[""] = ""
    expires_at: str = ""
    extensions_left: int = 0
    taken: str = ""
    taken_office: str = ""
    why: Why = ""
    has_email: bool = False
    mail_waits: bool = False
    rebooks: bool = False
    wanted_day: str = ""
    done: Done = ""

    @property
    def path(self) -> str:
        return f"/{self.area}/{self.id}/"

    def calendar(self, shown: date | None = None) -> str:
        """The address of the month page from the draft's own pages, opened at the month of `shown`
        or at the first with places. It needs no cookie, so the same page serves everybody. Several
        people or procedures have the list of days with room for all of it."""
        if self.people or self.also or self.rebooks:
            return "days"
        if shown is None and self.join_start:
            shown = datetime.fromisoformat(self.join_start).date()
        path = f"month/{self.procedure_id}/{self.office_id}"
        return f"{path}?m={shown:%Y-%m}" if shown else path

    @property
    def joins(self) -> BookingProof | None:
        """The proof of the booking whose party the new one is added to."""
        if self.join_token:
            return BookingProof(token=self.join_token)
        if not self.join_number:
            return None
        born = date.fromisoformat(self.join_born)
        return BookingProof(number=self.join_number, born=born, opened=self.opened or None)

    @property
    def wish(self) -> Party:
        """What times are looked for."""
        people = tuple(who.procedure_ids for who in self.everyone)
        return Party(people, self.arrangement or "together", self.rebooks)

    @property
    def everyone(self) -> tuple[PersonAnswers, ...]:
        return (self, *self.people)

    def who(self, number: int) -> PersonAnswers:
        """The person of that number; 1 is the first. Raises IndexError."""
        return self.everyone[number - 1]

    def answer(self, number: int, **answers: Any) -> "BookingDraft":
        """Other answers about the person of that number."""
        if number == 1:
            return replace(self, **answers)
        people = list(self.people)
        people[number - 2] = people[number - 2].change(**answers)
        return replace(self, people=tuple(people))

    def unidentified(self, number: int = 1) -> "BookingDraft":
        """That person's card has to be checked again; what was typed and the hold stay."""
        return self.answer(
            number, code="", card_office="", ticket="", ticket_at=0.0, card_opened=""
        )

    @property
    def only_in_turn(self) -> bool:
        """Whether a guardian comes with more than one: nobody is at two windows at once."""
        return sum(who.visitor == "guardian" for who in self.everyone) > 1

    def joined_by(self, who: PersonAnswers) -> "BookingDraft":
        """One more person: how all are received, and when, is asked again."""
        return replace(self.without_time(), people=(*self.people, who), arrangement="")

    def left_by(self, number: int) -> "BookingDraft":
        """Without the person of that number, who is not the first."""
        stay = tuple(who for n, who in enumerate(self.people, 2) if n != number)
        arrangement = self.arrangement if stay else ""
        return replace(self.without_time(), people=stay, arrangement=arrangement)

    @property
    def ended(self) -> bool:
        """Whether a booking came of it: what is there now is only for its last page."""
        return self.area == "book" and bool(self.number)

    @property
    def expiry(self) -> datetime | None:
        return datetime.fromisoformat(self.expires_at) if self.expires_at else None

    def minutes_left(self, now: datetime) -> int:
        """Whole minutes for which the time is still held, at least 1; 0 when it is not."""
        left = (self.expiry - now).total_seconds() if self.expiry else 0.0
        return max(1, int(left // 60)) if left > 0 else 0

    @property
    def proof(self) -> BookingProof | None:
        if self.area != "booking":
            return None
        if self.token:
            return BookingProof(token=self.token)
        opened = self.opened or None
        return BookingProof(number=self.number, born=self.born_date, opened=opened)

    def with_hold(self, hold: Hold) -> "BookingDraft":
        held = zip(self.people, hold.lines[1:], strict=False)
        return replace(
            self,
            starts_at=hold.starts_at.isoformat(),
            people=tuple(who.change(starts_at=line.starts_at.isoformat()) for who, line in held),
            expires_at=hold.expires_at.isoformat(),
            extensions_left=hold.extensions_left,
            taken="",
            taken_office="",
            why="",
            wanted_day="",
        )

    def refused_at(self, start: datetime, office_id: str, why: Why) -> "BookingDraft":
        """A time that was wanted and not given; what is held stays."""
        elsewhere = office_id if office_id != self.office_id else ""
        return replace(self, taken=start.isoformat(), taken_office=elsewhere, why=why)

    def without_hold(self) -> "BookingDraft":
        return replace(self, expires_at="", extensions_left=0)

    def without_time(self) -> "BookingDraft":
        """What was chosen before the time has changed: the time is asked again."""
        return replace(self.without_hold(), starts_at="")

    def at_office(self, office_id: str) -> "BookingDraft":
        """Another office has other times."""
        moved = self.office_id not in ("", office_id)
        changed = replace(self.without_time(), wanted_day="") if moved else self
        return replace(changed, office_id=office_id)

    def booked(self, booking: CitizenBooking) -> "BookingDraft":
        """What the last page shows, and nothing about the person."""
        return BookingDraft(
            id=self.id,
            area=self.area,
            procedure_id=booking.procedure_id,
            office_id=booking.office_id,
            visitor=booking.visitor,
            starts_at=booking.starts_at.isoformat(),
            number=booking.number,
            has_email=booking.has_email,
            mail_waits=booking.mail_waits,
            also=booking.also,
            relation=booking.relation or "",
            people=tuple(
                PersonAnswers(
                    procedure_id=member.procedure_id,
                    also=member.also,
                    visitor=member.visitor,
                    starts_at=member.starts_at.isoformat(),
                    number=member.number,
                    relation=member.relation or "",
                )
                for member in booking.party
            ),
        )


def new_draft(area: Area, procedure_id: str, **answers: Any) -> BookingDraft:
    return BookingDraft(id=secrets.token_hex(8), area=area, procedure_id=procedure_id, **answers)


class BookingDrafts:
    """Seals and opens drafts. Answers that another release of this door wrote are passed over."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        self._ring = KeyRing("draft", keys)

    def seal(self, draft: BookingDraft) -> str:
        answers = _given(draft) | {"people": [_given(who) for who in draft.people]}
        text = json.dumps({"at": int(time.time()), **answers}, ensure_ascii=False).encode()
        word = self._ring.seal_bytes(zlib.compress(text) if len(text) > LONG else text)
        assert len(word) <= MAX_BYTES, "the answers of a draft outgrew their cookie"
        return word

    def open(self, word: str, area: str, draft_id: str) -> BookingDraft | None:
        """None when there is none, or it is another's, too old, or not ours."""
        try:
            text = self._ring.open_bytes(word)
        except CannotOpen:
            return None
        answers = json.loads(text if text.startswith(b"{") else zlib.decompress(text))
        if answers.pop("at") + LIFETIME_SECONDS < time.time():
            return None
        draft = _restored(answers)
        return draft if (draft.area, draft.id) == (area, draft_id) else None


def _given(who: PersonAnswers) -> dict[str, Any]:
    return {name: value for name, value in vars(who).items() if value}


def _restored(answers: Mapping[str, Any]) -> BookingDraft:
    people = tuple(PersonAnswers(**_known(one, PersonAnswers)) for one in answers.get("people", ()))
    return BookingDraft(**_known(answers, BookingDraft) | {"people": people})


def _known(answers: Mapping[str, Any], kind: type[PersonAnswers]) -> dict[str, Any]:
    """JSON has lists where answers have tuples."""
    found = {name: answers[name] for name in answers.keys() & kind.__dataclass_fields__.keys()}
    return {n: tuple(value) if isinstance(value, list) else value for n, value in found.items()}
