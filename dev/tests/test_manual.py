"""The manual for staff: every chapter is in the book, with its pictures and its page."""

from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from dev.errors import CannotStart
from dev.machine import chromium
from dev.manual.book import bind, page, tree, words
from dev.manual.chapters import FIRST, FOLDER, Chapter, chapters
from dev.manual.printing import need_fonts, pages_of, print_pdf
from services.gateway.lgwan.door.pages import MENU

DAY = date(2026, 12, 1)


@pytest.fixture(scope="module")
def book() -> Any:
    return tree(page(bind(chapters()), DAY, {}))


def headings(root: Any, tag: str) -> list[str]:
    return [words(heading) for heading in root.iter(tag)]


def test_every_chapter_is_in_the_book_with_its_sections(book: Any) -> None:
    files = list(FOLDER.glob("*.md"))
    assert len(headings(book, "h1")) == len(files)
    assert {Chapter(path, path.read_text()).title for path in files} == set(headings(book, "h1"))
    sections = sum(path.read_text().count("\n## ") for path in files)
    assert len(headings(book, "h2")) == sections


def test_the_book_begins_with_the_introduction_and_goes_on_as_the_menu_stands() -> None:
    order = [chapter for chapter in chapters() if chapter.path.name != FIRST]
    assert chapters()[0].path.name == FIRST
    items = [item.text for item in MENU]
    places = [min(map(items.index, c.opened_from & {*items})) for c in order if c.opened_from]
    assert places == sorted(places)


@pytest.mark.parametrize("item", MENU, ids=lambda item: item.path)
def test_every_page_of_the_menu_has_a_chapter_that_says_where_it_is_opened(item: Any) -> None:
    assert item.text in {text for chapter in chapters() for text in chapter.opened_from}
    group = "「そのほか」の" if item.seldom else ""
    assert any(f"メニューの{group}「{item.text}」" in chapter.text for chapter in chapters())


def test_every_picture_of_the_manual_exists_and_is_in_the_book(book: Any) -> None:
    named = [picture for chapter in chapters() for picture in chapter.pictures]
    assert named
    assert not [picture for picture in named if not picture.is_file()]
    assert [image.get("src") for image in book.iter("img")] == [p.as_uri() for p in named]
    assert all(image.get("alt") for image in book.iter("img"))


def test_every_line_of_the_contents_leads_to_its_heading(book: Any) -> None:
    marked = {e.get("id"): words(e) for tag in ("h1", "h2") for e in book.iter(tag)}
    lines = {a.get("href")[1:]: words(a.find("span")) for a in book.find(".//nav").iter("a")}
    assert lines == marked


def test_a_link_to_another_chapter_stays_in_the_book() -> None:
    one = Chapter(FOLDER / "one.md", "# 一\n\n[二へ](two.md)\n")
    two = Chapter(FOLDER / "two.md", "# 二\n")
    assert '<a href="#c2">二へ</a>' in bind([one, two]).body


def test_a_line_of_the_file_ends_without_a_blank_in_the_book() -> None:
    assert "<p>二行の文。</p>" in bind([Chapter(FOLDER / "x.md", "# 一\n\n二行の\n文。\n")]).body


def test_a_chapter_without_a_heading_is_refused() -> None:
    with pytest.raises(ValueError, match="no heading"):
        _ = Chapter(Path("x.md"), "なにもない").title


def test_where_no_font_is_japanese_one_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First a program that knows no such font, then no program at all."""
    listing = tmp_path / "fc-list"
    listing.write_text("#!/bin/sh\n")
    listing.chmod(0o755)
    for path in (str(tmp_path), ""):
        monkeypatch.setenv("PATH", path)
        with pytest.raises(CannotStart, match="fonts-noto-cjk"):
            need_fonts()


@pytest.mark.skipif(chromium() is None, reason="Chromium is not on this machine")
async def test_the_contents_show_the_pages_on_which_the_headings_stand(tmp_path: Path) -> None:
    long = "# 二\n\n" + "文。\n\n" * 80 + "## 二の二\n"
    parts = [Chapter(Path("1.md"), "# 一\n\n本文"), Chapter(Path("2.md"), long)]
    html = tmp_path / "book.html"
    html.write_text(page(bind(parts), DAY, {}))
    found = pages_of(await print_pdf(html))
    assert found == {"c1": 3, "c2": 4, "c2-1": found["c2-1"]}
    assert found["c2-1"] > 4
    html.write_text(page(bind(parts), DAY, found))
    numbers = [words(line) for line in tree(html.read_text()).iter("b")]
    assert unescape(" ".join(numbers)) == f"3 4 {found['c2-1']}"
