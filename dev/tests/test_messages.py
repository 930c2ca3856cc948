"""No text of the citizens' door is missing in any language, and none says something else."""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from dev.account import ROOT
from dev.messages import FOLDERS, catalogs, found, written
from services.gateway.web.catalogs import VOICES, catalog_file

FOREIGN = [voice.code for voice in VOICES if voice.code != "ja"]
JAPANESE = re.compile(r"[\u3040-\u309f\u30a1-\u30fa々\u4e00-\u9fff]")
KANA = re.compile(r"[\u3040-\u309f\u30a1-\u30fa]")
KANJI = re.compile(r"[々\u4e00-\u9fff]")
NOTATION = re.compile(r"\{[^{}|]+\|[\u3040-\u309fー]+\}")
QUOTED = re.compile(r'<span lang="ja">[^<]*</span>')
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\}")
SENTENCE = re.compile(r"[\u3040-\u309f]{2}")
OWN_WORDS = {"date_styles.py", "catalogs.py"}
"""Where Japanese stands in code that is no text of a page: readings of days, names of languages."""


def messages(language: str) -> list[Message]:
    path = next(catalog_file(voice.code) for voice in VOICES if voice.code == language)
    with path.open("rb") as file:
        return [message for message in read_po(file, charset="utf-8") if message.id]


@pytest.mark.parametrize("path", list(catalogs()), ids=lambda path: path.parts[-3])
def test_every_catalog_has_the_texts_of_pages_and_code_and_no_others(path: Path) -> None:
    assert path.read_bytes() == written(found(), path.read_bytes()), "run `make messages`"


def test_a_changed_text_keeps_its_old_translation_to_be_looked_at() -> None:
    before, after = Catalog(), Catalog()
    before.add("予約の画面を閉じました。", "We closed the page.")
    after.add("予約の画面を閉じました。番号は残ります。")
    after.add("別の文")
    kept = io.BytesIO()
    write_po(kept, before)
    made = read_po(io.BytesIO(written(after, kept.getvalue())))
    changed = made.get("予約の画面を閉じました。番号は残ります。")
    assert changed and (changed.string, changed.fuzzy) == ("We closed the page.", True)
    new = made.get("別の文")
    assert new and not new.string
    again = read_po(io.BytesIO(written(after, written(after, kept.getvalue()))))
    assert [one.fuzzy for one in again if one.id and one.string] == [True]


@pytest.mark.parametrize("language", FOREIGN)
def test_every_text_is_translated(language: str) -> None:
    missing = [m.id for m in messages(language) if not m.string or m.fuzzy]
    assert not missing
    assert len(messages(language)) > 200


@pytest.mark.parametrize("language", FOREIGN)
def test_translations_keep_the_placeholders_and_the_markup(language: str) -> None:
    for message in messages(language):
        source, target = str(message.id), QUOTED.sub("", str(message.string))
        for pattern in (PLACEHOLDER, re.compile(r"<[^>]*>"), re.compile("%%")):
            assert sorted(pattern.findall(source)) == sorted(pattern.findall(target)), source
        assert target.count("%") == source.count("%"), source
        assert "&" not in target.replace("&#", ""), "it is put on the page as it is"


def test_easy_japanese_has_a_reading_for_every_sign() -> None:
    for message in messages("ja-easy"):
        assert not KANJI.search(NOTATION.sub("", str(message.string))), message.id


@pytest.mark.parametrize("language", ["en", "ko", "vi", "zh-CN"])
def test_foreign_texts_quote_japanese_only_where_it_is_marked(language: str) -> None:
    signs = KANA if language == "zh-CN" else JAPANESE
    for message in messages(language):
        assert not signs.search(QUOTED.sub("", str(message.string))), message.id


def templates() -> Iterator[Path]:
    return (path for folder in FOLDERS for path in folder.rglob("*.html"))


def test_pages_have_no_text_outside_the_catalogs() -> None:
    unmarked = []
    for path in templates():
        text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
        text = re.sub(r"_\(\s*(\"[^\"]*\"|'[^']*')", "", text)
        text = re.sub(r"\{%-? trans.*?endtrans -?%\}", "", text, flags=re.DOTALL)
        if JAPANESE.search(QUOTED.sub("", text)):
            unmarked.append(path.name)
    assert not unmarked


def test_attributes_of_pages_take_texts_without_readings() -> None:
    attribute = re.compile(r"[a-z-]+=\"[^\"<>]*\{\{ *_\((?:\"[^\"]*\"|'[^']*')[^}]*\}\}")
    taken = [use for path in templates() for use in attribute.findall(path.read_text())]
    assert taken
    assert not [use for use in taken if "|plain" not in use]


def test_sentences_in_python_are_marked_for_translation() -> None:
    unmarked = [
        f"{path.relative_to(ROOT)}:{line}"
        for folder in FOLDERS
        for path in folder.rglob("*.py")
        if "tests" not in path.parts and path.name not in OWN_WORDS
        for line in _unmarked(ast.parse(path.read_bytes()))
    ]
    assert not unmarked


def _unmarked(tree: ast.Module) -> Iterator[int]:
    """Lines with a Japanese sentence that is neither marked, nor a docstring, nor a pattern."""
    fine: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("_", "re.compile", "map"):
            fine |= {id(part) for argument in node.args for part in ast.walk(argument)}
        elif isinstance(node, ast.Expr):
            fine.add(id(node.value))
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and id(node) not in fine
            and SENTENCE.search(str(node.value))
        ):
            yield node.lineno
