"""What a row changes, compared with what is known already."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Effect = Literal["added", "changed", "moved", "unchanged"]
Field = Literal["office", "born", "shielded"]


@dataclass(frozen=True, slots=True)
class Known:
    """What the list says about a number."""

    born: date
    office_id: str
    shielded: bool = False


@dataclass(frozen=True, slots=True)
class WantedPerson:
    """What a file says about it. `shielded` is None where it says nothing: then nothing changes."""

    born: date
    office_id: str
    shielded: bool | None = None


def changed_fields(wanted: WantedPerson, known: Known) -> list[Field]:
    changed: list[Field] = []
    if wanted.office_id != known.office_id:
        changed.append("office")
    if wanted.born != known.born:
        changed.append("born")
    if wanted.shielded is not None and wanted.shielded != known.shielded:
        changed.append("shielded")
    return changed


def effect_of(wanted: WantedPerson, known: Known | None) -> Effect:
    """'moved' comes before 'changed': the card is elsewhere, whatever else is new."""
    if known is None:
        return "added"
    changed = changed_fields(wanted, known)
    if "office" in changed:
        return "moved"
    return "changed" if changed else "unchanged"
