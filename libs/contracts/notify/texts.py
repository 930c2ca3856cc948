"""The texts of mails as staff edit them: where each holds, what it needs, what came of a test."""

from collections.abc import Container
from typing import Literal

from pydantic import AwareDatetime

from libs.common.facts import Contract
from libs.contracts.booking import Language

from .mails import MailKind

LONGEST_SUBJECT, LONGEST_BODY = 100, 4000
"""Characters."""

TRIALS_AN_HOUR = 10
"""Test mails that one member of staff may send."""

TextFaultReason = Literal[
    "missing",
    "too-long",
    "line-break",
    "control",
    "braces",
    "variable",
    "unknown",
    "not-here",
    "needed",
    "procedure",
    "digits",
]
"""Why a text cannot be: nothing there; longer than allowed; a line break in a subject; a sign that
nobody sees or that mail servers read as theirs; a brace that belongs to no variable; a variable in
a subject; one that does not exist, or not in this kind of mail; one that must be there is not; the
subject tells what the visit is for; twelve digits."""

TrialResult = Literal["sent", "refused", "later"]
"""The mail server took it, will never take it, or could not be reached just now."""


class TextPlace(Contract):
    """Which mails a text is for. An empty procedure, office or series means all of them; a series
    is one of its office."""

    kind: MailKind
    language: Language
    procedure_id: str = ""
    office_id: str = ""
    series_id: str = ""

    @property
    def wider(self) -> tuple["TextPlace", ...]:
        """Those whose text holds here where this place has none, nearest first."""
        steps: tuple[tuple[str, ...], ...] = (
            ("series_id",),
            ("office_id", "series_id"),
            ("procedure_id", "series_id"),
            ("procedure_id", "office_id", "series_id"),
        )
        if self.series_id:
            steps = (("procedure_id",), *steps)
        every = (self.model_copy(update=dict.fromkeys(emptied, "")) for emptied in steps)
        return tuple(place for place in dict.fromkeys(every) if place != self)

    def nearest(self, own: Container["TextPlace"]) -> "TextPlace | None":
        """Whose text holds here, of those that have one of their own; None leaves the supplied
        text."""
        return next((place for place in (self, *self.wider) if place in own), None)


class MailText(Contract):
    subject: str
    body: str


class TextFault(Contract):
    """`what` names the variables (with blanks between, one of them is enough) or the word."""

    field: Literal["subject", "body"]
    reason: TextFaultReason
    what: str = ""


class TextVersion(Contract):
    """A change. No text: from then on the next wider one holds."""

    version: int
    text: MailText | None
    by: str
    at: AwareDatetime


class TextList(Contract):
    """GET /v1/texts: where the city has texts of its own, as far as the caller may see."""

    places: tuple[TextPlace, ...]


class OpenText(Contract):
    """GET /v1/texts/{kind}/{language}?procedure=&office=&series=: the text of a place.

    `version` is that of the newest change, 0 without one; `own` is the city's text for exactly this
    place, `current` what mails say, and `source` where that comes from (None: it was supplied).
    Of each of `needed` one must be in the body. `history` is newest first.
    """

    place: TextPlace
    version: int
    own: MailText | None
    current: MailText
    source: TextPlace | None
    variables: tuple[str, ...]
    needed: tuple[tuple[str, ...], ...]
    may_change: bool
    history: tuple[TextVersion, ...]


class TextChange(Contract):
    """POST /v1/texts: another text for a place, or none of its own; `version` is the one that was
    seen."""

    place: TextPlace
    version: int
    text: MailText | None


class TextPreview(Contract):
    """POST /v1/texts/preview: the text as a mail about a made-up visit would have it (MailText)."""

    place: TextPlace
    text: MailText


class TextTrial(TextPreview):
    """POST /v1/texts/trial: the same, sent once to an address that is kept nowhere."""

    to: str


class TrialReply(Contract):
    """`reply` is the code of the mail server, without its words."""

    result: TrialResult
    reply: str
