"""What staff ask for about one booking, so that it can be shown and asked for again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from libs.contracts.booking import (
    BOOKED,
    STANDING,
    WITH_RESULT,
    ReceiveHere,
    StaffContact,
    StaffMove,
    StaffResultChange,
    Status,
)
from services.gateway.lgwan.counter.ticking import TapAction, Tapped
from services.gateway.lgwan.door.words import DEED, STATUS, state_words
from services.gateway.web.times import local, long_time

from .calling import CallFrom
from .conflicts import PLACE, STATE, TIME, PendingChange
from .contacts import NONE, Contact
from .outcomes import Choice

_FROM: dict[TapAction, tuple[Status, ...]] = {
    "correct": STANDING,
    "arrive": BOOKED,
    "call": ("arrived",),
    "finish": STANDING,
    "miss": BOOKED,
    "undo": ("arrived", "finished", "missed"),
}
_UNDO, _CALL, _NOW = "元に戻す", "呼出", "今日、いま"


def pending_tick(tapped: Tapped, back: str, call: CallFrom | None = None) -> PendingChange:
    to = {"anyway" if call.anyway else "to": str(call.window)} if call and call.window else {}
    return PendingChange(
        deed=_UNDO if tapped.action == "undo" else DEED[tapped.action],
        version=tapped.version,
        path="/bookings/tick",
        fields=lambda version: {
            "tick": replace(tapped, version=version).value, "back": back, **to,
        },
        statuses=frozenset(_FROM[tapped.action]),
        lines={STATE: _ticked(tapped)},
    )  # fmt: skip


def pending_end(path: str, version: int, back: str, choices: Sequence[Choice]) -> PendingChange:
    """The end of a visit for several procedures."""
    chosen = {choice.field: choice.chosen for choice in choices}
    outcomes = [choice.words for choice in choices]
    return PendingChange(
        deed=DEED["finish"],
        version=version,
        path=path,
        fields=lambda newer: {"version": str(newer), "back": back, **chosen},
        statuses=frozenset(_FROM["finish"]),
        lines={STATE: "・".join(outcomes)},
    )


def pending_cancel(path: str, version: int, reason: str) -> PendingChange:
    return PendingChange(
        deed=DEED["cancelled"],
        version=version,
        path=path,
        fields=lambda newer: {"version": str(newer), "reason": reason},
        statuses=frozenset(BOOKED),
        lines={STATE: STATUS["cancelled"]},
    )


def pending_reach(path: str, version: int, contact: Contact, kept: StaffContact) -> PendingChange:
    """Another address or number. `kept` is what is there by now."""
    return PendingChange(
        deed=DEED["updated"],
        version=version,
        path=path,
        fields=lambda newer: {
            "version": str(newer), "email": contact.email, "phone": contact.phone,
        },
        statuses=frozenset(STANDING),
        lines=_reach(contact.email, contact.phone),
        now=_reach(kept.email, kept.phone),
    )  # fmt: skip


def pending_move(path: str, ask: StaffMove, to: str, office: str) -> PendingChange:
    """Another time or office; `to` is the value of the choice, `office` its name."""
    return PendingChange(
        deed=DEED["changed"],
        version=ask.version,
        path=path,
        fields=lambda newer: {"version": str(newer), "to": to},
        statuses=frozenset(BOOKED),
        lines={TIME: long_time(local(ask.starts_at)), PLACE: office},
    )


def pending_receive(path: str, ask: ReceiveHere, office: str) -> PendingChange:
    """受付 here and now; `office` is the name of this place."""
    return PendingChange(
        deed=DEED["received"],
        version=ask.version,
        path=path,
        fields=lambda newer: {"version": str(newer), "office": ask.office_id},
        statuses=frozenset(BOOKED),
        lines={STATE: STATUS["arrived"], TIME: _NOW, PLACE: office},
    )


def pending_correct(path: str, ask: StaffResultChange, fields: Mapping[str, str]) -> PendingChange:
    """Another result. `fields` are those of the form."""
    return PendingChange(
        deed=DEED["correct"],
        version=ask.version,
        path=path,
        fields=lambda newer: {**fields, "version": str(newer)},
        statuses=frozenset(WITH_RESULT),
        lines={STATE: state_words(ask.status, ask.outcome)},
    )


def _reach(email: str | None, phone: str | None) -> dict[str, str]:
    return {"メールアドレス": email or NONE, "電話番号": phone or NONE}


def _ticked(tapped: Tapped) -> str:
    match tapped.action:
        case "arrive":
            return STATUS["arrived"]
        case "finish":
            return state_words("finished", tapped.outcome)
        case "miss":
            return STATUS["missed"]
        case "correct":
            return state_words("finished" if tapped.outcome else "missed", tapped.outcome)
        case "call":
            return _CALL
        case _:
            return _UNDO
