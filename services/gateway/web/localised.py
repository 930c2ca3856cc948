"""Offices and procedures in another language; what nobody translated stays Japanese, marked so."""

from collections.abc import Sequence

from libs.contracts.booking import (
    LaterAddress,
    Office,
    OfficeText,
    Procedure,
    ProcedureText,
    VisitorRule,
)

from .language import Voice, words


def office_in(voice: Voice, office: Office) -> Office:
    text = office.texts.get(voice.code, OfficeText())
    return office.model_copy(
        update={
            "name": words(voice, office.name, text.name),
            "address": words(voice, office.address, text.address),
            "later": tuple(_moved(voice, moved) for moved in office.later),
        }
    )


def _moved(voice: Voice, moved: LaterAddress) -> LaterAddress:
    translated = moved.texts.get(voice.code, "")
    return moved.model_copy(update={"address": words(voice, moved.address, translated)})


def procedure_in(voice: Voice, procedure: Procedure) -> Procedure:
    text = procedure.texts.get(voice.code, ProcedureText())
    rules = {rule.visitor: rule for rule in text.visitors}
    return procedure.model_copy(
        update={
            "name": words(voice, procedure.name, text.name),
            "plain": words(voice, procedure.plain, text.plain),
            "documents": _list(voice, procedure.documents, text.documents),
            "notes": _list(voice, procedure.notes, text.notes),
            "rules": tuple(
                _rule(voice, rule, rules.get(rule.visitor, VisitorRule(visitor=rule.visitor)))
                for rule in procedure.rules
            ),
        }
    )


def _rule(voice: Voice, rule: VisitorRule, text: VisitorRule) -> VisitorRule:
    return rule.model_copy(
        update={
            "documents": _list(voice, rule.documents, text.documents),
            "phone_reason": words(voice, rule.phone_reason, text.phone_reason),
        }
    )


def _list(voice: Voice, japanese: Sequence[str], translated: Sequence[str]) -> tuple[str, ...]:
    """A list that was translated as a whole: with another length it would mislead."""
    if len(translated) != len(japanese):
        translated = [""] * len(japanese)
    return tuple(words(voice, *pair) for pair in zip(japanese, translated, strict=True))
