"""What a text of the city's own must have, and what it must never have."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from libs.contracts.notify import LONGEST_BODY, LONGEST_SUBJECT, MailText, TextFault
from libs.rules.personal_numbers import has_individual_number

from .template import VARIABLES, Template

EVERY_VISIT = frozenset(
    {
        *("number", "when", "office", "office_address", "office_phone", "procedure"),
        *("documents", "notes", "change_until", "link_url", "find_url", "site_url"),
    }
)
"""What can be said in every kind of mail; further variables only where the supplied text has
them."""

NEEDED = (
    *(("number",), ("when",), ("office",), ("link_url", "find_url")),
    *(("proposed_when",), ("held_until",)),
)
"""One of each must be there, if the supplied text of the kind has one of them."""

TELLING = (
    *("交付", "申請", "申し込み", "申込", "継続利用", "券面", "暗証番号", "証明書"),
    *("application", "applying", "renewal", "receiving", "certificate", "pin"),
    *("领取", "申请", "密码", "证书", "票面"),
    *("교부", "신청", "비밀번호", "증명서", "인증서"),
    *("nhận thẻ", "đăng ký", "chứng thư"),
)
"""Words that tell what a visit is for, on a locked telephone that lies on a table."""

_OPENED, _CLOSED = "[{｛]", "[}｝]"
_WRITTEN = re.compile(rf"{_OPENED}{{2}}\s*([\w ]*?)\s*{_CLOSED}{{2}}")
_VARIABLE = re.compile(r"\{\{(.*?)\}\}")
_BRACE = re.compile(f"{_OPENED}|{_CLOSED}")
_TURNING = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))


def tidy(text: MailText) -> MailText:
    """The same text with line ends of one kind and variables in half-width signs, however they
    were typed; without blanks at the ends."""
    lines = text.body.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").split("\n")
    body = "\n".join(line.rstrip() for line in lines).strip("\n")
    return MailText(subject=text.subject.strip(), body=_WRITTEN.sub(_half_width, body))


def _half_width(found: re.Match[str]) -> str:
    name = unicodedata.normalize("NFKC", found[1]).lower()
    return f"{{{{{name}}}}}" if name in VARIABLES else found[0]


def variables_of(supplied: Template) -> frozenset[str]:
    """What a mail of the kind of `supplied` can say. One that tells nothing of the visit goes to
    somebody who is not to know of it."""
    return EVERY_VISIT | supplied.variables if supplied.variables else frozenset()


def needed_of(supplied: Template) -> tuple[tuple[str, ...], ...]:
    return tuple(group for group in NEEDED if supplied.variables & set(group))


def faults_of(text: MailText, supplied: Template, names: Iterable[str]) -> list[TextFault]:
    """Why `text` cannot be sent in place of `supplied`; `names` are those of the procedures."""
    return [*_in_subject(text.subject, names), *_in_body(text.body, supplied)]


def _in_subject(subject: str, names: Iterable[str]) -> Iterator[TextFault]:
    if not subject:
        yield TextFault(field="subject", reason="missing")
    if len(subject) > LONGEST_SUBJECT:
        yield TextFault(field="subject", reason="too-long")
    if len(subject.splitlines()) > 1:
        yield TextFault(field="subject", reason="line-break")
    elif _is_unseen(subject) or "=?" in subject:
        yield TextFault(field="subject", reason="control")
    if _BRACE.search(subject):
        yield TextFault(field="subject", reason="variable")
    if told := next((word for word in (*names, *TELLING) if _tells(subject, word)), None):
        yield TextFault(field="subject", reason="procedure", what=told)
    if has_individual_number(subject):
        yield TextFault(field="subject", reason="digits")


def _in_body(body: str, supplied: Template) -> Iterator[TextFault]:
    if not body.strip():
        yield TextFault(field="body", reason="missing")
        return
    if len(body) > LONGEST_BODY:
        yield TextFault(field="body", reason="too-long")
    if _is_unseen(body.replace("\n", "")):
        yield TextFault(field="body", reason="control")
    if has_individual_number(body):
        yield TextFault(field="body", reason="digits")
    yield from _variables_in(body, supplied)


def _variables_in(body: str, supplied: Template) -> Iterator[TextFault]:
    said = dict.fromkeys(_VARIABLE.findall(body))
    for name in said:
        if name not in VARIABLES:
            yield TextFault(field="body", reason="unknown", what=name)
        elif name not in variables_of(supplied):
            yield TextFault(field="body", reason="not-here", what=name)
    if _BRACE.search(_VARIABLE.sub("", body)):
        yield TextFault(field="body", reason="braces")
    for group in needed_of(supplied):
        if not said.keys() & set(group):
            yield TextFault(field="body", reason="needed", what=" ".join(group))


def _is_unseen(text: str) -> bool:
    return any(unicodedata.category(sign) == "Cc" or sign in _TURNING for sign in text)


def _tells(subject: str, word: str) -> bool:
    """Whether the word stands in the subject; one of Latin letters as a word by itself."""
    within, wanted = _folded(subject), _folded(word)
    if not wanted:
        return False
    edges = (r"(?<![a-z])", r"(?![a-z])") if wanted.isascii() else ("", "")
    return re.search(edges[0] + re.escape(wanted) + edges[1], within) is not None


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
