"""One person of a booking for others: what was typed about them, and what is still missing."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self, get_args

from libs.contracts.booking import Need, Relation, Spoken, Visitor
from libs.rules.folding import fold
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.web.forms import Form
from services.gateway.web.needs import read_needs
from services.gateway.web.reading import Errors, Reading
from services.gateway.web.rules import VisitRules
from services.gateway.web.times import now
from services.gateway.web.typed import Mistyped, read_person_name

from .birth import born_in_words, read_born

LONGEST_CARD = 40


@dataclass(frozen=True)
class TypedPerson:
    """`unknown`: the booking id is not known. `birth` is `born` as it was typed. `another`: staff
    say that it is another person. `relation`: the word by which the number is told apart from those
    of the others."""

    procedure_ids: tuple[str, ...] = ()
    card: str = ""
    unknown: bool = False
    kana: str = ""
    birth: str = ""
    born: date | None = None
    visitor: Visitor = "self"
    inquiry: bool = False
    cards: int = 0
    needs: tuple[Need, ...] = ()
    interpreter: Spoken | None = None
    another: bool = False
    relation: Relation | None = None

    def change(self, **values: Any) -> Self:
        return replace(self, **values)

    @property
    def birth_said(self) -> str:
        """The date of birth as it was understood, to be read back."""
        return born_in_words(self.born, now().date()) if self.born else ""

    @property
    def is_complete_card(self) -> bool:
        """Whether eligibility can be asked about the card."""
        return bool(self.card and self.born) and not self.unknown


def read_who(form: Form, catalog: CatalogIndex, today: date) -> tuple[TypedPerson, Errors]:
    """What was sent about one person, with a sentence for each field that cannot be read."""
    reading, chosen = Reading(form), set(form.all("procedure"))
    birth = reading.text("born")
    needs, interpreter = read_needs(form)
    who = TypedPerson(
        procedure_ids=tuple(one for one in catalog.procedures if one in chosen),
        card=fold(reading.text("card")).upper()[:LONGEST_CARD],
        unknown=bool(form.get("unknown")),
        kana=as_read(reading, "kana", read_person_name),
        birth=birth,
        born=_born(reading, birth, today),
        visitor=one_of(get_args(Visitor), form.get("visitor"), "self"),
        inquiry=bool(form.get("inquiry")),
        cards=int(one_of(tuple("123456789"), form.get("cards"), "0")),
        needs=needs,
        interpreter=interpreter,
        another=bool(form.get("another")),
        relation=one_of(get_args(Relation), form.get("relation"), None),
    )
    return who, reading.errors


def missing_of(who: TypedPerson, rules: VisitRules) -> Errors:
    """What a booking still needs of this person, by field."""
    wanted = {
        "procedure": (not who.procedure_ids, "手続きを選んでください。"),
        "card": (
            rules.needs_card and not who.unknown and not who.card,
            "予約IDを入力するか、「予約IDがわからない」を選んでください。",
        ),
        "kana": (
            not who.kana and (rules.asks_name or who.unknown),
            "氏名カナを入力してください。",
        ),
        "born": (who.born is None, "生年月日を入力してください。"),
    }
    return {name: sentence for name, (lacks, sentence) in wanted.items() if lacks}


def as_read(reading: Reading, name: str, understand: Any) -> str:
    """The text as it is understood, or as it was typed where it cannot be."""
    typed = reading.text(name)
    if not typed or name in reading.errors:
        return ""
    try:
        return understand(typed) or ""
    except Mistyped as wrong:
        reading.errors[name] = str(wrong)
        return typed


def one_of(known: tuple[Any, ...], text: str, otherwise: Any) -> Any:
    return text if text in known else otherwise


def _born(reading: Reading, typed: str, today: date) -> date | None:
    try:
        return read_born(typed, today) if typed else None
    except Mistyped as wrong:
        reading.errors["born"] = str(wrong)
        return None
