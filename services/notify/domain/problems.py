"""What notify refuses to staff who edit texts, each with its slug."""

from collections.abc import Iterable

from libs.common.errors import Problem
from libs.contracts.notify import TextFault


class TextRefused(Problem):
    """A text that cannot be sent; `faults` say why."""

    slug = "text-refused"

    def __init__(self, faults: Iterable[TextFault]) -> None:
        super().__init__("This text cannot be sent.", faults=[f.model_dump() for f in faults])


class TextVersionConflict(Problem):
    """The text was changed after it had been opened."""

    slug = "version-conflict"


class BadAddress(Problem):
    """No mail can go to this address."""

    slug = "bad-address"


class TooManyTrials(Problem):
    """Enough test mails for this hour."""

    slug = "too-many-trials"
