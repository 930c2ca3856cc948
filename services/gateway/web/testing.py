"""What both doors' tests check on every page they fetch: sound HTML that everybody can use."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Protocol
from xml.etree.ElementTree import Element

import html5lib

_LANGUAGES = ("ja", "en", "zh-CN", "ko", "vi")
_NOTATION = re.compile(r"\{[^{}|]+\|[^{}|]+\}")
_CONTROLS = ("input", "select", "textarea")
_REFERENCES = ("aria-describedby", "aria-labelledby", "aria-controls", "form")
_INLINE = ("style", "onclick", "onchange", "onsubmit", "onload")


class Answer(Protocol):
    """What a test client got."""

    @property
    def text(self) -> str: ...
    @property
    def headers(self) -> Any: ...


class Page:
    """A page as a tree. Making one checks it: AssertionError says what is wrong."""

    def __init__(self, answer: Answer) -> None:
        assert answer.headers["content-type"].startswith("text/html")
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        self.root: Element = parser.parse(answer.text)
        for cell in self._cells():
            cell.tail = f" {cell.tail or ''}"
        self.text = " ".join("".join(self.root.itertext()).split())
        self._ids = Counter(e.get("id") for e in self.root.iter() if e.get("id"))
        self._check_frame()
        self._check_references()
        self._check_controls()

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """The elements `tag` that have these attributes."""
        found = self.root.iter(tag)
        return [e for e in found if all(e.get(n) == value for n, value in attributes.items())]

    def one(self, tag: str, **attributes: str) -> Element:
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} of <{tag}> with {attributes}"
        return found[0]

    def field(self, name: str) -> str:
        """The value of the first field `name`."""
        return self.all("input", name=name)[0].get("value", "")

    @property
    def heading(self) -> str:
        return words(self.one("h1"))

    def _cells(self) -> list[Element]:
        return [cell for tag in ("td", "th", "dt", "dd") for cell in self.root.iter(tag)]

    def _check_frame(self) -> None:
        assert self.root.get("lang") in _LANGUAGES
        assert words(self.one("title"))
        assert self.heading
        assert self._ids.total() == len(self._ids), f"ids used twice: {self._ids.most_common(3)}"
        assert not self.all("script") or all(e.get("src") for e in self.all("script"))
        assert not self.all("style")
        marked = [e.attrib for e in self.root.iter() if "<ruby>" in "".join(e.attrib.values())]
        assert not marked, f"markup in an attribute: {marked}"
        assert not _NOTATION.search("".join(_said(self.root))), "a reading without its ruby"
        inline = [(e.tag, name) for e in self.root.iter() for name in _INLINE if e.get(name)]
        assert not inline, f"the policy forbids {inline}"

    def _check_references(self) -> None:
        for element, name, target in self._references():
            assert target in self._ids, f"{name} of <{element.tag}> leads nowhere: {target}"
        for form in self.all("form"):
            action = form.get("action", "")
            assert action, "a form does not say where it goes"
            assert "//" not in action, "a form goes to another site"
            hidden = {e.get("name") for e in form.iter("input") if e.get("type") == "hidden"}
            assert form.get("method") != "post" or "csrf" in hidden, "a form has no token"

    def _references(self) -> Iterator[tuple[Element, str, str]]:
        for element in self.root.iter():
            for name in _REFERENCES:
                for target in (element.get(name) or "").split():
                    yield element, name, target
        for link in self.all("a"):
            href = link.get("href", "")
            if href.startswith("#"):
                yield link, "href", href[1:]

    def _check_controls(self) -> None:
        labelled = {label.get("for") for label in self.all("label")}
        for tag in _CONTROLS:
            for control in self.all(tag):
                named = control.get("id") in labelled or control.get("aria-label")
                assert control.get("type") == "hidden" or named, f"no label: {control.attrib}"
        for button in [*self.all("button"), *self.all("a")]:
            assert words(button) or button.get("aria-label"), f"no name: {button.attrib}"


def _said(element: Element) -> Iterator[str]:
    """The texts in an element, but for what somebody types or typed as it is kept."""
    if element.tag in ("textarea", "code") or "data-typed" in element.attrib:
        return
    yield element.text or ""
    for child in element:
        yield from _said(child)
        yield child.tail or ""


def words(element: Element) -> str:
    """The text in an element, with single blanks."""
    return " ".join("".join(element.itertext()).split())
