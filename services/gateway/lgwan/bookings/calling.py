"""呼出 asks for the window that calls: where the terminal has none, where there is no such window,
and where somebody else is served there."""

from collections.abc import Sequence
from dataclasses import dataclass

from libs.contracts.booking import CounterWindow
from services.gateway.lgwan.counter.ticking import Tapped
from services.gateway.lgwan.door.auth import FormData
from services.gateway.lgwan.door.terminal import read_window, window_text
from services.gateway.web.link import Refused

ASKING = ("window-needed", "no-such-window", "window-in-use")
"""Refusals of booking upon which another window is chosen."""


@dataclass(frozen=True)
class CallFrom:
    """The window that calls, as a form says it; `anyway`, although somebody is served there."""

    window: int | None = None
    anyway: bool = False


@dataclass(frozen=True)
class Question:
    """Why a window is to be chosen, and the one that may call all the same."""

    heading: str
    anyway: int | None = None


def read_call(form: FormData, tapped: Tapped) -> CallFrom:
    """Buttons of the question send the window themselves, those of lists that of the terminal."""
    if tapped.action != "call":
        return CallFrom()
    chosen, anyway = read_window(form.get("to")), read_window(form.get("anyway"))
    return CallFrom(anyway or chosen or read_window(form.get("window")), anyway is not None)


def question(refused: Refused, asked: CallFrom) -> Question:
    if refused.slug == "window-needed" or asked.window is None:
        return Question("どの窓口に呼びますか")
    where = window_text(asked.window)
    if refused.slug == "no-such-window":
        return Question(f"{where}は、今日この場所にありません")
    return Question(f"{where}には、{_who(refused.facts.get('reception'))}がいます", asked.window)


def others(windows: Sequence[CounterWindow], but_for: int | None) -> list[tuple[int, str, str]]:
    """The windows to choose from: the number, its words, and who is served there."""
    return [
        (one.window, window_text(one.window), _who(one.serving) if one.serving else "")
        for one in windows
        if one.window != but_for
    ]


def _who(reception: int | None) -> str:
    return f"受付番号{reception}番の方" if reception else "ほかの方"
