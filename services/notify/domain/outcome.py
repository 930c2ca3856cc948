"""What became of one try to send a mail, and when the next one is due."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from libs.contracts.notify import DeliveryState

DELAYS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
)
"""Pauses before each further try; the last one repeats until the appointment."""

PAST = "past"
"""The reason of a mail that was still waiting when the appointment began."""

BAD_ADDRESS = "address"
"""The reason of a mail to an address that cannot be mailed."""

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\S)")


@dataclass(frozen=True)
class Reply:
    """What a mail server made of one mail. `text` never has the server's words: they may quote
    the address."""

    meaning: Literal["taken", "later", "never"]
    text: str


@dataclass(frozen=True)
class Outcome:
    """The new state of a delivery; `delay` is how long to wait for the next try."""

    state: DeliveryState
    reply: str
    delay: timedelta = timedelta(0)


def reply_of(code: int, words: str, *, about_us: bool) -> Reply:
    """Read the code of a reply, and the status at the head of its words ('550 5.1.1').

    `about_us`: the reply came before the recipient was named, so a refusal speaks of our sender or
    our settings; operators can put that right, and the mail waits.
    """
    status = _STATUS.match(words)
    text = f"{code} {status[0]}" if status else str(code)
    if 200 <= code < 300:
        return Reply("taken", text)
    if 500 <= code < 600 and not about_us:
        return Reply("never", text)
    return Reply("later", text)


def judge(reply: Reply, attempts: int, time_left: timedelta) -> Outcome:
    """What follows from a reply to try number `attempts`, `time_left` before the appointment."""
    if reply.meaning == "taken":
        return Outcome("sent", reply.text)
    if reply.meaning == "never":
        return Outcome("failed", reply.text)
    delay = DELAYS[min(attempts, len(DELAYS)) - 1]
    if delay >= time_left:
        return Outcome("failed", reply.text)
    return Outcome("waiting", reply.text, delay)
