"""The manual as one HTML page: cover, table of contents, chapters."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from markdown_it import MarkdownIt

from .chapters import Chapter

MANUAL = "操作マニュアル"
STYLE = Path(__file__).parent / "manual.css"
_HEADING = re.compile(r"<(h[12])>(.*?)</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_LINK = re.compile(r'<a href="(?!#|https?:)([^"#]+\.md)(?:#[^"]*)?">')
_SOURCE = re.compile(r'<img src="([^"]+)"')


@dataclass(frozen=True)
class Entry:
    """A line of the table of contents. `mark` is the id of its heading, `level` 1 or 2."""

    mark: str
    level: int
    text: str


@dataclass(frozen=True)
class Book:
    """`body` is the HTML of all chapters, `entries` what is in them."""

    body: str
    entries: tuple[Entry, ...]


def bind(parts: Sequence[Chapter]) -> Book:
    """All chapters as HTML, with marks at their headings and pictures at their own places."""
    marks = {part.path.name: f"c{number}" for number, part in enumerate(parts, 1)}
    bodies, entries = [], []
    for part in parts:
        body, found = _marked(_rendered(part, marks), marks[part.path.name])
        bodies.append(f"<section>\n{body}</section>\n")
        entries += found
    return Book("".join(bodies), tuple(entries))


def page(book: Book, day: date, numbers: Mapping[str, int], kind: str = MANUAL) -> str:
    """The whole page; `numbers` are the pages of the headings, as far as they are known. `kind`
    stands on the cover."""
    lines = "".join(_line(entry, numbers) for entry in book.entries)
    return (
        '<!DOCTYPE html>\n<html lang="ja"><head><meta charset="utf-8">'
        f"<title>マイナンバーカード予約 窓口 {kind}</title>"
        f"<style>{STYLE.read_text()}</style></head>\n<body>\n"
        '<header class="cover"><p>大分市</p><div class="name">マイナンバーカード予約 窓口</div>'
        f"<p>{kind}</p><p>{day.year}年{day.month}月{day.day}日</p></header>\n"
        f'<nav class="contents"><div class="name">目次</div><ol>\n{lines}</ol></nav>\n'
        f"{book.body}</body></html>\n"
    )


def tree(html: str) -> Any:
    """The page as a tree. Raises where it is no sound HTML."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _line(entry: Entry, numbers: Mapping[str, int]) -> str:
    number = numbers.get(entry.mark, "")
    return (
        f'<li class="level{entry.level}"><a href="#{entry.mark}"><span>{entry.text}</span>'
        f"<b>{number}</b></a></li>\n"
    )


def _rendered(part: Chapter, marks: Mapping[str, str]) -> str:
    """Links to other chapters stay in the book; pictures are found from anywhere."""

    def to_chapter(link: re.Match[str]) -> str:
        return f'<a href="#{marks[Path(link[1]).name]}">'

    def to_picture(source: re.Match[str]) -> str:
        picture = (part.path.parent / source[1]).resolve()
        return f'<img src="{escape(picture.as_uri())}"'

    reader = MarkdownIt("commonmark").enable("table")
    # Japanese has no blanks, so the end of a line in the file is none.
    reader.add_render_rule("softbreak", lambda *_: "")
    html = reader.render(part.text)
    return _SOURCE.sub(to_picture, _LINK.sub(to_chapter, html))


def _marked(html: str, mark: str) -> tuple[str, list[Entry]]:
    """The chapter's headings with ids: c3 for its title, c3-1 and on for its sections."""
    entries: list[Entry] = []

    def named(heading: re.Match[str]) -> str:
        level = int(heading[1][1])
        sections = sum(entry.level == 2 for entry in entries)
        entry = Entry(f"{mark}-{sections + 1}" if level == 2 else mark, level, heading[2])
        entries.append(Entry(entry.mark, level, _TAG.sub("", heading[2])))
        return f'<h{level} id="{entry.mark}">{heading[2]}</h{level}>'

    return _HEADING.sub(named, html), entries
