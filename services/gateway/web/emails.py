"""E-mail addresses as people type them: read, refused, or asked about where one looks mistyped."""

import re

from libs.contracts.notify import NotMailable, mailbox
from libs.rules.folding import fold, plain

from .language import _
from .typed import Mistyped

NO_AT = _("メールアドレスに「@」がありません。例：taro@example.jp")
NO_DOMAIN = _("メールアドレスの「@」のあとを、最後まで入力してください。例：taro@example.jp")
NOT_ASCII = _("メールアドレスは、半角の英数字と記号で入力してください。例：taro@example.jp")
ODD_DOTS = _(
    "「@」の前のピリオド（.）の位置をお確かめください。続けて2つや「@」のすぐ前には使えません。"
)
NO_ADDRESS = _("メールアドレスの形になっていません。例：taro@example.jp のように入力してください。")

_QUOTED_BLANK = re.compile(r'"[^"]*\s[^"]*"\s*@')

_DOMAINS = (
    "docomo.ne.jp",
    "ezweb.ne.jp",
    "softbank.ne.jp",
    "i.softbank.jp",
    "ymobile.ne.jp",
    "rakumail.jp",
    "gmail.com",
    "icloud.com",
    "yahoo.co.jp",
    "outlook.jp",
    "outlook.com",
    "hotmail.com",
    "hotmail.co.jp",
    "nifty.com",
    "oct-net.ne.jp",
)
_OTHERS = frozenset({"ymail.com", "mail.com", "email.com"})
"""Domains of their own, one letter from one of those above."""

_ELSEWHERE = {
    "gmail.co.jp": "gmail.com",
    "gmail.jp": "gmail.com",
    "gmail.ne.jp": "gmail.com",
    "icloud.co.jp": "icloud.com",
    "icloud.jp": "icloud.com",
    "yahoo.jp": "yahoo.co.jp",
    "yahoo.ne.jp": "yahoo.co.jp",
    "docomo.co.jp": "docomo.ne.jp",
    "docomo.com": "docomo.ne.jp",
    "docomo.jp": "docomo.ne.jp",
    "ezweb.co.jp": "ezweb.ne.jp",
    "ezweb.jp": "ezweb.ne.jp",
    "softbank.jp": "i.softbank.jp",
    "i.softbank.ne.jp": "i.softbank.jp",
}


def read_email(text: str) -> str | None:
    """An address that mail can be sent to, None for a blank. Raises Mistyped.

    Dots in a row or before the @ exist at two carriers and are fine there. Blanks are a slip, but
    between quotes they are part of the name, and without them it is somebody else's.
    """
    if _QUOTED_BLANK.search(plain(text)):
        raise Mistyped(NO_ADDRESS)
    typed = re.sub(r"^(?i:mailto):|^<|>$", "", fold(text))
    local, at, domain = typed.rpartition("@")
    local = re.sub('^"(.*)"$', r"\1", local)
    domain = re.sub("[,、。]", ".", domain).lower().rstrip(".")
    if not typed:
        return None
    address = f"{local}{at}{domain}"
    if not _is_mailable(address):
        only_dots = _is_mailable(f"{local.replace('.', '')}{at}{domain}")
        raise Mistyped(ODD_DOTS if only_dots else _what_is_wrong(typed, domain))
    return address


def suggest_email(address: str) -> str | None:
    """The address that was probably meant, where the domain is one slip from a well-known one.

    It is a question, never a refusal: the domain typed may exist.
    """
    local, _, domain = address.rpartition("@")
    meant = _ELSEWHERE.get(domain) or _nearest(domain)
    return f"{local}@{meant}" if meant else None


def _is_mailable(address: str) -> bool:
    """By the rule that booking and notify go by."""
    try:
        return bool(mailbox(address))
    except NotMailable:
        return False


def _what_is_wrong(typed: str, domain: str) -> str:
    if not typed.isascii():
        return NOT_ASCII
    if "@" not in typed:
        return NO_AT
    return NO_DOMAIN if "." not in domain and typed.count("@") == 1 else NO_ADDRESS


def _nearest(domain: str) -> str | None:
    if domain in _DOMAINS or domain in _OTHERS:
        return None
    return next((known for known in _DOMAINS if _one_slip(domain, known)), None)


def _one_slip(typed: str, meant: str) -> bool:
    """Whether one letter is missing, too many, wrong or changed places with its neighbour."""
    start = next((i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), None)
    if start is None:
        return abs(len(typed) - len(meant)) == 1
    rest, wanted = typed[start:], meant[start:]
    swapped = rest[1::-1] + rest[2:]
    return wanted in (rest[1:], swapped) or wanted[1:] in (rest, rest[1:])
