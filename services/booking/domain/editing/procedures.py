"""Settings of a procedure that cannot be, with the reason, and those that may surprise."""

from collections.abc import Iterator

from libs.contracts.booking import (
    CELL_MINUTES,
    DEADLINES,
    OTHER_LANGUAGES,
    VISITORS,
    Procedure,
    SettingProblem,
    comes,
    flat_procedure,
)

from .surroundings import Surroundings, missing, too_long

LONGEST_MINUTES = 240
LONGEST_DAYS = 365
MOST_PEOPLE = 4
MOST_POSITION = 999
_SIGNS = {"name": 80, "plain": 80, "documents": 200, "notes": 200, "phone_reason": 300}
Found = Iterator[SettingProblem]


def procedure_problems(wanted: Procedure, around: Surroundings) -> list[SettingProblem]:
    """Why it cannot be saved, by setting; empty when it can."""
    values = flat_procedure(wanted)
    return [
        *missing(values, "name", "plain", "outcomes"),
        *too_long(values, _SIGNS),
        *_numbers(wanted),
        *_lengths(wanted, around),
        *_period(wanted),
        *_outcomes(wanted),
        *_comers(wanted),
        *_asked(wanted),
        *_person(wanted, around),
    ]


def procedure_warnings(wanted: Procedure, around: Surroundings) -> list[SettingProblem]:
    """What is to be known, and stops nobody."""
    return [
        *_deadlines(wanted),
        *_children(wanted),
        *_times(wanted, around),
        *_bookings(wanted, around),
        *_last_open(wanted, around),
        *_translations(wanted),
    ]


def _problem(field: str, code: str, **facts: int | str) -> SettingProblem:
    return SettingProblem(field=field, code=code, facts=facts)


def _numbers(wanted: Procedure) -> Found:
    if not _is_length(wanted.minutes):
        yield _problem("minutes", "minutes", step=CELL_MINUTES, most=LONGEST_MINUTES)
    if any(not _is_length(one.minutes) for one in wanted.lengths):
        yield _problem("lengths", "minutes", step=CELL_MINUTES, most=LONGEST_MINUTES)
    if not 1 <= wanted.party_limit <= MOST_PEOPLE:
        yield _problem("party_limit", "range", least=1, most=MOST_PEOPLE)
    if not 0 <= wanted.position <= MOST_POSITION:
        yield _problem("position", "range", least=0, most=MOST_POSITION)


def _is_length(minutes: int) -> bool:
    return minutes % CELL_MINUTES == 0 and CELL_MINUTES <= minutes <= LONGEST_MINUTES


def _lengths(wanted: Procedure, around: Surroundings) -> Found:
    """Each for an office that there is, and one for each of its days."""
    known = {"", *(office.office_id for office in around.offices)}
    places = [(one.office_id, one.from_day) for one in wanted.lengths]
    if {office_id for office_id, _ in places} - known:
        yield _problem("lengths", "no-such-office")
    if len(set(places)) < len(places):
        yield _problem("lengths", "same-day-twice")


def _period(wanted: Procedure) -> Found:
    """Nobody could ever book, or what is booked could never have been changed."""
    opens = wanted.opens_days_before
    outside = [name for name in DEADLINES if not 0 <= getattr(wanted, name) <= LONGEST_DAYS]
    yield from (_problem(name, "range", least=0, most=LONGEST_DAYS) for name in outside)
    if outside:
        return
    if wanted.closes_days_before > opens:
        yield _problem("closes_days_before", "closes-before-it-opens", opens=opens)
    if wanted.changes_days_before > opens:
        yield _problem("changes_days_before", "changes-end-before-it-opens", opens=opens)


def _outcomes(wanted: Procedure) -> Found:
    """A card that is collected is told to eligibility by the outcome 交付済."""
    if not wanted.outcomes:
        return
    if wanted.needs_card and "collected" not in wanted.outcomes:
        yield _problem("outcomes", "card-without-collected")
    if not wanted.needs_card and "collected" in wanted.outcomes:
        yield _problem("outcomes", "collected-without-card")


def _comers(wanted: Procedure) -> Found:
    ways = {visitor: comes(wanted, visitor) for visitor in VISITORS}
    if set(ways.values()) == {"no"}:
        yield _problem("come.self", "nobody-comes")
    elif "yes" not in ways.values() and wanted.online == "open":
        yield _problem("online", "everybody-by-phone")
    if wanted.asks_inquiry and ways["proxy"] != "yes":
        yield _problem("asks_inquiry", "inquiry-without-proxy")
    elif wanted.asks_inquiry and not wanted.rule("proxy").documents:
        yield _problem("rules.proxy.documents", "inquiry-without-documents")


def _asked(wanted: Procedure) -> Found:
    """Somebody who has only one of the two could not book at all."""
    if wanted.email == wanted.phone == "required":
        yield _problem("phone", "both-required")
    if wanted.asks_cards and wanted.needs_card:
        yield _problem("asks_cards", "cards-with-card")


def _person(wanted: Procedure, around: Surroundings) -> Found:
    """Bookings to come say who has one by the card or the group that they were made with."""
    known = around.procedure(wanted.procedure_id)
    if known is None or not around.standing:
        return
    if known.needs_card != wanted.needs_card:
        yield _problem("needs_card", "has-bookings", count=around.standing)
    if known.group != wanted.group:
        yield _problem("group", "has-bookings", count=around.standing)


def _deadlines(wanted: Procedure) -> Found:
    if wanted.changes_days_before > wanted.closes_days_before:
        yield _problem("changes_days_before", "changes-end-first", closes=wanted.closes_days_before)


def _children(wanted: Procedure) -> Found:
    if wanted.online == "open" and comes(wanted, "guardian") == "no":
        yield _problem("come.guardian", "children-by-phone")


def _times(wanted: Procedure, around: Surroundings) -> Found:
    """Whether any office's times are for it, and whether they fit its length."""
    if wanted.hidden:
        return
    series = around.series_for(wanted.procedure_id)
    if not series:
        yield _problem("minutes", "no-times")
        return
    longest = max(_minutes(one.closes) - _minutes(one.opens) for one in series)
    if max(wanted.minutes, *(one.minutes for one in wanted.lengths), 0) > longest:
        yield _problem("minutes", "longer-than-open", most=longest)
        return
    units = sorted({one.unit_minutes for one in series} - {wanted.minutes})
    if units:
        yield _problem("minutes", "other-units", units="・".join(map(str, units)))


def _minutes(moment: object) -> int:
    hour, minute = str(moment).split(":")[:2]
    return int(hour) * 60 + int(minute)


def _bookings(wanted: Procedure, around: Surroundings) -> Found:
    if wanted.hidden and around.standing:
        yield _problem("hidden", "bookings-stay", count=around.standing)
    if around.other_length:
        yield _problem("minutes", "bookings-keep-length", count=around.other_length)


def _last_open(wanted: Procedure, around: Surroundings) -> Found:
    others = [p for p in around.procedures if p.procedure_id != wanted.procedure_id]
    if any(_is_open(one) for one in others) or _is_open(wanted):
        return
    yield _problem("hidden" if wanted.hidden else "online", "last-open")


def _is_open(procedure: Procedure) -> bool:
    return procedure.online == "open" and not procedure.hidden


def _translations(wanted: Procedure) -> Found:
    """A list with another number of lines would mislead, so citizens see the Japanese one."""
    values = flat_procedure(wanted)
    lists = {name: value for name, value in values.items() if isinstance(value, tuple)}
    for language in OTHER_LANGUAGES:
        for field, japanese in lists.items():
            translated = lists.get(f"texts.{language}.{field}")
            if japanese and translated and len(translated) != len(japanese):
                yield _problem(f"texts.{language}.{field}", "lines", japanese=len(japanese))
