"""What a mail says differently in each language beside its text: dates, and readings of words."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import get_args

from babel.dates import format_datetime

from libs.contracts.booking import Language
from libs.contracts.times import JST

LANGUAGES: tuple[Language, ...] = get_args(Language)

_TIMES: Mapping[Language, tuple[str, str]] = {
    "ja": ("ja", "y年M月d日（E）H時mm分"),
    "ja-easy": ("ja", "y年M月d日（EEEE） H時mm分"),
    "en": ("en", "EEEE, MMMM d, y, HH:mm"),
    "zh-CN": ("zh_CN", "y年M月d日（EEE） HH:mm"),
    "ko": ("ko", "y년 M월 d일 (EEE) HH:mm"),
    "vi": ("vi", "HH:mm, EEEE, 'ngày' d 'tháng' M 'năm' y"),
}
_NOTHING: Mapping[Language, str] = {
    "ja": "特にありません。",
    "ja-easy": "ありません。",
    "en": "Nothing in particular.",
    "zh-CN": "没有特别需要携带的物品。",
    "ko": "특별히 없습니다.",
    "vi": "Không có gì đặc biệt.",
}
_COMMAS: Mapping[Language, str] = {"ja": "、", "ja-easy": "、", "zh-CN": "、"}
_NOTATION = re.compile(r"\{([^{}|]+)\|([^{}|]+)\}")


def known(code: str) -> Language:
    """The language of that code; Japanese for one that mails are not written in."""
    return next((language for language in LANGUAGES if language == code), "ja")


def shown_time(at: datetime, language: Language) -> str:
    """2026年12月1日（火）10時30分, by the city's clock."""
    locale, pattern = _TIMES[language]
    return format_datetime(at.astimezone(JST), pattern, locale=locale)


def shown_names(names: Sequence[str], language: Language) -> str:
    """Names in one line."""
    return _COMMAS.get(language, ", ").join(names)


def shown_list(items: tuple[str, ...]) -> str:
    return "\n".join(f"・{item}" for item in items)


def nothing(language: Language) -> str:
    """Said where there is nothing to bring."""
    return _NOTHING[language]


def with_readings(text: str) -> str:
    """予約（よやく） for the notation {予約|よやく} of texts in easy Japanese."""
    return _NOTATION.sub(r"\1（\2）", text)
