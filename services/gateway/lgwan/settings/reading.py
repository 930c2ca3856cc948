"""What was typed into a form of settings, as values; and what cannot be read."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from starlette.requests import Request

from libs.contracts.booking import VISITORS, Flat, Length, Value, flat_length
from libs.contracts.times import parse_day
from libs.rules.folding import fold, fold_place, plain
from libs.rules.personal_numbers import has_individual_number
from services.gateway.web.forms import Form, read_form
from services.gateway.web.typed import INDIVIDUAL_NUMBER

from .fields import Choices, Field, SettingForm

LONGEST_FORM = 524_288
MOST_FIELDS = 250
LONGEST_FIELD = 60_000
_NUMBER = re.compile(r"\d{1,6}")
_LENGTH = re.compile(
    r"(?P<year>\d{4})[年/.-](?P<month>\d{1,2})[月/.-](?P<day>\d{1,2})(?:日(?:から)?\s*|\s+)"
    r"(?P<minutes>\d{1,3})分?[\s:]*(?P<office>.*)"
)
_NOT_A_LENGTH = "日、分、場所の順に「2027年4月1日から20分　大南支所」のように入力してください。"
_NOT_A_NUMBER = "数字で入力してください。"
_NOT_A_DAY = "カレンダーにある日を、2027-04-01のように入力してください。"
_NOT_CHOSEN = "どれか1つを選んでください。"
NO_REASON = "電話へ案内する理由を入力してください。"
NO_DAY = "新しい住所になる日を入力してください。"


@dataclass(frozen=True)
class ReadSettings:
    """`typed` is shown again as it came, `values` has what could be read, `errors` the rest."""

    typed: dict[str, Value]
    values: Flat
    errors: dict[str, str]


async def read_long_form(request: Request) -> Form:
    """Raises TooLarge and Malformed."""
    return await read_form(request, LONGEST_FORM, LONGEST_FIELD, MOST_FIELDS)


def read_values(form: Form, sheet: SettingForm, known: Mapping[str, Value]) -> ReadSettings:
    """Every setting of the sheet. `known` stands for what could not be read, so that the preview
    can show the rest."""
    read = ReadSettings({}, dict(known), {})
    for field in sheet:
        _read_field(form, field, read)
    _check_reasons(sheet, read)
    _check_moves(sheet, read)
    return read


def _read_field(form: Form, field: Field, read: ReadSettings) -> None:
    if any(has_individual_number(text) for text in _texts(form, field)):
        read.typed[field.name] = () if field.kind in ("lines", "many", "lengths") else ""
        read.errors[field.name] = INDIVIDUAL_NUMBER
        return
    typed = read.typed[field.name] = _typed(form, field)
    match field.kind:
        case "number":
            number = fold(str(typed))
            if _NUMBER.fullmatch(number):
                read.values[field.name] = int(number)
            else:
                read.errors[field.name] = _NOT_A_NUMBER
        case "one" if typed not in dict(field.choices):
            read.errors[field.name] = _NOT_CHOSEN
        case "lengths":
            _read_lengths(field, read)
        case "day" if typed and not _is_day(str(typed)):
            read.errors[field.name] = _NOT_A_DAY
        case _:
            read.values[field.name] = typed


def _read_lengths(field: Field, read: ReadSettings) -> None:
    """Each line with the id of its office, which is typed by its name."""
    found = []
    lines = read.typed[field.name]
    for line in lines if isinstance(lines, tuple) else ():
        length = read_length(line, field.choices)
        if length is None:
            read.errors[field.name] = f"{_NOT_A_LENGTH}「{line}」"
            return
        found.append(length)
    read.values[field.name] = tuple(map(flat_length, sorted(found, key=lambda one: one.from_day)))


def read_length(line: str, offices: Choices) -> Length | None:
    """2027年4月1日から20分　大南支所; also 2027-04-01 20 大南支所. None for anything else."""
    parts = _LENGTH.fullmatch(plain(line).strip())
    if parts is None:
        return None
    names = {fold_place(name): office_id for office_id, name in offices} | {"": ""}
    names |= {office_id: office_id for office_id, _ in offices}
    office_id = names.get(fold_place(parts["office"]))
    try:
        day = date(*(int(parts[name]) for name in ("year", "month", "day")))
    except ValueError:
        return None
    if office_id is None:
        return None
    return Length(from_day=day, minutes=int(parts["minutes"]), office_id=office_id)


def _texts(form: Form, field: Field) -> list[str]:
    """What may hide twelve digits; days under each other are none."""
    texts = list(form.every(field.name))
    if field.kind != "lengths":
        return texts
    return [line for text in texts for line in text.splitlines()]


def _typed(form: Form, field: Field) -> Value:
    text = form.typed(field.name)
    match field.kind:
        case "flag":
            return bool(text)
        case "many":
            chosen = form.every(field.name)
            return tuple(code for code, _ in field.choices if code in chosen)
        case "lines" | "lengths":
            lines = (_tidy(line) for line in text.splitlines())
            return tuple(line for line in lines if line)
        case "day":
            return unicodedata.normalize("NFKC", text).strip()
        case _:
            return fold(text) if field.folded else _tidy(text)


def _tidy(text: str) -> str:
    """One line without blanks around it."""
    return " ".join(text.split())


def _is_day(text: str) -> bool:
    try:
        return bool(parse_day(text))
    except ValueError:
        return False


def _check_reasons(sheet: SettingForm, read: ReadSettings) -> None:
    """The settings themselves cannot say 'by phone' without a reason."""
    for visitor in VISITORS:
        reason, by_phone = f"rules.{visitor}.phone_reason", f"come.{visitor}"
        if not sheet.field(reason) or read.values[by_phone] != "phone":
            continue
        if not read.values[reason]:
            read.errors.setdefault(reason, NO_REASON)


def _check_moves(sheet: SettingForm, read: ReadSettings) -> None:
    """Nor can they have an address without its first day."""
    for field in sheet:
        if field.kind != "day" or read.values[field.name]:
            continue
        where = field.name.removesuffix("from_day")
        if any(value for name, value in read.values.items() if name.startswith(where)):
            read.errors.setdefault(field.name, NO_DAY)
