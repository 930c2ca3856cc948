"""What one more try costs, on its way: from a refusal into the page, from the form onward."""

import re
from dataclasses import dataclass
from math import ceil
from typing import Literal

from services.gateway.web.forms import Form
from services.gateway.web.link import Refused
from services.gateway.web.reading import Errors

from .turns import TOO_SOON

FIELD, WAIT_FIELD = "work", "wait"
_ANSWER = re.compile(r"\d{1,2}\.\d{1,2}\.\d{1,12}\.[0-9a-f]{32}\.[0-9a-f]{32}~\d{1,9}(?:-\d{1,9})*")
_WAIT = re.compile(r"wait\.\d{1,12}\.[0-9a-f]{16}\.[0-9a-f]{32}\.[0-9a-f]{32}")


@dataclass(frozen=True)
class Toll:
    """What the page asks for before the form may come again.

    `number`: the number itself was tried too often. `many`: it is the place or the hour, and the
    person did nothing wrong. In both cases the browser solves `challenge`, or the person waits the
    `seconds` that `wait` needs. `soon`: others at the same place were wrong, and the form may come
    again in `seconds`; what `shown` already paid for is kept.
    """

    reason: Literal["number", "many", "soon"] = "number"
    challenge: str = ""
    wait: str = ""
    seconds: int = 0
    shown: str = ""


def read_work(form: Form) -> str | None:
    """What the page's script found, or else the minute that was waited; None for anything that
    nobody of ours wrote."""
    for field, form_of in ((FIELD, _ANSWER), (FIELD, _WAIT), (WAIT_FIELD, _WAIT)):
        if form_of.fullmatch(sent := form.typed(field)):
            return sent
    return None


def toll_of(refused: Refused, shown: str | None = None) -> Toll | None:
    """What the next try needs; None while tries are free."""
    facts = refused.facts
    seconds = max(ceil(float(facts.get("seconds", 0))), 1)
    if refused.slug == TOO_SOON:
        return Toll("soon", seconds=seconds, shown=shown or "")
    if not (challenge := str(facts.get("challenge", ""))):
        return None
    reason: Literal["number", "many"] = "many" if facts.get("reason") == "many" else "number"
    return Toll(reason, challenge, str(facts.get("wait", "")), seconds)


def refused_errors(refused: Refused, field: str, sentence: str, locked: str) -> Errors:
    """What the page says at the field. Nothing where the person did nothing wrong there."""
    if refused.status != 429:
        return {field: sentence}
    toll = toll_of(refused)
    return {field: locked} if toll is None or toll.reason == "number" else {}
