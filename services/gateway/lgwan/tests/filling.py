"""Forms as a browser sends them: everything that stands in them, with some of it changed."""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from services.gateway.web.testing import Page, words

from .support import ORIGIN, Browser

Typed = Mapping[str, str | Sequence[str]]


class Filling:
    """Somebody who fills in forms by their buttons; `actions` counts every link and button."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.actions = 0

    @property
    def page(self) -> Page:
        return self.browser.page

    def open(self, path: str) -> Page:
        """A link, or an address that was typed."""
        self.actions += 1
        return self.browser.open(path)

    def press(self, text: str, typed: Typed | None = None) -> Page:
        """The link or button `text`, after the fields of its form were filled in."""
        self.actions += 1
        for link in self.page.all("a"):
            if words(link) == text:
                return self.browser.open(link.get("href", ""))
        button = next(b for b in self.page.all("button") if words(b) == text)
        form = self._form_of(button)
        sent = {**self._fields(form), **(typed or {})}
        if name := button.get("name"):
            sent[name] = button.get("value", "")
        path = button.get("formaction") or form.get("action") or ""
        return self._send(path, sent, form.get("method") or "get")

    def _send(self, path: str, sent: Typed, method: str) -> Page:
        headers = {"origin": ORIGIN, "referer": ORIGIN + "/"}
        data = {name: value if isinstance(value, str) else [*value] for name, value in sent.items()}
        client = self.browser.client
        if method == "get":
            return self.browser.show(client.get(path, params=data))
        return self.browser.show(client.post(path, data=data, headers=headers))

    def _form_of(self, button: Element) -> Element:
        if form_id := button.get("form"):
            return self.page.one("form", id=form_id)
        return next(form for form in self.page.all("form") if button in form.iter("button"))

    def _fields(self, form: Element) -> dict[str, str | Sequence[str]]:
        found: dict[str, list[str]] = {}
        for field in form.iter("input"):
            boxed = field.get("type") in ("checkbox", "radio")
            if field.get("name") and (not boxed or field.get("checked") is not None):
                found.setdefault(field.get("name", ""), []).append(field.get("value", ""))
        for area in form.iter("textarea"):
            found[area.get("name", "")] = [(area.text or "").removeprefix("\n")]
        for select in form.iter("select"):
            options = list(select.iter("option"))
            chosen = [o for o in options if o.get("selected") is not None] or options[:1]
            found[select.get("name", "")] = [o.get("value") or words(o) for o in chosen]
        return dict(found)
