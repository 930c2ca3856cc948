"""The languages of the citizens' door, with their catalogs as they are committed."""

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from libs.contracts.booking import Language

from .date_styles import (
    CHINESE_DATES,
    EASY_DATES,
    ENGLISH_DATES,
    KOREAN_DATES,
    VIETNAMESE_DATES,
)
from .language import JAPANESE, Voice
from .ruby import ruby

LOCALES = Path(__file__).parent / "locales"

VOICES = (
    JAPANESE,
    Voice("ja-easy", "ja", "やさしい日本語", EASY_DATES),
    Voice("en", "en", "English", ENGLISH_DATES),
    Voice("zh-CN", "zh-CN", "简体中文", CHINESE_DATES),
    Voice("ko", "ko", "한국어", KOREAN_DATES),
    Voice("vi", "vi", "Tiếng Việt", VIETNAMESE_DATES),
)


def catalog_file(language: Language) -> Path:
    return LOCALES / language / "LC_MESSAGES" / "internet.po"


@cache
def load_voices() -> tuple[Voice, ...]:
    """Every language with its texts, Japanese first. Read once; a broken catalog raises."""
    return tuple(_with_texts(voice) for voice in VOICES)


def _with_texts(voice: Voice) -> Voice:
    if voice is JAPANESE:
        return voice
    with catalog_file(voice.code).open("rb") as file:
        catalog = read_po(file, charset="utf-8", abort_invalid=True)
    texts = {
        str(message.id): ruby(str(message.string))
        for message in catalog
        if message.id and message.string and not message.fuzzy
    }
    return Voice(voice.code, voice.tag, voice.name, voice.dates, texts)
