"""A visit in the words of its language; what nobody translated stays Japanese."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from pydantic import AwareDatetime

from libs.common.facts import Contract
from libs.contracts.booking import (
    Guidance,
    LaterAddress,
    OfficeText,
    ProcedureText,
    Relation,
    VisitorRule,
    address_on,
    guidances_on,
)
from libs.contracts.times import day_of

from .languages import shown_names, shown_relation, with_readings
from .letter import Companion, LetterVisit


class ProcedureWords(Contract):
    """What is known of a procedure: in Japanese, and in the language of the visit, if anything."""

    name: str
    documents: tuple[str, ...]
    notes: tuple[str, ...]
    rules: tuple[VisitorRule, ...] = ()
    changes_days_before: int | None = None
    text: ProcedureText | None = None

    @property
    def words(self) -> ProcedureText:
        return self.text or ProcedureText()

    def brought_by(self, visitor: str) -> tuple[str, ...]:
        """The procedure's documents, and those of who comes."""
        own, translated = _of(self.rules, visitor), _of(self.words.visitors, visitor)
        return *_all(self.words.documents, self.documents), *_all(translated, own)


def at_address(
    visit: LetterVisit, office: OfficeText, later: Sequence[LaterAddress]
) -> tuple[LetterVisit, OfficeText]:
    """The visit and the office's words with the address that the office has on that day."""
    moved = address_on(later, day_of(visit.starts_at))
    if moved is None:
        return visit, office
    translated = moved.texts.get(visit.language, "")
    return (
        replace(visit, office_address=moved.address),
        office.model_copy(update={"address": translated}),
    )


def guided(visit: LetterVisit, guidances: Sequence[Guidance]) -> LetterVisit:
    """The visit with what those who come to its office on its day should know, in order."""
    then = guidances_on(guidances, day_of(visit.starts_at))
    said = (text for guidance in then for _, text in guidance.said_in(visit.language))
    editions = tuple(guidance.edition for guidance in then)
    return replace(visit, guidance=tuple(map(with_readings, said)), editions=editions)


class Comer(Contract):
    """One of those whom a mail tells about."""

    number: str
    starts_at: AwareDatetime
    visitor: str
    relation: Relation | None
    procedures: tuple[ProcedureWords, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(_either(told.words.name, told.name) for told in self.procedures)


def in_words(visit: LetterVisit, office: OfficeText, comers: Sequence[Comer]) -> LetterVisit:
    """`office` is the text in the language of the visit, possibly empty. What several procedures
    or people need is said once."""
    each = [(told, comer.visitor) for comer in comers for told in comer.procedures]
    names = dict.fromkeys(name for comer in comers for name in comer.names)
    documents = [one for told, visitor in each for one in told.brought_by(visitor)]
    notes = [one for told, _ in each for one in _all(told.words.notes, told.notes)]
    return replace(
        visit,
        office=_either(office.name, visit.office),
        office_address=_either(office.address, visit.office_address),
        procedure=shown_names(tuple(names), visit.language),
        people=tuple(_people(visit, comers)) if len(comers) > 1 else (),
        change_until=_change_until(visit, comers[0].procedures),
        documents=tuple(dict.fromkeys(documents)),
        notes=tuple(dict.fromkeys(notes)),
    )


def _people(visit: LetterVisit, comers: Sequence[Comer]) -> Iterator[Companion]:
    same_time = len({comer.starts_at for comer in comers}) == 1
    for place, comer in enumerate(comers, 1):
        word = shown_relation(comer.relation, place, visit.language)
        procedures = shown_names(comer.names, visit.language)
        when = None if same_time else comer.starts_at
        yield Companion(comer.number, word, procedures, when)


def _change_until(visit: LetterVisit, procedures: Sequence[ProcedureWords]) -> date | None:
    """The last day on which one may change the time; None while that is not known."""
    days = [told.changes_days_before for told in procedures]
    known = [one for one in days if one is not None]
    if len(known) < len(days):
        return None
    return day_of(visit.starts_at) - timedelta(days=max(known))


def _of(rules: Sequence[VisitorRule], visitor: str) -> tuple[str, ...]:
    return next((rule.documents for rule in rules if rule.visitor == visitor), ())


def _either(translated: str, japanese: str) -> str:
    return with_readings(translated) if translated else japanese


def _all(translated: tuple[str, ...], japanese: tuple[str, ...]) -> tuple[str, ...]:
    """A list that was translated as a whole: with another length it would mislead."""
    if len(translated) != len(japanese):
        return japanese
    return tuple(_either(*pair) for pair in zip(translated, japanese, strict=True))
