"""Somebody of the form has a booking already, or seems to: what is said of it."""

from dataclasses import dataclass

from libs.contracts.booking import StaffBooking
from services.gateway.lgwan.counter import sentences as say
from services.gateway.lgwan.counter.entry import Entry, prefix_of
from services.gateway.web.link import Refused
from services.gateway.web.rules import VisitRules


@dataclass(frozen=True)
class Clash:
    """`person` has another booking of the kind, or seems to: `other`, where it may be shown. With
    `in_party` it is somebody of the form. `may_differ`: staff may say that it is another person."""

    person: int
    sentence: str
    other: StaffBooking | None
    in_party: bool
    may_differ: bool

    @property
    def field(self) -> str:
        return prefix_of(self.person) + "another" if self.may_differ else "clash"


def clash_of(refused: Refused, person: int, entry: Entry, rules: VisitRules) -> Clash:
    """`rules` are those of the person. A card is one person's for certain, a name is not."""
    told, same_as = refused.facts.get("booking"), refused.facts.get("same_as")
    by_name = rules.asks_name or (same_as is not None and entry.people[person].unknown)
    return Clash(
        person,
        say.clash(refused.slug, person, same_as, entry.is_party),
        StaffBooking.model_validate(told) if told else None,
        in_party=same_as is not None,
        may_differ=refused.slug == "like-another" or by_name,
    )
