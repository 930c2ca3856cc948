"""A visit in the words of its language; what nobody translated stays Japanese."""

from collections.abc import Sequence
from dataclasses import replace

from libs.common.facts import Contract
from libs.contracts.booking import (
    LaterAddress,
    OfficeText,
    ProcedureText,
    VisitorRule,
    address_on,
)
from libs.contracts.times import day_of

from .languages import shown_names, with_readings
from .letter import Visit


class Told(Contract):
    """What is known of a procedure: in Japanese, and in the language of the visit, if anything."""

    name: str
    documents: tuple[str, ...]
    notes: tuple[str, ...]
    rules: tuple[VisitorRule, ...] = ()
    text: ProcedureText | None = None

    @property
    def words(self) -> ProcedureText:
        return self.text or ProcedureText()

    def brought_by(self, visitor: str) -> tuple[str, ...]:
        """The procedure's documents, and those of who comes."""
        own, translated = _of(self.rules, visitor), _of(self.words.visitors, visitor)
        return *_all(self.words.documents, self.documents), *_all(translated, own)


def at_address(
    visit: Visit, office: OfficeText, later: Sequence[LaterAddress]
) -> tuple[Visit, OfficeText]:
    """The visit and the office's words with the address that the office has on that day."""
    moved = address_on(later, day_of(visit.starts_at))
    if moved is None:
        return visit, office
    translated = moved.texts.get(visit.language, "")
    return (
        replace(visit, office_address=moved.address),
        office.model_copy(update={"address": translated}),
    )


def in_words(visit: Visit, office: OfficeText, visitor: str, procedures: Sequence[Told]) -> Visit:
    """`office` is the text in the language of the visit, possibly empty. What several procedures
    ask to bring is said once."""
    names = [_either(told.words.name, told.name) for told in procedures]
    documents = [one for told in procedures for one in told.brought_by(visitor)]
    notes = [one for told in procedures for one in _all(told.words.notes, told.notes)]
    return replace(
        visit,
        office=_either(office.name, visit.office),
        office_address=_either(office.address, visit.office_address),
        procedure=shown_names(names, visit.language),
        documents=tuple(dict.fromkeys(documents)),
        notes=tuple(dict.fromkeys(notes)),
    )


def _of(rules: Sequence[VisitorRule], visitor: str) -> tuple[str, ...]:
    return next((rule.documents for rule in rules if rule.visitor == visitor), ())


def _either(translated: str, japanese: str) -> str:
    return with_readings(translated) if translated else japanese


def _all(translated: tuple[str, ...], japanese: tuple[str, ...]) -> tuple[str, ...]:
    """A list that was translated as a whole: with another length it would mislead."""
    if len(translated) != len(japanese):
        return japanese
    return tuple(_either(*pair) for pair in zip(translated, japanese, strict=True))
