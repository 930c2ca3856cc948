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
"""Pauses before each further try; the last one repeats."""

MOST_TRIES = 10
"""After so many, less than a day after the first one, somebody should call instead."""

PAST = "past"
"""The reason of a mail that was still waiting, untried, when it was late for one."""

RESTORED = "restored"
"""The reason of a mail that waited in a database that was restored: it may have left since."""

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
class MailOutcome:
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


def judge(reply: Reply, attempts: int, time_left: timedelta) -> MailOutcome:
    """What follows from a reply to try number `attempts`, with `time_left` for further ones: the
    pauses shrink with it, so that the last try is shortly before its end."""
    if reply.meaning == "taken":
        return MailOutcome("sent", reply.text)
    if reply.meaning == "never":
        return MailOutcome("failed", reply.text)
    delay = min(DELAYS[min(attempts, len(DELAYS)) - 1], time_left / 2)
    if attempts >= MOST_TRIES or delay < DELAYS[0]:
        return MailOutcome("failed", reply.text)
    return MailOutcome("waiting", reply.text, delay)
