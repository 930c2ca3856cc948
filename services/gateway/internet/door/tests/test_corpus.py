"""What people really type, from corpus.csv: each is read as it was meant, or told what to do.

A row is a kind of field, what was typed, and either the value or the exact sentence. A date of
birth is typed as era|year|month|day. Characters that cannot be seen are written as \\u200b.
"""

import csv
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from services.gateway.internet.door.contact_details import read_contact_details
from services.gateway.internet.door.forms import read_about_you, read_identification, read_proof
from services.gateway.web.forms import Form
from services.gateway.web.reading import Errors

HERE = Path(__file__).parent
GATEWAY = HERE.parents[2]
TODAY = date(2026, 12, 1)
PATTERN = "[0-9A-Z]{3}[0-9]{6}"
_EXAMPLES = re.compile('例：([^」。")<{]+)')
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")
_PARTS = ("born-era", "born-year", "born-month", "born-day")


@dataclass(frozen=True)
class Case:
    kind: str
    typed: str
    value: str
    sentence: str


def _case(row: dict[str, str]) -> Case:
    typed = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), row["typed"])
    return Case(row["kind"], typed, row["value"], row["sentence"])


def _cases() -> list[Case]:
    with (HERE / "corpus.csv").open(encoding="utf-8", newline="") as file:
        return [_case(row) for row in csv.DictReader(file)]


CASES = _cases()


def form(**values: str) -> Form:
    return Form({name.replace("_", "-"): [text] for name, text in values.items()})


def _card(typed: str) -> tuple[str, Errors]:
    read = read_identification(form(card=typed), PATTERN, TODAY)
    return read.code, read.errors


def _number(typed: str) -> tuple[str, Errors]:
    read = read_proof(form(number=typed), TODAY)
    return read.number, read.errors


def _birth(typed: str) -> tuple[str, Errors]:
    parts = dict(zip(_PARTS, typed.split("|"), strict=True))
    read = read_proof(Form({name: [text] for name, text in parts.items()}), TODAY)
    return read.born.isoformat() if read.born else "", read.errors


def _kana(typed: str) -> tuple[str, Errors]:
    read = read_about_you(form(kana=typed), asks_name=True, asks_birth=True, today=TODAY)
    return read.kana, read.errors


def _email(typed: str) -> tuple[str, Errors]:
    read = read_contact_details(form(email=typed), email="optional", phone="off")
    return read.email, read.errors


def _phone(typed: str) -> tuple[str, Errors]:
    read = read_contact_details(form(phone=typed), email="off", phone="optional")
    return read.phone, read.errors


READERS: dict[str, tuple[str, Callable[[str], tuple[str, Errors]]]] = {
    "card": ("card", _card),
    "number": ("number", _number),
    "birth": ("born", _birth),
    "kana": ("kana", _kana),
    "email": ("email", _email),
    "phone": ("phone", _phone),
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}:{case.typed!a}")
def test_what_people_type_is_read_or_told_what_to_do(case: Case) -> None:
    field, read = READERS[case.kind]
    value, errors = read(case.typed)
    assert errors.get(field, "") == case.sentence
    if not case.sentence:
        assert value == case.value


def test_the_corpus_has_hundreds_of_variants_of_every_kind_both_ways() -> None:
    assert len({(case.kind, case.typed) for case in CASES}) == len(CASES) >= 200
    ways = Counter((case.kind, bool(case.sentence)) for case in CASES)
    assert {kind for kind, _ in ways} == READERS.keys()
    assert min(ways.values()) >= 8


def _examples() -> set[str]:
    """Everything that a page or a sentence gives citizens as an example."""
    places = [GATEWAY / "internet", GATEWAY / "web"]
    files = [path for place in places for end in ("html", "py") for path in place.rglob(f"*.{end}")]
    texts = [path.read_text() for path in files if "tests" not in path.parts]
    found = [hint for text in texts for hint in _EXAMPLES.findall(text)]
    return {example.strip() for hint in found for example in re.split("、または|、", hint)}


def test_every_example_that_we_give_is_accepted() -> None:
    accepted = {case.typed.strip("|").removeprefix("ce|") for case in CASES if not case.sentence}
    prose = {"taro@example.jp のように入力してください": "taro@example.jp"}
    year_or_month_and_day = {"1960", "4月1日は 4 と 1"}
    examples = {prose.get(example, example) for example in _examples()} - year_or_month_and_day
    assert examples >= {"ABC-123456", "8K2M4-7QX3P", "オオイタ ハナコ", "taro@example.jp"}
    assert not examples - accepted
    assert "ce|1960|4|1" in {case.typed for case in CASES if not case.sentence}


def test_no_refusal_shows_what_was_typed_or_leaves_the_reader_alone() -> None:
    for sentence in {case.sentence for case in CASES if case.sentence}:
        assert re.search("ください。|使えません。|消しました。|例：", sentence), sentence
