"""来庁日の案内: on which days one holds, and why one cannot be."""

import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from libs.contracts.booking import (
    LONGEST_GUIDANCE,
    LONGEST_PERIOD,
    MAINTENANCE_DAY,
    GuidanceProblem,
    GuidanceVersion,
    GuidanceWish,
    Language,
)
from libs.rules.closures import closure_of
from libs.rules.personal_numbers import has_individual_number

OTHER_SCRIPTS = 3
"""So many times as long a text in another language may be."""
Found = Iterator[GuidanceProblem]


class GuidanceState(GuidanceVersion):
    """A guidance as it is, or was."""

    guidance_id: UUID


def days_of(wish: GuidanceWish) -> tuple[date, ...]:
    """The days on which it holds; none without a period."""
    if wish.from_day is None or wish.until_day is None:
        return ()
    length = min((wish.until_day - wish.from_day).days, LONGEST_PERIOD)
    every = (wish.from_day + timedelta(days=n) for n in range(length + 1))
    return tuple(day for day in every if _is_wanted(wish, day))


def _is_wanted(wish: GuidanceWish, day: date) -> bool:
    if not wish.weekdays and not wish.holidays:
        return True
    is_holiday = closure_of(day) not in ("", MAINTENANCE_DAY)
    return day.weekday() in wish.weekdays or (wish.holidays and is_holiday)


def faults_of(wish: GuidanceWish, today: date) -> list[GuidanceProblem]:
    """Why it cannot be saved; empty when it can."""
    offices = () if wish.office_ids else (GuidanceProblem(field="office_ids", reason="no-office"),)
    return [*offices, *_period(wish, today), *_texts(wish)]


def _period(wish: GuidanceWish, today: date) -> Found:
    if wish.from_day is None:
        yield GuidanceProblem(field="from_day", reason="no-period")
    if wish.until_day is None:
        yield GuidanceProblem(field="until_day", reason="no-period")
    if wish.from_day is None or wish.until_day is None:
        return
    if wish.until_day < wish.from_day:
        yield GuidanceProblem(field="until_day", reason="period")
    elif (wish.until_day - wish.from_day).days > LONGEST_PERIOD:
        yield GuidanceProblem(field="until_day", reason="long-period")
    elif not (days := days_of(wish)):
        yield GuidanceProblem(field="weekdays", reason="no-day")
    elif days[-1] < today:
        yield GuidanceProblem(field="until_day", reason="past")


def _texts(wish: GuidanceWish) -> Found:
    if not wish.texts.get("ja", "").strip():
        yield GuidanceProblem(field="texts.ja", reason="no-text")
    for language, text in wish.texts.items():
        yield from _text(f"texts.{language}", language, text)


def _text(field: str, language: Language, text: str) -> Found:
    if len(text) > LONGEST_GUIDANCE * (1 if language == "ja" else OTHER_SCRIPTS):
        yield GuidanceProblem(field=field, reason="too-long")
    if any(unicodedata.category(sign) in ("Cc", "Cf") for sign in text):
        yield GuidanceProblem(field=field, reason="control")
    if has_individual_number(text):
        yield GuidanceProblem(field=field, reason="digits")
    if text.count("{") != text.count("}") or (language != "ja-easy" and "{" in text):
        yield GuidanceProblem(field=field, reason="readings")


def tidied(wish: GuidanceWish) -> dict[str, object]:
    """What is kept of it: offices and weekdays once, texts in one line, without empty ones."""
    texts = {language: " ".join(text.split()) for language, text in wish.texts.items()}
    return {
        "office_ids": tuple(dict.fromkeys(wish.office_ids)),
        "weekdays": tuple(sorted({day for day in wish.weekdays if 0 <= day < 7})),
        "texts": {language: text for language, text in texts.items() if text},
    }
