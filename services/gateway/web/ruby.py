"""Readings above words: `{予約|よやく}` in a text becomes ruby on a page, or only the word."""

import re

from markupsafe import Markup, escape

_NOTATION = re.compile(r"\{([^{}|]+)\|([^{}|]+)\}")
_RUBY = r"<ruby>\1<rp>（</rp><rt>\2</rt><rp>）</rp></ruby>"
_READING = re.compile(r"<rp>.*?</rp>|<rt>.*?</rt>")
_TAG = re.compile(r"<[^>]*>")


def ruby(html: str) -> Markup:
    """Trusted or escaped HTML with its notation as ruby elements. What is put into it afterwards
    is escaped by Markup and never read as notation."""
    return Markup(_NOTATION.sub(_RUBY, str(html)))  # noqa: S704, it was HTML before


def without_readings(text: str) -> str:
    """The words alone, as plain text."""
    return _NOTATION.sub(r"\1", text)


def plain(value: object) -> Markup:
    """The words alone, fit for an attribute, an <option> or a <title>."""
    words = _TAG.sub("", _READING.sub("", str(escape(value))))
    return Markup(words.replace('"', "&#34;"))  # noqa: S704, escaped above
