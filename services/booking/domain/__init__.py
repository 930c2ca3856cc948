"""The counter's rules: which times are offered, who is the same person, what may follow what."""

from .persons import PersonKey, new_number, normal_kana, normal_number
from .problems import (
    AlreadyBooked,
    Busy,
    CardElsewhere,
    HoldExpired,
    NoMoreExtensions,
    NotActive,
    NotEligible,
    NotOffered,
    SlotFull,
    TooLate,
    VersionConflict,
    WrongState,
)
from .ticks import after_tick
from .times import (
    EXTENSION_MINUTES,
    EXTENSIONS,
    Visit,
    check_period,
    may_cancel,
    may_change,
    plan_visit,
)

__all__ = [
    "EXTENSIONS",
    "EXTENSION_MINUTES",
    "AlreadyBooked",
    "Busy",
    "CardElsewhere",
    "HoldExpired",
    "NoMoreExtensions",
    "NotActive",
    "NotEligible",
    "NotOffered",
    "PersonKey",
    "SlotFull",
    "TooLate",
    "VersionConflict",
    "Visit",
    "WrongState",
    "after_tick",
    "check_period",
    "may_cancel",
    "may_change",
    "new_number",
    "normal_kana",
    "normal_number",
    "plan_visit",
]
