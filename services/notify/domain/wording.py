"""A visit in the words of its language; what nobody translated stays Japanese."""

from dataclasses import replace

from libs.contracts.booking import OfficeText, ProcedureText

from .languages import shown_names, with_readings
from .letter import Visit


def in_words(visit: Visit, office: OfficeText, procedure: ProcedureText) -> Visit:
    """`office` and `procedure` are the texts in the language of the visit, possibly empty."""
    return replace(
        visit,
        office=_either(office.name, visit.office),
        office_address=_either(office.address, visit.office_address),
        procedure=_either(procedure.name, visit.procedure),
        documents=_all(procedure.documents, visit.documents),
        notes=_all(procedure.notes, visit.notes),
    )


def with_another(
    visit: Visit, name: str, documents: tuple[str, ...], notes: tuple[str, ...], text: ProcedureText
) -> Visit:
    """The visit for one procedure more; what both ask to bring is said once."""
    other = in_words(
        replace(visit, procedure=name, documents=documents, notes=notes), OfficeText(), text
    )
    return replace(
        visit,
        procedure=shown_names(visit.procedure, other.procedure, visit.language),
        documents=tuple(dict.fromkeys((*visit.documents, *other.documents))),
        notes=tuple(dict.fromkeys((*visit.notes, *other.notes))),
    )


def _either(translated: str, japanese: str) -> str:
    return with_readings(translated) if translated else japanese


def _all(translated: tuple[str, ...], japanese: tuple[str, ...]) -> tuple[str, ...]:
    """A list that was translated as a whole: with another length it would mislead."""
    if len(translated) != len(japanese):
        return japanese
    return tuple(_either(*pair) for pair in zip(translated, japanese, strict=True))
