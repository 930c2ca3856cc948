"""What the procedures of one visit ask, whom they let come, and what is to be brought."""

from dataclasses import dataclass
from datetime import date, datetime

from libs.contracts.booking import Procedure, Use, Visitor, VisitorRule
from libs.contracts.times import day_of
from libs.rules.visits import asks_inquiry, last_change_day, strongest

EVERY_VISITOR: tuple[Visitor, ...] = ("self", "guardian", "proxy")


@dataclass(frozen=True)
class VisitRules:
    """The procedures of one person, the first one chosen first. What one of them asks is asked."""

    procedures: tuple[Procedure, ...]

    @property
    def needs_card(self) -> bool:
        return any(p.needs_card for p in self.procedures)

    @property
    def at_card_office(self) -> bool:
        """Whether the visit has to be where the card is."""
        return any(p.at_card_office for p in self.procedures)

    @property
    def asks_name(self) -> bool:
        """A card says who collects it; for everything else 氏名カナ and date of birth do."""
        return not all(p.needs_card for p in self.procedures)

    @property
    def asks_birth(self) -> bool:
        """Whose card it is has said it before."""
        return not self.needs_card

    @property
    def asks_needs(self) -> bool:
        return any(p.asks_needs for p in self.procedures)

    @property
    def asks_cards(self) -> bool:
        return any(p.asks_cards for p in self.procedures)

    @property
    def visitors(self) -> tuple[Visitor, ...]:
        """Those who can be chosen, with those who are then led to the phone."""
        return tuple(v for v in EVERY_VISITOR if all(_listed(p, v) for p in self.procedures))

    def phone_reason(self, visitor: Visitor) -> str:
        """Why this visit is not booked online; empty when it is."""
        return next((r.phone_reason for r in self._rules(visitor) if r.phone_reason), "")

    def asks_inquiry(self, visitor: str) -> bool:
        return asks_inquiry(self.procedures, visitor)

    def documents(self, visitor: Visitor) -> tuple[str, ...]:
        """What to bring, each once."""
        lists = [
            *(p.documents for p in self.procedures),
            *(r.documents for r in self._rules(visitor)),
        ]
        return tuple(dict.fromkeys(document for listed in lists for document in listed))

    def change_until(self, start: datetime) -> date | None:
        """The last day on which the citizen may move a visit; None where that is its own day, until
        it begins."""
        day = day_of(start)
        last = last_change_day(self.procedures, day)
        return last if last < day else None

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(note for p in self.procedures for note in p.notes))

    @property
    def email(self) -> Use:
        return strongest(p.email for p in self.procedures)

    @property
    def phone(self) -> Use:
        return strongest(p.phone for p in self.procedures)

    def _rules(self, visitor: Visitor) -> list[VisitorRule]:
        return [p.rule(visitor) for p in self.procedures]


def _listed(procedure: Procedure, visitor: Visitor) -> bool:
    return visitor in procedure.visitors or bool(procedure.rule(visitor).phone_reason)
