"""The puzzle of a locked number on its way: from a refusal into the page, from the form onward."""

import re

from services.gateway.web.forms import Form
from services.gateway.web.link import Refused

FIELD = "work"
_ANSWER = re.compile(r"\d{1,2}\.\d{1,2}\.\d{1,12}\.[0-9a-f]{32}\.[0-9a-f]{32}~\d{1,9}(?:-\d{1,9})*")


def read_work(form: Form) -> str | None:
    """What the page's script found; None for anything that it did not write."""
    sent = form.typed(FIELD)
    return sent if _ANSWER.fullmatch(sent) else None


def challenge_of(refused: Refused) -> str:
    """What the next try needs, empty while tries are free."""
    return str(refused.facts.get("challenge", ""))
