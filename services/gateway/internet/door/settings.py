"""What the citizens' door reads from its environment."""

import re
from dataclasses import dataclass
from datetime import time
from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import get_args

from libs.common.settings import (
    ProcessSettings,
    flag,
    key32,
    setting,
    training,
    url,
    versioned_keys,
)
from libs.contracts.booking import Language
from libs.contracts.notify import mailbox
from services.gateway.web.addresses import networks
from services.gateway.web.language import _

CARD_NUMBER = "[0-9A-Z]{3}[0-9]{6}"
ADDRESS = "{address}"
"""Where the address of an office goes into that of a map."""
OTHERS = tuple(code for code in get_args(Language) if code != "ja")
"""The languages besides Japanese."""
_LANGUAGE = re.compile(rf"(?:^|\s)({'|'.join(OTHERS)}):")


def pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as wrong:
        raise ValueError(f"not a regular expression: {wrong}") from None
    return text


def map_url(text: str) -> str:
    """The address of a map with a place for that of an office; none for the word `none`."""
    if text == "none":
        return ""
    if not text.startswith("https://") or ADDRESS not in text:
        raise ValueError(f"`none`, or what starts with https:// and has {ADDRESS} in it")
    return text


def file_or_none(text: str) -> Path | None:
    """None for an empty text."""
    if text and not Path(text).is_file():
        raise ValueError("a file")
    return Path(text) if text else None


PhoneTimes = tuple[time, time]


def phone_times(text: str) -> PhoneTimes | None:
    """`8:30-17:15`; None for the word `none`."""
    if text == "none":
        return None
    opens, closes = (_clock(part) for part in text.split("-"))
    if opens >= closes:
        raise ValueError("from when until when, as `8:30-17:15`")
    return opens, closes


def _clock(text: str) -> time:
    hour, _, minute = text.partition(":")
    return time(int(hour), int(minute))


def address_of(text: str) -> str:
    """Only the address of `name <address>`."""
    return mailbox(parseaddr(text)[1])


def translations(text: str) -> dict[str, str]:
    """`en: Closed today. vi: Hôm nay nghỉ.`: a sentence by each language's code."""
    before, *rest = _LANGUAGE.split(text)
    given = {code: sentence.strip() for code, sentence in zip(rest[::2], rest[1::2], strict=True)}
    if before.strip() or not all(given.values()):
        raise ValueError(f"each sentence after the code of its language: {', '.join(OTHERS)}")
    return given


@dataclass(frozen=True, kw_only=True)
class Settings(ProcessSettings):
    """Keys are 32 bytes in base64."""

    door_private_key: bytes = setting(
        "DOOR_PRIVATE_KEY",
        "Ed25519 private key that signs this door's requests.",
        key32,
        secret=True,
    )
    cookie_keys: dict[int, bytes] = setting(
        "COOKIE_KEYS",
        "Keys that seal cookies: version:key, the newest first.",
        versioned_keys,
        secret=True,
    )
    booking_url: str = setting("BOOKING_URL", "Address of booking.", url("http", "https"))
    eligibility_url: str = setting(
        "ELIGIBILITY_URL", "Address of eligibility.", url("http", "https")
    )
    public_url: str = setting(
        "PUBLIC_URL", "Address that citizens see, without a path.", url("http", "https")
    )
    training: bool = training()
    secure_cookies: bool = setting(
        "SECURE_COOKIES", "1 behind HTTPS, 0 on loopback.", flag, default=True
    )
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = setting(
        "TRUSTED_PROXIES",
        "Networks of the edge, whose X-Forwarded-For says where a citizen comes from; none: "
        "whoever connects is the citizen.",
        networks,
        default=(),
    )
    card_number_pattern: str = setting(
        "CARD_NUMBER_PATTERN",
        "What a card number looks like without hyphens, in capitals: a regular expression.",
        pattern,
        default=CARD_NUMBER,
    )
    phone: str = setting("PHONE", "Telephone number for bookings and help.", default="097-534-6111")
    phone_hours: str = setting(
        "PHONE_HOURS",
        "When the telephone is answered, as citizens read it.",
        default=_("平日 8時30分から17時15分まで"),
    )
    phone_hours_in: dict[str, str] = setting(
        "PHONE_HOURS_IN",
        "PHONE_HOURS in other languages: `en: Mondays to Fridays vi: Thứ Hai đến thứ Sáu`; "
        "Japanese where one is missing.",
        translations,
        default={},
    )
    phone_times: PhoneTimes | None = setting(
        "PHONE_TIMES",
        "The same for the clock, `8:30-17:15`: from when until when it is answered from Monday to "
        "Friday, but for holidays; `none`: pages do not say whether somebody answers now.",
        phone_times,
        default=(time(8, 30), time(17, 15)),
    )
    mark_file: Path | None = setting(
        "MARK_FILE",
        "A square picture (SVG or PNG) that stands before the city's name; empty: none.",
        file_or_none,
        default=None,
    )
    operator: str = setting(
        "OPERATOR", "Who runs the site, as its foot says.", default=_("大分市 市民課")
    )
    operator_address: str = setting(
        "OPERATOR_ADDRESS", "Where they are.", default=_("大分市荷揚町2番31号")
    )
    official_url: str = setting(
        "OFFICIAL_URL",
        "The city's own site, which the foot leads to; empty: no link.",
        default="https://www.city.oita.oita.jp/",
    )
    map_url: str = setting(
        "MAP_URL",
        "Map that citizens are led to, with {address} for that of the office; `none`: no link.",
        map_url,
        default="https://www.google.com/maps/search/?api=1&query={address}",
    )
    mail_from: str = setting(
        "MAIL_FROM",
        "Sender of notify's mails, `address` or `name <address>`: people are asked to let it in; "
        "empty: nothing is said.",
        address_of,
        default="",
    )
    card_number_name: str = setting(
        "CARD_NUMBER_NAME",
        "What citizens call the booking id (予約ID): the words on the city's own postcard.",
        default=_("交付通知書の番号（製造管理番号）"),
    )
    card_number_name_in: dict[str, str] = setting(
        "CARD_NUMBER_NAME_IN",
        "CARD_NUMBER_NAME in other languages, as PHONE_HOURS_IN.",
        translations,
        default={},
    )
    notice: str = setting(
        "NOTICE", "What everybody has to know now, on top of each page; empty: nothing.", default=""
    )
    notice_in: dict[str, str] = setting(
        "NOTICE_IN", "NOTICE in other languages, as PHONE_HOURS_IN.", translations, default={}
    )
    maintenance: str = setting(
        "MAINTENANCE",
        "Closes this door, and says why and until when on every page; empty: open. Staff work on.",
        default="",
    )
    maintenance_in: dict[str, str] = setting(
        "MAINTENANCE_IN",
        "MAINTENANCE in other languages, as PHONE_HOURS_IN.",
        translations,
        default={},
    )
