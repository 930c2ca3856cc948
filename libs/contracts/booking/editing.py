"""Changing what the city offers: settings as staff send them, what is wrong with them, the log.

A setting has a flat name, which forms, refusals and the log share: `minutes`, `come.proxy`,
`rules.proxy.documents`, `texts.en.name`, `later.1.address`.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, get_args

from pydantic import AwareDatetime, Field

from libs.common.facts import Contract
from libs.contracts.times import parse_day

from .offer import (
    Language,
    LaterAddress,
    Length,
    Office,
    OfficeText,
    Procedure,
    ProcedureText,
    Visitor,
    VisitorRule,
)

Value = bool | int | str | tuple[str, ...]
Flat = dict[str, Value]
"""Settings by their flat names."""

Comes = Literal["yes", "phone", "no"]
"""Whether somebody may come: booked online, led to the phone with a reason, not to be chosen."""

VISITORS: tuple[Visitor, ...] = get_args(Visitor)
OTHER_LANGUAGES: tuple[Language, ...] = tuple(one for one in get_args(Language) if one != "ja")
DEADLINES = ("opens_days_before", "closes_days_before", "changes_days_before")
"""Settings of a procedure with a right of their own."""
MOST_LATER = 3
"""Later addresses that one office has at most."""

_OFFICE = ("name", "kana", "address", "phone", "position", "hidden")
_PROCEDURE = (
    *("name", "plain", "group", "minutes", "needs_card", "outcomes", "documents", "notes"),
    *("opens_days_before", "closes_days_before", "changes_days_before", "position"),
    *("any_office", "email", "phone", "asks_needs", "asks_inquiry", "asks_cards", "joins"),
    *("party_limit", "online", "hidden"),
)
_LENGTH = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日から(\d{1,3})分:(.*)")
_WORDS = ("name", "plain", "documents", "notes")


class OfficeChange(Office):
    """POST /v1/staff/offices (a new one) and /v1/staff/offices/{id}: the office as it is wanted.

    `version` is the one that was seen, 0 for a new one. Its series are left as they are.
    """


class ProcedureChange(Procedure):
    """POST /v1/staff/procedures (a new one) and /v1/staff/procedures/{id}; `version` as above.

    An empty `group` is one of its own. What cannot be is refused with the reasons.
    """

    minutes: int


class SettingProblem(Contract):
    """What is wrong with, or to be known about, one setting. `facts` are what a sentence needs."""

    field: str
    code: str
    facts: dict[str, int | str] = Field(default_factory=dict)


class SettingCheck(Contract):
    """POST /v1/staff/checks/office and /procedure: what saving would say; nothing is changed.

    With `problems` it is not saved. `warnings` are true and stop nobody.
    """

    problems: tuple[SettingProblem, ...] = ()
    warnings: tuple[SettingProblem, ...] = ()


class FieldChange(Contract):
    """One setting before and after; before is None where the whole object is new."""

    field: str
    old: Value | None
    new: Value | None


class SettingChange(Contract):
    """One step in the log of an object. The actor is a member of staff, or SEED."""

    version: int
    at: AwareDatetime
    actor: str
    changes: tuple[FieldChange, ...]


SEED = "seed"
"""The actor of what came from the file that a city begins with."""


class OfficeRecord(Contract):
    """GET /v1/staff/offices/{id}: the office, its warnings, and the newest steps of its log."""

    office: Office
    warnings: tuple[SettingProblem, ...] = ()
    log: tuple[SettingChange, ...] = ()


class ProcedureRecord(Contract):
    """GET /v1/staff/procedures/{id}, likewise."""

    procedure: Procedure
    warnings: tuple[SettingProblem, ...] = ()
    log: tuple[SettingChange, ...] = ()


def flat_office(office: Office) -> Flat:
    found: Flat = {name: getattr(office, name) for name in _OFFICE}
    for language in OTHER_LANGUAGES:
        text = office.texts.get(language, OfficeText())
        found |= {f"texts.{language}.name": text.name, f"texts.{language}.address": text.address}
    later = sorted(office.later, key=lambda address: address.from_day)
    for number in range(1, MOST_LATER + 1):
        moved = later[number - 1] if number <= len(later) else None
        found[f"later.{number}.from_day"] = moved.from_day.isoformat() if moved else ""
        found[f"later.{number}.address"] = moved.address if moved else ""
        for language in OTHER_LANGUAGES:
            word = moved.texts.get(language, "") if moved else ""
            found[f"later.{number}.texts.{language}"] = word
    return found


def office_from(values: Mapping[str, Any], office_id: str, version: int) -> OfficeChange:
    """The reverse. A later address without a day is left out."""
    texts = {
        language: OfficeText(**{n: values[f"texts.{language}.{n}"] for n in ("name", "address")})
        for language in OTHER_LANGUAGES
    }
    return OfficeChange(
        **{name: values[name] for name in _OFFICE},
        office_id=office_id,
        version=version,
        series=(),
        texts={language: text for language, text in texts.items() if text != OfficeText()},
        later=tuple(
            _later(values, number)
            for number in range(1, MOST_LATER + 1)
            if values[f"later.{number}.from_day"]
        ),
    )


def _later(values: Mapping[str, Any], number: int) -> LaterAddress:
    words = {language: values[f"later.{number}.texts.{language}"] for language in OTHER_LANGUAGES}
    return LaterAddress(
        from_day=parse_day(values[f"later.{number}.from_day"]),
        address=values[f"later.{number}.address"],
        texts={language: word for language, word in words.items() if word},
    )


def comes(procedure: Procedure, visitor: Visitor) -> Comes:
    if procedure.rule(visitor).phone_reason:
        return "phone"
    return "yes" if visitor in procedure.visitors else "no"


def flat_procedure(procedure: Procedure) -> Flat:
    found: Flat = {name: getattr(procedure, name) for name in _PROCEDURE}
    found["lengths"] = tuple(map(flat_length, procedure.lengths))
    for visitor in VISITORS:
        rule = procedure.rule(visitor)
        found[f"come.{visitor}"] = comes(procedure, visitor)
        found[f"rules.{visitor}.documents"] = rule.documents
        found[f"rules.{visitor}.phone_reason"] = rule.phone_reason
    for language in OTHER_LANGUAGES:
        text = procedure.texts.get(language, ProcedureText())
        found |= {f"texts.{language}.{name}": getattr(text, name) for name in _WORDS}
        rules = {rule.visitor: rule for rule in text.visitors}
        for visitor in VISITORS:
            rule = rules.get(visitor, VisitorRule(visitor=visitor))
            found[f"texts.{language}.rules.{visitor}.documents"] = rule.documents
            found[f"texts.{language}.rules.{visitor}.phone_reason"] = rule.phone_reason
    return found


def flat_length(length: Length) -> str:
    """2027年4月1日から20分:honcho; without an office at the end for all of them."""
    day = length.from_day
    return f"{day.year}年{day.month}月{day.day}日から{length.minutes}分:{length.office_id}"


def length_from(text: str) -> Length:
    """The reverse. Raises ValueError."""
    found = _LENGTH.fullmatch(text)
    if found is None:
        raise ValueError("not a length from a day on")
    year, month, day, minutes = map(int, found.groups()[:4])
    return Length(from_day=date(year, month, day), minutes=minutes, office_id=found[5])


def procedure_from(values: Mapping[str, Any], procedure_id: str, version: int) -> ProcedureChange:
    """The reverse. A reason for the phone counts only where the phone is meant, and nothing of
    those who cannot be chosen is kept."""
    texts = {language: _text(values, language) for language in OTHER_LANGUAGES}
    chosen = [v for v in VISITORS if values[f"come.{v}"] != "no"]
    return ProcedureChange(
        **{name: values[name] for name in _PROCEDURE},
        procedure_id=procedure_id,
        version=version,
        visitors=tuple(chosen),
        lengths=tuple(map(length_from, values["lengths"])),
        rules=tuple(_rule(values, "rules", visitor) for visitor in chosen),
        texts={language: text for language, text in texts.items() if text != ProcedureText()},
    )


def _text(values: Mapping[str, Any], language: Language) -> ProcedureText:
    chosen = [v for v in VISITORS if values[f"come.{v}"] != "no"]
    rules = [_rule(values, f"texts.{language}.rules", visitor) for visitor in chosen]
    return ProcedureText(
        **{name: values[f"texts.{language}.{name}"] for name in _WORDS},
        visitors=tuple(rule for rule in rules if rule.documents or rule.phone_reason),
    )


def _rule(values: Mapping[str, Any], where: str, visitor: Visitor) -> VisitorRule:
    by_phone = values[f"come.{visitor}"] == "phone"
    return VisitorRule(
        visitor=visitor,
        documents=values[f"{where}.{visitor}.documents"],
        phone_reason=values[f"{where}.{visitor}.phone_reason"] if by_phone else "",
    )


def differences(old: Flat, new: Flat) -> tuple[FieldChange, ...]:
    """What changed, in the order of `new`; of something new, what has a value."""
    return tuple(
        FieldChange(field=field, old=old.get(field), new=value)
        for field, value in new.items()
        if old.get(field) != value and (old or value not in ("", (), False))
    )
