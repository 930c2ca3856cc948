"""One word for one thing: words that another one has replaced stand on no page, in no mail, list or
file, and not in the manual. docs/glossary.md has the word that is used."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from .house import ROOT

STAFF = {
    "だれが</th>": "行った人",
    "したこと</th>": "内容",
    "手助け": "お手伝い",
    "市民の画面": "予約サイト",
    "市民のページ": "予約サイト",
    "変更の履歴": "変更の記録",
    "枠の並び": "枠の設定",
    "受取場所": "交付場所",
    "来庁前": "予約済",
    "予約した日時": "申込日時",
    "枠の時間が切れ": "確保の期限が過ぎ",
    "時間を戻す": "確保をやめる",
    "二重予約を見る": "二重予約を確かめる",
    "初めの値": "初期値",
    "あなたの": "自分の",
    "ほかの人が先に": "ほかの職員が先に",
    "来られなかった": "来庁されなかった",
}
EVERYBODY = {
    "分からな": "わからな",
    "分かる": "わかる",
    "分かり": "わかり",
    "分かれ": "わかれ",
    "誰": "だれ",
    "受け付けでき": "受け付けられ",
    "お取り置き": "お取りする",
}
"""What citizens read too."""
_SEES = {"services/eligibility/domain/columns.py"}
"""Headings of files that somebody else made are understood in any words."""
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


def _texts(*folders: str) -> Iterator[tuple[str, str]]:
    """(file, Japanese text) of templates, mails, chapters and of literals in code."""
    for folder in folders:
        yield from _texts_in(folder)


@cache
def _texts_in(folder: str) -> tuple[tuple[str, str], ...]:
    found = []
    for path in sorted((ROOT / folder).rglob("*")):
        name = path.relative_to(ROOT).as_posix()
        if "/tests/" in name or name in _SEES:
            continue
        if path.suffix == ".html":
            found.append((name, _COMMENT.sub("", path.read_text())))
        elif path.suffix in (".txt", ".md"):
            found.append((name, path.read_text()))
        elif path.suffix == ".py":
            found += [(name, text) for text in _literals(path.read_text())]
    return tuple(found)


def _literals(code: str) -> Iterator[str]:
    """Texts in the code, without what explains it."""
    tree = ast.parse(code)
    explained = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)
    }  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in explained:
            yield from [node.value] if isinstance(node.value, str) else []


@pytest.mark.parametrize("word", STAFF)
def test_staff_read_the_one_word(word: str) -> None:
    _stands_nowhere(
        word, STAFF[word], "services/gateway/lgwan", "docs/manual", "services/reporting"
    )


@pytest.mark.parametrize("word", EVERYBODY)
def test_everybody_reads_the_one_word(word: str) -> None:
    folders = (
        "services/gateway",
        "services/notify/templates/ja",
        "docs/manual",
        "services/eligibility",
    )
    _stands_nowhere(word, EVERYBODY[word], *folders)


def _stands_nowhere(word: str, instead: str, *folders: str) -> None:
    found = [name for name, text in _texts(*folders) if word in text]
    assert not found, f"{word}: {instead}"


def test_the_guard_sees_a_word_in_a_page_a_mail_a_chapter_and_in_code() -> None:
    everything = dict.fromkeys(name.rpartition(".")[2] for name, _ in _texts("services", "docs"))
    assert {"html", "txt", "md", "py"} <= set(everything)
    assert list(_literals('"""分かる"""\nX = "来る方"\n"""誰"""')) == ["来る方"]
