"""The log of settings and what is to be confirmed, as the pages show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from libs.contracts.booking import SettingChange, SettingProblem, Value

from .fields import SettingForm
from .sentences import in_words, sentence

STEPS_SHOWN = 20

Said = list[tuple[str, str]]
"""Settings and what is said about each."""


@dataclass(frozen=True)
class ChangedField:
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class ChangeLine:
    at: datetime
    actor: str
    changes: tuple[ChangedField, ...]


def log_of(log: Iterable[SettingChange], sheet: SettingForm) -> list[ChangeLine]:
    """The newest steps. What an object began with is said in one line."""
    return [
        ChangeLine(step.at, step.actor, _lines(step, sheet)) for step in list(log)[:STEPS_SHOWN]
    ]


def said(problems: Iterable[SettingProblem], sheet: SettingForm) -> Said:
    return [(problem.field, sentence(problem, sheet)) for problem in problems]


def by_field(problems: Iterable[SettingProblem], sheet: SettingForm) -> dict[str, str]:
    """The first that is wrong with each setting, in the order of the form."""
    found: dict[str, str] = {}
    for field, text in said(problems, sheet):
        found.setdefault(field, text)
    return {field.name: found[field.name] for field in sheet if field.name in found}


def new_ones(
    warnings: Iterable[SettingProblem], known: Sequence[SettingProblem]
) -> list[SettingProblem]:
    """What is not true yet, and would be after saving."""
    return [warning for warning in warnings if warning not in known]


def digest_of(warnings: Sequence[SettingProblem]) -> str:
    """Names exactly these warnings, in as many signs as other words of ours."""
    text = "\n".join(one.model_dump_json() for one in warnings)
    return sha256(text.encode()).hexdigest()[:32] if warnings else ""


def as_fields(values: Mapping[str, Value], sheet: SettingForm) -> list[tuple[str, str]]:
    """Values as the hidden fields of a form that is read like the one they came from."""
    found: list[tuple[str, str]] = []
    for field in sheet:
        value = values[field.name]
        if field.kind == "many":
            found += [(field.name, code) for code in value] if isinstance(value, tuple) else []
        elif field.kind == "flag":
            found += [(field.name, "1")] if value else []
        elif isinstance(value, tuple):
            found.append((field.name, "\n".join(value)))
        else:
            found.append((field.name, str(value)))
    return found


def _lines(step: SettingChange, sheet: SettingForm) -> tuple[ChangedField, ...]:
    if all(change.old is None for change in step.changes):
        return (ChangedField("新しく登録", "", ""),)
    found = []
    for change in step.changes:
        field = sheet.field(change.field)
        old, new = (in_words(field, value) for value in (change.old, change.new))
        found.append(ChangedField(sheet.label(change.field), old, new))
    return tuple(found)
