"""What staff choose on the way of a file: which column is what, and how the file is read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.requests import Request

from libs.contracts.eligibility import (
    ColumnChoice,
    ColumnTarget,
    Draft,
    DraftChoice,
    DraftLayout,
    OfficeWord,
)
from libs.rules.folding import fold
from services.gateway.web.forms import Form, read_form

TARGETS: tuple[tuple[ColumnTarget, str], ...] = (
    ("number", "製造管理番号"),
    ("born", "生年月日"),
    ("office", "交付場所"),
    ("shielded", "Web不可"),
)
ENCODINGS = (
    ("cp932", "Shift_JIS（CP932）"),
    ("utf-8", "UTF-8"),
    ("utf-8-sig", "UTF-8（BOM付き）"),
    ("utf-16-le", "UTF-16"),
    ("utf-16-be", "UTF-16（ビッグエンディアン）"),
    ("euc-jp", "EUC-JP"),
)
DELIMITERS = ((",", "カンマ", "comma"), ("\t", "タブ", "tab"), (";", "セミコロン", "semicolon"))
MOST_FIELDS = 1_100
LONGEST = 6_000
LONGEST_NAME = 60
LARGEST_FORM = 256 * 1024
_WORD = re.compile(r"^\s*(\S+?)\s*[\s=＝:：,、→]\s*(\S.*?)\s*$")


async def read_choice_form(request: Request) -> Form:
    """A form with a field for each column."""
    return await read_form(request, LARGEST_FORM, LONGEST, MOST_FIELDS)


@dataclass
class Chosen:
    """What a form says, and what is wrong with it by field."""

    choice: DraftChoice
    errors: dict[str, str] = field(default_factory=dict)


def read_choice(form: Form, draft: Draft, offices: Sequence[tuple[str, str]]) -> Chosen:
    """`offices` are (id, name) of those that may be chosen."""
    errors: dict[str, str] = {}
    columns = []
    for column in draft.columns:
        target = _target(form.get(f"column-{column.place}"))
        if target:
            columns.append(ColumnChoice(place=column.place, target=target))
    words, wrong = read_words(form.get("words"), offices)
    if wrong:
        errors["words"] = wrong
    name = form.get("save_as").strip()
    if len(name) > LONGEST_NAME:
        errors["save_as"] = f"名前は{LONGEST_NAME}文字までにしてください。"
        name = ""
    if form.typed("save_as").strip() and not form.get("save_as").strip():
        errors["save_as"] = "名前に12桁の数字は使えません。"
    known = [office_id for office_id, _ in offices]
    office = form.get("office") if form.get("office") in known else None
    choice = DraftChoice(
        columns=tuple(columns),
        office_id=office,
        words=tuple(words),
        profile=form.get("profile")[:LONGEST_NAME] or None,
        save_as=name or None,
    )
    return Chosen(choice, errors)


def read_words(
    text: str, offices: Sequence[tuple[str, str]]
) -> tuple[list[OfficeWord], str | None]:
    """A line for each word of the file: 01 本庁舎. Together with what is wrong with the first
    line that cannot be read."""
    words: list[OfficeWord] = []
    for n, line in enumerate(filter(str.strip, text.splitlines()), start=1):
        found = _WORD.match(line)
        office_id = _office(found[2], offices) if found else None
        if found is None or office_id is None:
            return words, (
                f"読み替えの{n}行目がわかりません。「01 本庁舎」のように、ファイルの書き方と場所を"
                "空白で区切ってください。"
            )
        words.append(OfficeWord(word=found[1][:60], office_id=office_id))
    return words[:200], None


def shown_words(words: Sequence[OfficeWord], offices: Sequence[tuple[str, str]]) -> str:
    names = dict(offices)
    return "\n".join(f"{word.word} {names.get(word.office_id, word.office_id)}" for word in words)


def read_layout(form: Form, draft: Draft) -> DraftLayout:
    """What was found stays where a form says nothing that can be."""
    now = draft.layout or DraftLayout(codec="cp932", delimiter=",", header=1)
    codec = form.get("codec")
    delimiter = next((sign for sign, _, word in DELIMITERS if word == form.get("delimiter")), None)
    header = fold(form.get("header"))
    is_line = header.isascii() and header.isdecimal() and int(header[:4]) <= 100
    return DraftLayout(
        codec=codec if codec in dict(ENCODINGS) else now.codec,
        delimiter=delimiter or now.delimiter,
        header=int(header) if is_line else now.header,
    )


def _target(text: str) -> ColumnTarget | None:
    return next((target for target, _ in TARGETS if target == text), None)


def _office(text: str, offices: Sequence[tuple[str, str]]) -> str | None:
    """By its id, its name or the beginning of one name only."""
    wanted = fold(text)
    for office_id, name in offices:
        if wanted in (office_id, fold(name)):
            return office_id
    begins = [office_id for office_id, name in offices if fold(name).startswith(wanted)]
    return begins[0] if len(begins) == 1 and len(wanted) > 1 else None
