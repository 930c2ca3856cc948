"""A page as a program reads it: its forms and the texts of its elements. Quick, not strict."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

Pairs = dict[str, str]
# The elements whose text is kept.
_TOLD = ("a", "button", "dd", "dt", "h1", "li", "p", "td", "th")


class Lost(AssertionError):
    """The page is not the one that was expected; the text says which it is."""


@dataclass
class Element:
    """Something with a text on the page."""

    tag: str
    attributes: Pairs
    text: str = ""


@dataclass
class Form:
    """Where a form goes, its fields as they stand, its buttons."""

    action: str
    fields: Pairs = field(default_factory=dict)
    buttons: list[Element] = field(default_factory=list)


class Page(HTMLParser):
    """What a visitor sees: forms, and the elements with their texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.elements: list[Element] = []
        self._named: dict[str, Form] = {}
        self._open: list[Element] = []
        self._area: tuple[Form, str] | None = None
        self.choices: Pairs = {}
        """What lists of options have as chosen, by their names; visitors choose for themselves."""
        self._choice = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attributes}
        if tag in _TOLD:
            self._open.append(Element(tag, own))
            self.elements.append(self._open[-1])
        match tag:
            case "form":
                form = self._named.setdefault(own["id"], Form("")) if "id" in own else Form("")
                form.action = own.get("action", "")
                self.forms.append(form)
            case "input" if "name" in own and _is_sent(own):
                self._form_of(own).fields[own["name"]] = own.get("value", "")
            case "select":
                self._choice = own.get("name", "")
            case "option" if "selected" in own:
                self.choices[self._choice] = own.get("value", "")
            case "textarea":
                self._area = self._form_of(own), own["name"]
                self._area[0].fields[own["name"]] = ""
            case "button" if self.forms or "form" in own:
                self._form_of(own).buttons.append(self._open[-1])

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data
        if self._area:
            form, name = self._area
            form.fields[name] += data if form.fields[name] else data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        if self._open and self._open[-1].tag == tag:
            element = self._open.pop()
            element.text = " ".join(element.text.split())

    @property
    def heading(self) -> str:
        return next((e.text for e in self.all("h1")), "(no heading)")

    def all(self, *tags: str, **attributes: str) -> list[Element]:
        """The elements with one of these tags and these attributes, in the order of the page."""
        wanted = attributes.items()
        return [e for e in self.elements if e.tag in tags and wanted <= e.attributes.items()]

    def links(self, part: str) -> list[Element]:
        """The links whose address contains `part`."""
        return [link for link in self.all("a") if part in link.attributes.get("href", "")]

    def form(self, action: str) -> Form:
        """The first form that goes to `action`. Raises Lost."""
        for form in self.forms:
            if form.action == action:
                return form
        raise Lost(f"No form goes to {action} on the page “{self.heading}”.")

    def facts(self) -> Pairs:
        """The description lists: what → answer."""
        told = self.all("dt", "dd")
        return {a.text: b.text for a, b in pairwise(told) if (a.tag, b.tag) == ("dt", "dd")}

    def _form_of(self, own: Pairs) -> Form:
        """The form around an element, or the one that it names, which may come later."""
        return self._named.setdefault(own["form"], Form("")) if "form" in own else self.forms[-1]


def _is_sent(own: Pairs) -> bool:
    """Whether a browser would send this field as it stands."""
    kind = own.get("type")
    return kind != "file" and (kind not in ("radio", "checkbox") or "checked" in own)
