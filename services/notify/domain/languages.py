"""What a mail says differently in each language beside its text: dates, and readings of words."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import get_args

from babel.dates import format_date, format_datetime

from libs.contracts.booking import Language, Relation
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
_RELATIONS: Mapping[Language, Mapping[Relation, str]] = {
    "ja": {
        "self": "わたし",
        "spouse": "配偶者",
        "child": "子",
        "parent": "親",
        "other": "そのほか",
    },
    "ja-easy": {
        "self": "わたし",
        "spouse": "夫（おっと）・妻（つま）",
        "child": "子（こ）ども",
        "parent": "親（おや）",
        "other": "ほかの 人（ひと）",
    },
    "en": {
        "self": "Me",
        "spouse": "Spouse",
        "child": "Child",
        "parent": "Parent",
        "other": "Other",
    },
    "zh-CN": {"self": "我", "spouse": "配偶", "child": "子女", "parent": "父母", "other": "其他"},
    "ko": {"self": "나", "spouse": "배우자", "child": "자녀", "parent": "부모", "other": "기타"},
    "vi": {
        "self": "Tôi",
        "spouse": "Vợ/chồng",
        "child": "Con",
        "parent": "Cha/mẹ",
        "other": "Người khác",
    },
}
_PLACES: Mapping[Language, str] = {
    "ja": "{}人目の方",
    "ja-easy": "{}人目（にんめ）の 人（ひと）",
    "en": "Person {}",
    "zh-CN": "第{}位",
    "ko": "{}번째 분",
    "vi": "Người thứ {}",
}
_WITH_NUMBER: Mapping[Language, str] = {
    "ja": "番号で予約を表示するときは、その番号の方の生年月日を入力してください。"
    "下のリンクは、最初の番号の予約を開きます。",
    "ja-easy": "番号（ばんごう）で 見（み）る ときは、その 番号の 人（ひと）の "
    "生年月日（せいねんがっぴ：生まれた 日）を 入（い）れてください。"
    "下（した）の リンクは、はじめの 番号の 予約（よやく）です。",
    "en": "To open a booking by its number, enter the date of birth of the person with that "
    "number. The link below opens the booking with the first number.",
    "zh-CN": "用号码查看预约时，请输入该号码对应的人的出生日期。下面的链接打开第一个号码的预约。",
    "ko": "번호로 예약을 볼 때는 그 번호에 해당하는 분의 생년월일을 입력해 주십시오. "
    "아래 링크는 첫 번째 번호의 예약을 엽니다.",
    "vi": "Khi xem lịch hẹn bằng mã số, hãy nhập ngày sinh của người có mã số đó. "
    "Đường dẫn bên dưới mở lịch hẹn có mã số đầu tiên.",
}
_GUIDANCE: Mapping[Language, str] = {
    "ja": "■ この日のご案内",
    "ja-easy": "■ この 日（ひ）の お知（し）らせ",
    "en": "■ About this day",
    "zh-CN": "■ 当天须知",
    "ko": "■ 이날의 안내",
    "vi": "■ Thông tin về ngày này",
}
_DAYS: Mapping[Language, tuple[str, str]] = {
    "ja": ("ja", "y年M月d日（E）"),
    "ja-easy": ("ja", "y年M月d日（EEEE）"),
    "en": ("en", "EEEE, MMMM d, y"),
    "zh-CN": ("zh_CN", "y年M月d日（EEE）"),
    "ko": ("ko", "y년 M월 d일 (EEE)"),
    "vi": ("vi", "EEEE, 'ngày' d 'tháng' M 'năm' y"),
}
_DEADLINES: Mapping[Language, tuple[str, str]] = {
    "ja": (
        "日時の変更は{}まで、取り消しは予約の時刻までできます。",
        "日時の変更と取り消しは、予約の時刻までできます。",
    ),
    "ja-easy": (
        "{}まで、日（ひ）や 時間（じかん）を 変（か）えられます。時間まで、やめられます。",
        "予約（よやく）の 時間（じかん）まで、変（か）えたり やめたり できます。",
    ),
    "en": (
        "You can change the date and time until {}, and cancel until the time of the appointment.",
        "You can change or cancel until the time of the appointment.",
    ),
    "zh-CN": (
        "变更日期时间截止到{}，取消截止到预约的时间。",
        "变更和取消都截止到预约的时间。",
    ),
    "ko": (
        "일시 변경은 {}까지, 취소는 예약 시각까지 하실 수 있습니다.",
        "일시 변경과 취소는 예약 시각까지 하실 수 있습니다.",
    ),
    "vi": (
        "Bạn có thể đổi ngày giờ đến hết {} và hủy cho đến giờ hẹn.",
        "Bạn có thể đổi hoặc hủy cho đến giờ hẹn.",
    ),
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


def shown_deadline(last: date | None, starts_at: datetime, language: Language) -> str:
    """Until when one may change and cancel; nothing where that is not known."""
    if last is None:
        return ""
    before, same_day = _DEADLINES[language]
    if last >= starts_at.astimezone(JST).date():
        return same_day
    locale, pattern = _DAYS[language]
    return before.format(format_date(last, pattern, locale=locale))


def shown_names(names: Sequence[str], language: Language) -> str:
    """Names in one line."""
    return _COMMAS.get(language, ", ").join(names)


def shown_relation(relation: Relation | None, place: int, language: Language) -> str:
    """The word that tells whose number it is; without one, which person it is in the order."""
    return _RELATIONS[language][relation] if relation else _PLACES[language].format(place)


def with_number(language: Language) -> str:
    """What is needed beside each of several numbers: never a date itself."""
    return _WITH_NUMBER[language]


def shown_clock(at: datetime, language: Language) -> str:
    """10時30分, by the city's clock."""
    pattern = "H時mm分" if language in ("ja", "ja-easy") else "HH:mm"
    return format_datetime(at.astimezone(JST), pattern)


def shown_line(word: str, number: str, more: str, language: Language) -> str:
    """・わたし：ABCDE-12345（カードの交付）"""
    wide = language in _COMMAS
    mark = _bullet(language)
    return f"{mark}{word}：{number}（{more}）" if wide else f"{mark}{word}: {number} ({more})"


def shown_guidance(said: Sequence[str], language: Language) -> str:
    """来庁日の案内 under its heading."""
    return "\n".join([_GUIDANCE[language], shown_list(said, language)])


def shown_list(items: Sequence[str], language: Language) -> str:
    return "\n".join(f"{_bullet(language)}{item}" for item in items)


def _bullet(language: Language) -> str:
    """The middle dot is unknown where one writes in Latin letters."""
    return "- " if language in ("en", "vi") else "・"


def nothing(language: Language) -> str:
    """Said where there is nothing to bring."""
    return _NOTHING[language]


def with_readings(text: str) -> str:
    """予約（よやく） for the notation {予約|よやく} of texts in easy Japanese."""
    return _NOTATION.sub(r"\1（\2）", text)
