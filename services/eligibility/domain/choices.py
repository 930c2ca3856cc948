"""Which column is what, as a person chose it: checked, saved under a name, used again."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from libs.contracts.eligibility import ColumnChoice, DraftChoice, OfficeWord
from libs.rules.personal_numbers import has_individual_number

from .columns import NAMES, Columns, Guesser, Target, heading
from .offices import OfficeFinder
from .problems import MissingColumn

_ORDER: tuple[Target, ...] = ("number", "born", "office", "shielded")


def check_choice(choice: DraftChoice, offices: OfficeFinder, serves: Callable[[str], bool]) -> None:
    """Raises MissingColumn, which names the targets in `targets`."""
    chosen = [column.target for column in choice.columns]
    twice = [target for target in _ORDER if chosen.count(target) > 1]
    if twice:
        names = "、".join(f"「{NAMES[target]}」" for target in twice)
        raise MissingColumn(f"{names}に2つの列が選ばれています。1つにしてください。", targets=twice)
    missing = [target for target in ("number", "born") if target not in chosen]
    if "office" not in chosen and not choice.office_id:
        missing.append("office")
    if missing:
        names = "、".join(f"「{NAMES[target]}」" for target in _ORDER if target in missing)
        raise MissingColumn(f"{names}の列を選んでください。", targets=missing)
    ids = [word.office_id for word in choice.words]
    if "office" not in chosen and choice.office_id:
        ids.append(choice.office_id)
    if any(offices.find(office_id) is None or not serves(office_id) for office_id in ids):
        raise MissingColumn("場所を、一覧から選び直してください。", targets=["office"])


def columns_of(choice: DraftChoice) -> Columns:
    """A checked choice, as rows are read by."""
    places = {column.target: column.place for column in choice.columns}
    return Columns(
        places["number"],
        places["born"],
        places.get("office"),
        places.get("shielded"),
        choice.office_id if "office" not in places else None,
        {heading(word.word): word.office_id for word in choice.words},
    )


def profile_of(choice: DraftChoice, headings: Sequence[str], guesser: Guesser) -> dict[str, Any]:
    """What is saved under a name: columns by their headings, or by their places in a file without.
    A heading that looks like data is never saved: a row may have been taken for the header."""
    columns = []
    for column in choice.columns:
        name = headings[column.place] if column.place < len(headings) else ""
        if guesser.is_data([name]) or has_individual_number(name):
            name = ""
        columns.append({"target": column.target, "place": column.place, "heading": name})
    words = [word.model_dump() for word in choice.words]
    return {"columns": columns, "words": words, "office_id": choice.office_id}


def choice_by(
    profile: Mapping[str, Any], name: str, headings: Sequence[str], width: int
) -> DraftChoice | None:
    """What a saved choice says about a file; None where the file has other columns."""
    known = [heading(text) for text in headings]
    found = []
    for column in profile["columns"]:
        wanted = heading(column["heading"])
        place = int(column["place"])
        if wanted:
            if wanted not in known:
                return None
            place = known.index(wanted)
        elif place < len(known) and known[place]:
            return None
        if place >= width:
            return None
        found.append(ColumnChoice(place=place, target=column["target"]))
    words = tuple(OfficeWord.model_validate(word) for word in profile["words"])
    return DraftChoice(
        columns=tuple(found), words=words, office_id=profile.get("office_id"), profile=name
    )
