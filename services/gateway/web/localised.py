"""What the city wrote, in another language; what nobody translated stays Japanese, marked so."""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup, escape

from libs.contracts.booking import (
    Language,
    LaterAddress,
    Office,
    OfficeText,
    Procedure,
    ProcedureText,
    VisitorRule,
    guidances_on,
)

from .language import Voice, Words, speaking, words
from .ruby import ruby, without_readings


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


def guidances_in(office: Office, day: date) -> tuple[str, ...]:
    """来庁日の案内 of that day in the language of the answer, in order; what that language lacks
    in Japanese and easy Japanese."""
    voice = speaking.get()
    return tuple(
        _said(voice, language, text)
        for guidance in guidances_on(office.guidances, day)
        for language, text in guidance.said_in(voice.code)
    )


def _said(voice: Voice, language: Language, text: str) -> str:
    if language == voice.code:
        return words(voice, "", text)
    marked = Markup('<span lang="ja">%s</span>') % ruby(escape(text))
    return Words(without_readings(text), marked)


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
