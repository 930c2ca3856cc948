"""差替え as its form is read: who comes instead, and what is still missing or wrong."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from libs.contracts.booking import PersonExchange, Procedure, StaffBooking, StaffBookingDetail
from libs.rules.guardians import Times, at_two_windows, overlap
from services.gateway.lgwan.counter.entry import Entry
from services.gateway.lgwan.counter.sentences import AWAY, REFUSALS
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.web.link import Refused
from services.gateway.web.reading import Errors
from services.gateway.web.rules import VisitRules

CLASH = "この方には、すでに同じ種類の予約があります。どちらかを取り消してから、差し替えてください。"
GUARDED = (
    "一緒に申し込んだ方が同じ時間に法定代理人と来るため、「本人と法定代理人」には差し替えられません。"
    "先にどちらかの時間を変えてください。"
)
_OWN: dict[str, tuple[str, str]] = {
    "already-booked": ("who", CLASH),
    "same-person": ("who", "この予約の方と同じ方です。別の方を入力してください。"),
    "by-chief": ("who", "この差替えは責任者が行います"),
    "card-elsewhere": (
        "card",
        "この方のカードは別の場所にあるため、差し替えられません。",
    ),
    "guardian-needed": REFUSALS["guardian-needed"],
    "no-match": REFUSALS["no-match"],
    "already-collected": REFUSALS["already-collected"],
    "not-eligible": REFUSALS["not-eligible"],
    "one-window": ("visitor", GUARDED),
    "malformed": ("visitor", "この来庁者では差し替えられません。来庁者をお確かめください。"),
}
TIMES: dict[str, str] = {
    "not-offered": "時間の長さか、窓口でできる手続きが違うため、入れ替えられません。",
    "time-closed": "どちらかの時間が、窓口の都合でなくなりました。"
    "先に「連絡が必要な予約」で決めてください。",
    "one-window": "同じ法定代理人の方が2つの窓口に同時に行くことになるため、入れ替えられません。",
    "card-elsewhere": "カードのある場所が違うため、入れ替えられません。",
    "not-eligible": "カードの準備ができていないため、入れ替えられません。",
    "malformed": "同じ申し込みの方とだけ、入れ替えられます。",
}


@dataclass
class ExchangeTry:
    """What was typed, what is wrong with it, and another booking of the person that stands in the
    way."""

    entry: Entry = field(default_factory=Entry)
    errors: Errors = field(default_factory=dict)
    other: StaffBooking | None = None
    status: int = 200

    def refuse(self, refused: Refused, rules: VisitRules) -> None:
        """Raises what the page does not expect."""
        if refused.slug not in _OWN:
            raise refused
        name, sentence = _OWN[refused.slug]
        who = "card" if rules.needs_card else "kana"
        self.errors[who if name == "who" else name] = sentence
        self.status = refused.status
        told = refused.facts.get("booking")
        self.other = StaffBooking.model_validate(told) if told else None

    def is_away(self) -> None:
        self.errors["card"], self.status = AWAY, 503


def is_guarded(found: StaffBookingDetail) -> bool:
    """Whether somebody who comes along has a guardian who is at their window meanwhile."""
    own, *others = _times(found.booking), *map(_times, _guarded(found.party))
    return any(overlap(own, other) for other in others)


def may_swap(found: StaffBookingDetail, other: StaffBooking) -> bool:
    """Not where a guardian of the party would be at two windows at once afterwards."""
    at = {found.booking.booking_id: _times(other), other.booking_id: _times(found.booking)}
    party = _guarded((found.booking, *found.party))
    return not at_two_windows(at.get(one.booking_id) or _times(one) for one in party)


def _guarded(several: Iterable[StaffBooking]) -> list[StaffBooking]:
    return [one for one in several if one.visitor == "guardian"]


def _times(booking: StaffBooking) -> Times:
    return booking.starts_at, booking.minutes


def rules_of(booking: StaffBooking, catalog: CatalogIndex) -> VisitRules:
    """What the procedures of the visit ask."""
    wanted = (booking.procedure_id, *booking.also)
    known: list[Procedure | None] = [catalog.procedures.get(one) for one in wanted]
    return VisitRules(tuple(one for one in known if one))


def fields(rules: VisitRules) -> tuple[str, ...]:
    """What the form asks and may find wrong."""
    known = (*(("card",) if rules.needs_card else ()), *(("kana",) if rules.asks_name else ()))
    return (*known, "born", "email", "phone")


def lacking(entry: Entry, rules: VisitRules) -> Errors:
    """What the exchange still needs, by field."""
    wanted = {
        "card": (rules.needs_card and not entry.who.card, "予約IDを入力してください。"),
        "kana": (rules.asks_name and not entry.who.kana, "氏名カナを入力してください。"),
        "born": (entry.who.born is None, "生年月日を入力してください。"),
    }
    return {name: text for name, (lacks, text) in wanted.items() if lacks}


def exchange_of(
    entry: Entry, rules: VisitRules, version: int, ticket: str | None
) -> PersonExchange:
    return PersonExchange(
        version=version,
        visitor=entry.who.visitor,
        ticket=ticket,
        kana=entry.who.kana if rules.asks_name else None,
        born=None if rules.needs_card else entry.who.born,
        needs=entry.who.needs if rules.asks_needs else (),
        interpreter=entry.who.interpreter if rules.asks_needs else None,
        has_inquiry=entry.who.inquiry if rules.asks_inquiry(entry.who.visitor) else None,
        email=entry.email or None,
        phone=entry.phone or None,
    )
