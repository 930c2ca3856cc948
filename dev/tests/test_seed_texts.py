"""The city's offices and procedures have all their words in every language."""

import re
from collections.abc import Iterator
from typing import get_args

import pytest

from dev.account import ROOT
from libs.contracts.booking import Catalog, Language, Procedure, ProcedureText, Visitor, VisitorRule

SEED = Catalog.model_validate_json((ROOT / "deploy" / "seed" / "oita.json").read_text())
FOREIGN = tuple(language for language in get_args(Language) if language != "ja")
KANA = re.compile(r"[\u3040-\u309f\u30a1-\u30fa]")
KANJI = re.compile(r"[々\u4e00-\u9fff]")
TITLE = re.compile(r"(?<=[(,.; ])[\u30a1-\u30fe々\u4e00-\u9fff]+(?=[),.;])")
NOTATION = re.compile(r"\{[^{}|]+\|[\u3040-\u309fー]+\}")


def words(language: Language) -> Iterator[str]:
    """Every text of offices and procedures in `language`."""
    for office in SEED.offices:
        yield from (office.texts[language].name, office.texts[language].address)
    for procedure in SEED.procedures:
        text = procedure.texts[language]
        yield from (text.name, text.plain, *text.documents, *text.notes)
        for rule in text.visitors:
            yield from rule.documents
            yield from filter(None, [rule.phone_reason])


@pytest.mark.parametrize("language", FOREIGN)
def test_no_word_is_missing(language: Language) -> None:
    assert all(word.strip() for word in words(language))
    for procedure in SEED.procedures:
        assert _shape(procedure) == _shape(procedure.texts[language]), procedure.procedure_id


def _shape(offered: Procedure | ProcedureText) -> tuple[int, int, dict[Visitor, tuple[int, bool]]]:
    """How many documents and notes there are, and which visitor brings more or has to call."""
    rules: tuple[VisitorRule, ...] = (
        offered.rules if isinstance(offered, Procedure) else offered.visitors
    )
    said = {r.visitor: (len(r.documents), bool(r.phone_reason)) for r in rules}
    spoken = {visitor: rule for visitor, rule in said.items() if rule != (0, False)}
    return len(offered.documents), len(offered.notes), spoken


def test_easy_japanese_has_a_reading_for_every_sign() -> None:
    assert not [word for word in words("ja-easy") if KANJI.search(NOTATION.sub("", word))]


@pytest.mark.parametrize("language", ["en", "ko", "vi", "zh-CN"])
def test_foreign_words_are_not_japanese(language: Language) -> None:
    """But for the titles of papers in brackets, as they are printed on them; pages mark those."""
    assert not [word for word in words("zh-CN") if KANA.search(word)]
    if language != "zh-CN":
        told = [TITLE.sub("", word) for word in words(language)]
        assert not [word for word in told if KANJI.search(word) or KANA.search(word)]
