"""Settings of an office that cannot be, with the reason, and those that may surprise."""

import re
from collections import Counter
from collections.abc import Iterator

from libs.contracts.booking import OTHER_LANGUAGES, Office, SettingProblem, flat_office

from .surroundings import Surroundings, missing, too_long

MOST_POSITION = 999
_SIGNS = {"name": 60, "kana": 60, "address": 120} | {str(code): 120 for code in OTHER_LANGUAGES}
_PHONE = re.compile(r"0\d{1,4}-\d{1,4}-\d{3,4}")
Found = Iterator[SettingProblem]


def office_problems(wanted: Office, around: Surroundings) -> list[SettingProblem]:
    """Why it cannot be saved, by setting; empty when it can."""
    values = flat_office(wanted)
    return [
        *missing(values, "name", "kana", "address", "phone"),
        *too_long(values, _SIGNS),
        *_contact(wanted),
        *_same_name(wanted, around),
        *_later(wanted),
    ]


def office_warnings(wanted: Office, around: Surroundings) -> list[SettingProblem]:
    """What is to be known, and stops nobody."""
    return [*_hidden(wanted, around), *_times(wanted)]


def _contact(wanted: Office) -> Found:
    if wanted.phone and not _PHONE.fullmatch(wanted.phone):
        yield SettingProblem(field="phone", code="phone")
    if not 0 <= wanted.position <= MOST_POSITION:
        facts = {"least": 0, "most": MOST_POSITION}
        yield SettingProblem(field="position", code="range", facts=facts)


def _same_name(wanted: Office, around: Surroundings) -> Found:
    """Imports find an office by its name."""
    others = {o.name for o in around.offices if o.office_id != wanted.office_id and not o.hidden}
    if wanted.name and wanted.name in others and not wanted.hidden:
        yield SettingProblem(field="name", code="same-name")


def _later(wanted: Office) -> Found:
    """The addresses are numbered by their days, as the flat names are."""
    later = sorted(wanted.later, key=lambda address: address.from_day)
    days = Counter(address.from_day for address in later)
    for number, moved in enumerate(later, 1):
        if not moved.address:
            yield SettingProblem(field=f"later.{number}.address", code="missing")
        if days[moved.from_day] > 1:
            yield SettingProblem(field=f"later.{number}.from_day", code="same-day")


def _hidden(wanted: Office, around: Surroundings) -> Found:
    if wanted.hidden and around.standing:
        facts = {"count": around.standing}
        yield SettingProblem(field="hidden", code="bookings-stay", facts=facts)
    if wanted.hidden and all(o.hidden or o.office_id == wanted.office_id for o in around.offices):
        yield SettingProblem(field="hidden", code="last-office")


def _times(wanted: Office) -> Found:
    if not wanted.hidden and not wanted.series:
        yield SettingProblem(field="name", code="no-times")
