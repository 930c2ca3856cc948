"""The answers about one person of a booking in progress."""

import time
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self

from services.gateway.web.typed import TypedDate

TICKET_FRESH_SECONDS = 600.0


@dataclass(frozen=True, kw_only=True)
class PersonAnswers:
    """Answers so far; an empty text is one not given yet. Times are ISO 8601.

    `also` are further procedures in the same visit. `code` is the card number as it is compared,
    `card_office` where that card is, `ticket` eligibility's word for it, `card_opened` what makes
    the next one free. `starts_at` is the
    person's own time, `number` that of the booking, `relation` the word that tells whose it is.
    `about_you` says that the page about the person was sent without errors.
    """

    procedure_id: str = ""
    also: tuple[str, ...] = ()
    card: str = ""
    code: str = ""
    card_office: str = ""
    era: str = "ce"
    year: str = ""
    month: str = ""
    day: str = ""
    born: str = ""
    kana: str = ""
    visitor: str = ""
    has_inquiry: bool = False
    needs: tuple[str, ...] = ()
    interpreter: str = ""
    cards: int = 0
    about_you: bool = False
    ticket: str = ""
    ticket_at: float = 0.0
    card_opened: str = ""
    starts_at: str = ""
    number: str = ""
    relation: str = ""

    @property
    def procedure_ids(self) -> tuple[str, ...]:
        return (self.procedure_id, *self.also)

    @property
    def birth(self) -> TypedDate:
        return TypedDate(self.era, self.year, self.month, self.day)

    @property
    def born_date(self) -> date | None:
        return date.fromisoformat(self.born) if self.born else None

    @property
    def start(self) -> datetime | None:
        return datetime.fromisoformat(self.starts_at) if self.starts_at else None

    @property
    def ticket_is_fresh(self) -> bool:
        return time.time() - self.ticket_at < TICKET_FRESH_SECONDS

    def change(self, **answers: Any) -> Self:
        """The same person with other answers."""
        return replace(self, **answers)


def birth_answers(birth: TypedDate, born: date | None) -> dict[str, str]:
    """The date of birth as it was typed and, where it could be read, as it is."""
    return {
        "era": birth.era,
        "year": birth.year,
        "month": birth.month,
        "day": birth.day,
        "born": born.isoformat() if born else "",
    }
