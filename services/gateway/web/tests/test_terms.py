"""One official term has one translation per language: docs/terms.md holds catalogs, mails, seed."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from babel.messages.pofile import read_po

from dev.account import ROOT
from services.gateway.web.catalogs import VOICES, catalog_file
from services.gateway.web.ruby import without_readings

LANGUAGES = ("ja-easy", "en", "zh-CN", "ko", "vi")
"""In the order of the columns."""
TERMS = (ROOT / "docs" / "terms.md").read_text()
SEED = json.loads((ROOT / "deploy" / "seed" / "oita.json").read_text())
MAILS = ROOT / "services" / "notify" / "templates"
HELD = {
    "マイナンバーカード", "交付通知書", "申請書ID", "予約番号", "電子証明書", "暗証番号",
    "法定代理人", "照会書兼回答書", "委任状", "本人確認書類", "在留カード", "資格確認書",
    "年金手帳", "通知カード", "住民基本台帳カード", "有効期限通知書", "戸籍謄本",
    "登記事項証明書", "本籍", "市民課",
}  # fmt: skip
"""Names of papers, offices and roles: where the Japanese has one, each translation has it too. The
other rows are words that a sentence may say in another way."""
AS_PRINTED = re.compile(r'<span lang="ja">([^<]*)</span>')
Pair = tuple[str, str]


def rows(columns: int) -> list[list[str]]:
    found = [line.strip("| ").split(" | ") for line in TERMS.splitlines() if line[:2] == "| "]
    return [row for row in found if len(row) == columns][1:]


def stem(cell: str) -> str:
    """What is in brackets explains."""
    return re.sub(r"\s*[(（].*", "", cell.split(" / ")[0]).strip()


@cache
def pairs(language: str) -> tuple[Pair, ...]:
    """(Japanese, translation) of all that citizens read."""
    return (*_of_catalog(language), *_of_mails(language), *_of_seed(language))


def _of_catalog(language: str) -> Iterator[Pair]:
    code = next(voice.code for voice in VOICES if voice.code == language)
    with catalog_file(code).open("rb") as file:
        for message in read_po(file, charset="utf-8"):
            if message.id:
                yield str(message.id), without_readings(str(message.string))


def _of_mails(language: str) -> Iterator[Pair]:
    for path in sorted((MAILS / "ja").glob("*.txt")):
        text = (MAILS / language / path.name).read_text()
        yield path.read_text(), re.sub(r"（[\u3040-\u309fー]+）", "", text)


def _of_seed(language: str) -> Iterator[Pair]:
    for one in (*SEED["offices"], *SEED["procedures"]):
        text = one["texts"][language]
        yield from ((ja, without_readings(said)) for ja, said in _beside(one, text))


def _beside(one: Any, text: Any) -> Iterator[Pair]:
    for name in ("name", "plain", "documents", "notes"):
        if isinstance(one.get(name), list):
            yield from zip(one[name], text[name], strict=True)
        elif name in text:
            yield one[name], text[name]
    for rule in one.get("rules", ()):
        for other in text.get("visitors", ()):
            if rule["visitor"] == other["visitor"] and rule.get("documents"):
                yield from zip(rule["documents"], other["documents"], strict=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_the_japanese_has_a_term_the_translation_has_the_one_of_the_table(
    language: str,
) -> None:
    column = LANGUAGES.index(language) + 1
    terms = {stem(row[0]): stem(row[column]).casefold() for row in rows(7)}
    assert set(terms) >= HELD
    otherwise = [
        (term, terms[term], said)
        for term in sorted(HELD)
        for japanese, said in pairs(language)
        if term in japanese and terms[term] not in said.casefold()
        and not any(term in title for title in AS_PRINTED.findall(said))
    ]  # fmt: skip
    assert not otherwise


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_that_mislead_stand_nowhere(language: str) -> None:
    never = [(row[1], row[2]) for row in rows(3) if row[0] == language]
    assert never
    found = [(word, said) for word, _ in never for _, said in pairs(language) if word in said]
    assert not found
