"""The language of the answer in the making, and sentences that wait to be said in it."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from libs.contracts.booking import Language

from .date_styles import JAPANESE_DATES, DateStyle
from .ruby import ruby, without_readings


@dataclass(frozen=True)
class Voice:
    """One language of the site. `tag` is for `<html lang>`, `texts` are HTML by Japanese text."""

    code: Language
    tag: str
    name: str
    dates: DateStyle
    texts: Mapping[str, str] = field(default_factory=dict)

    def text(self, japanese: str) -> str:
        """The catalog's HTML; the Japanese itself where there is none."""
        return self.texts.get(japanese, japanese)


JAPANESE = Voice("ja", "ja", "日本語", JAPANESE_DATES)

speaking: ContextVar[Voice] = ContextVar("speaking", default=JAPANESE)
"""Set around each request of a door that speaks several languages."""


@contextmanager
def spoken(voice: Voice) -> Iterator[None]:
    """What is made inside is in this language."""
    before = speaking.set(voice)
    try:
        yield
    finally:
        speaking.reset(before)


class Message(str):
    """A sentence made before anybody knows in which language it will be read.

    As a `str` it is the Japanese; on a page it is what the catalog of the language says, with the
    variables escaped. Words that no catalog knows, such as an operator's, stay Japanese and are
    marked so.
    """

    key: str
    variables: Mapping[str, object]

    def __new__(cls, japanese: str, **variables: object) -> "Message":
        message = super().__new__(cls, japanese % variables if variables else japanese)
        message.key, message.variables = japanese, variables
        return message

    def __str__(self) -> str:
        """Itself, so that an exception's text can still be said in another language."""
        return self

    def __html__(self) -> str:
        voice = speaking.get()
        found = voice.texts.get(self.key)
        text = as_japanese(self.key, voice) if found is None else Markup(found)  # noqa: S704, ours
        return text % self.variables if self.variables else text


class OperatorText(Message):
    """A sentence of the operator's, in Japanese and in whatever other languages it was given; the
    Japanese is said, and marked, where one is missing. What was given may have readings."""

    translations: Mapping[str, str]

    @classmethod
    def of(cls, japanese: str, translations: Mapping[str, str]) -> "OperatorText":
        told = cls(japanese)
        told.translations = translations
        return told

    def __html__(self) -> str:
        given = self.translations.get(speaking.get().code)
        return ruby(escape(given)) if given else super().__html__()


def as_japanese(text: str, voice: Voice) -> Markup:
    """Japanese in the middle of a language, marked where that is another."""
    return escape(text) if voice.tag == "ja" else Markup('<span lang="ja">%s</span>') % text


_OTHER_SIGNS = ("en", "ko", "vi")
_TITLE = re.compile(r"[\u3041-\u30fe々\u4e00-\u9fff]+")


class Words(str):
    """A text of the city's data, already in the language of the answer: plain as a `str`, on a
    page with its readings or marked as Japanese."""

    html: Markup

    def __new__(cls, text: str, html: Markup) -> "Words":
        words = super().__new__(cls, text)
        words.html = html
        return words

    def __html__(self) -> str:
        return self.html


def words(voice: Voice, japanese: str, translated: str) -> str:
    """`translated` with its readings, or the Japanese marked as such where that is missing. The
    title of a paper in Japanese signs is marked as well where a language writes with others."""
    if translated:
        html = ruby(escape(translated))
        if voice.tag in _OTHER_SIGNS:
            html = Markup(_TITLE.sub(r'<span lang="ja">\g<0></span>', html))  # noqa: S704, was one
        return Words(without_readings(translated), html)
    return Words(japanese, as_japanese(japanese, voice)) if japanese else ""


_ = Message
"""Marks a sentence in Python for the catalogs."""
