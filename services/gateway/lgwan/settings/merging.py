"""Two people changed the same: what differs, and which of the two is to be kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from libs.contracts.booking import Flat, SettingChange, Value

from .fields import Field, SettingForm

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class SettingDifference:
    """A setting with two values. `keep` is what is chosen to begin with: what only the other one
    changed stays as they made it."""

    number: int
    field: Field
    mine: Value
    theirs: Value
    keep: str


def before(theirs: Flat, log: Sequence[SettingChange], seen: int) -> Flat:
    """The settings as they were in the version that was seen: the log read backwards."""
    past = dict(theirs)
    for step in sorted(log, key=lambda step: step.version, reverse=True):
        if step.version > seen:
            past |= {c.field: c.old for c in step.changes if c.old is not None}
    return past


def compare(sheet: SettingForm, mine: Flat, theirs: Flat, base: Flat) -> list[SettingDifference]:
    found = [field for field in sheet if mine.get(field.name) != theirs.get(field.name)]
    return [
        SettingDifference(
            number,
            field,
            mine[field.name],
            theirs[field.name],
            THEIRS if mine[field.name] == base.get(field.name) else MINE,
        )
        for number, field in enumerate(found, 1)
    ]


def merge(sheet: SettingForm, mine: Flat, theirs: Flat, chosen: Mapping[str, str]) -> Flat:
    """`chosen` says for each setting whose value is kept; nothing said means theirs."""
    return {
        **theirs,
        **{
            field.name: mine[field.name]
            for field in sheet
            if mine.get(field.name) == theirs.get(field.name)
            or chosen.get(field.name, THEIRS) == MINE
        },
    }
