"""The counter's rules: which times are offered, who is the same person, what may follow what."""

from .parties import check_party, plan_people, seats
from .persons import PersonKey, new_number, normal_kana, normal_number
from .problems import (
    AlreadyBooked,
    Busy,
    ByPhone,
    CardElsewhere,
    GuardianNeeded,
    HoldExpired,
    NoMoreExtensions,
    NotActive,
    NotEligible,
    NotOffered,
    Paused,
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
    "ByPhone",
    "CardElsewhere",
    "GuardianNeeded",
    "HoldExpired",
    "NoMoreExtensions",
    "NotActive",
    "NotEligible",
    "NotOffered",
    "Paused",
    "PersonKey",
    "SlotFull",
    "TooLate",
    "VersionConflict",
    "Visit",
    "WrongState",
    "after_tick",
    "check_party",
    "check_period",
    "may_cancel",
    "may_change",
    "new_number",
    "normal_kana",
    "normal_number",
    "plan_people",
    "plan_visit",
    "seats",
]
