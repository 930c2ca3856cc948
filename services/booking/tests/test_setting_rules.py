"""What cannot be set, with the reason at the setting, and what is to be known before saving."""

from collections.abc import Sequence
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from libs.contracts.booking import (
    Catalog,
    LaterAddress,
    Office,
    OfficeChange,
    Procedure,
    ProcedureChange,
    ProcedureText,
    SettingProblem,
    VisitorRule,
    differences,
    flat_office,
    flat_procedure,
    office_from,
    procedure_from,
)
from services.booking.domain.editing import (
    Surroundings,
    office_problems,
    office_warnings,
    procedure_problems,
    procedure_warnings,
)

SEED = Path(__file__).parents[3] / "deploy" / "seed" / "oita.json"
CITY = Catalog.model_validate_json(SEED.read_bytes())
PROCEDURES = {p.procedure_id: p for p in CITY.procedures}
AROUND = Surroundings(CITY.offices, CITY.procedures)
REASON = "書類をお電話でご案内します。"
PROXY_BY_PHONE = VisitorRule(visitor="proxy", phone_reason=REASON)


def wanted(procedure_id: str = "pin", **changes: Any) -> ProcedureChange:
    known = PROCEDURES[procedure_id].model_dump()
    return ProcedureChange.model_validate({**known, **changes})


def office(**changes: Any) -> OfficeChange:
    return OfficeChange.model_validate({**CITY.offices[0].model_dump(), **changes})


def told(problems: Sequence[SettingProblem]) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in problems]


def test_what_the_city_begins_with_can_be_saved_without_a_word() -> None:
    for procedure in CITY.procedures:
        assert procedure_problems(procedure, AROUND) == []
        assert procedure_warnings(procedure, AROUND) == []
    for place in CITY.offices:
        assert office_problems(place, AROUND) == []
        assert office_warnings(place, AROUND) == []


@pytest.mark.parametrize(
    ("procedure_id", "changes", "field", "code"),
    [
        ("pin", {"name": ""}, "name", "missing"),
        ("pin", {"plain": ""}, "plain", "missing"),
        ("pin", {"outcomes": ()}, "outcomes", "missing"),
        ("pin", {"name": "長" * 81}, "name", "too-long"),
        ("pin", {"notes": ("短", "長" * 201)}, "notes", "too-long"),
        ("pin", {"documents": ("書類",) * 21}, "documents", "too-many-lines"),
        ("pin", {"minutes": 12}, "minutes", "minutes"),
        ("pin", {"minutes": 0}, "minutes", "minutes"),
        ("pin", {"minutes": 245}, "minutes", "minutes"),
        ("pin", {"party_limit": 0}, "party_limit", "range"),
        ("pin", {"party_limit": 5}, "party_limit", "range"),
        ("pin", {"position": -1}, "position", "range"),
        ("pin", {"opens_days_before": 366}, "opens_days_before", "range"),
        ("pin", {"closes_days_before": -1}, "closes_days_before", "range"),
        ("pin", {"closes_days_before": 46}, "closes_days_before", "closes-before-it-opens"),
        ("pin", {"changes_days_before": 46}, "changes_days_before", "changes-end-before-it-opens"),
        ("issuance", {"outcomes": ("done",)}, "outcomes", "card-without-collected"),
        ("pin", {"outcomes": ("collected",)}, "outcomes", "collected-without-card"),
        ("pin", {"visitors": (), "rules": ()}, "come.self", "nobody-comes"),
        (
            "pin",
            {"visitors": ("proxy",), "rules": (PROXY_BY_PHONE,)},
            "online",
            "everybody-by-phone",
        ),
        ("pin", {"asks_inquiry": True}, "asks_inquiry", "inquiry-without-proxy"),
        ("certificate", {"visitors": ("self",), "rules": ()}, "asks_inquiry",
         "inquiry-without-proxy"),
        ("certificate", {"rules": ()}, "rules.proxy.documents", "inquiry-without-documents"),
        ("pin", {"email": "required", "phone": "required"}, "phone", "both-required"),
        ("issuance", {"asks_cards": True}, "asks_cards", "cards-with-card"),
    ],
)  # fmt: skip
def test_a_procedure_that_cannot_be_is_refused_at_its_setting(
    procedure_id: str, changes: dict[str, Any], field: str, code: str
) -> None:
    assert told(procedure_problems(wanted(procedure_id, **changes), AROUND)) == [(field, code)]


@pytest.mark.parametrize("minutes", [5, 20, 240])
def test_every_whole_number_of_five_minutes_can_be_saved(minutes: int) -> None:
    assert procedure_problems(wanted(minutes=minutes), AROUND) == []


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("group", {"group": "renewal"}),
        ("needs_card", {"needs_card": True, "outcomes": ("collected",)}),
    ],
)
def test_who_is_the_same_person_does_not_change_under_bookings(
    field: str, changes: dict[str, Any]
) -> None:
    change = wanted(**changes)
    assert procedure_problems(change, AROUND) == []
    busy = Surroundings(CITY.offices, CITY.procedures, standing=3)
    [problem] = procedure_problems(change, busy)
    assert (problem.field, problem.code, problem.facts) == (field, "has-bookings", {"count": 3})


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"changes_days_before": 2}, "changes_days_before", "changes-end-first"),
        ({"minutes": 20}, "minutes", "other-units"),
        ({"visitors": ("self",), "rules": ()}, "come.guardian", "children-by-phone"),
        ({"texts": {"en": ProcedureText(documents=("one",))}}, "texts.en.documents", "lines"),
    ],
)
def test_what_may_surprise_is_said_and_stops_nobody(
    changes: dict[str, Any], field: str, code: str
) -> None:
    change = wanted(**changes)
    assert procedure_problems(change, AROUND) == []
    assert told(procedure_warnings(change, AROUND)) == [(field, code)]


def test_a_procedure_that_no_office_has_times_for_says_so() -> None:
    change = wanted().model_copy(update={"procedure_id": "new"})
    assert told(procedure_warnings(change, AROUND)) == [("minutes", "no-times")]
    hidden = [place.model_copy(update={"hidden": True}) for place in CITY.offices]
    nowhere = Surroundings(hidden, CITY.procedures)
    assert told(procedure_warnings(wanted(), nowhere)) == [("minutes", "no-times")]
    assert procedure_warnings(wanted(hidden=True), nowhere) == []


def test_a_visit_longer_than_any_opening_says_so() -> None:
    short = (
        CITY.offices[0]
        .series[0]
        .model_copy(update={"opens": time(12), "closes": time(13), "procedure_ids": ("pin",)})
    )
    noon = CITY.offices[0].model_copy(update={"series": (short,)})
    [warning] = procedure_warnings(wanted(minutes=90), Surroundings((noon,), CITY.procedures))
    assert (warning.code, warning.facts) == ("longer-than-open", {"most": 60})


def test_bookings_to_come_are_counted_where_they_are_concerned() -> None:
    busy = Surroundings(CITY.offices, CITY.procedures, standing=12, other_length=7)
    found = {w.code: w.facts for w in procedure_warnings(wanted(minutes=20), busy)}
    assert found["bookings-keep-length"] == {"count": 7}
    found = {w.code: w.facts for w in procedure_warnings(wanted(hidden=True), busy)}
    assert found["bookings-stay"] == {"count": 12}
    assert told(office_warnings(office(hidden=True), busy)) == [("hidden", "bookings-stay")]


def test_the_last_procedure_that_is_open_says_so_when_it_closes() -> None:
    others = [p.model_copy(update={"online": "paused"}) for p in CITY.procedures[1:]]
    last = Surroundings(CITY.offices, [CITY.procedures[0], *others])
    for changes, field in (({"online": "paused"}, "online"), ({"hidden": True}, "hidden")):
        change = wanted("issuance", **changes)
        assert (field, "last-open") in told(procedure_warnings(change, last))
        assert (field, "last-open") not in told(procedure_warnings(change, AROUND))


MOVE = LaterAddress(from_day=date(2027, 4, 1), address="大分市新町1番1号")


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"name": ""}, "name", "missing"),
        ({"address": ""}, "address", "missing"),
        ({"name": "長" * 61}, "name", "too-long"),
        ({"phone": "0975346111"}, "phone", "phone"),
        ({"phone": "097-534-61112"}, "phone", "phone"),
        ({"position": 1000}, "position", "range"),
        ({"name": "鶴崎支所"}, "name", "same-name"),
        (
            {"later": (MOVE.model_copy(update={"address": ""}),)},
            "later.1.address",
            "missing",
        ),
    ],
)
def test_an_office_that_cannot_be_is_refused_at_its_setting(
    changes: dict[str, Any], field: str, code: str
) -> None:
    assert told(office_problems(office(**changes), AROUND)) == [(field, code)]


def test_an_office_moves_once_a_day() -> None:
    assert office_problems(office(later=(MOVE,)), AROUND) == []
    twice = told(office_problems(office(later=(MOVE, MOVE)), AROUND))
    assert twice == [("later.1.from_day", "same-day"), ("later.2.from_day", "same-day")]


def test_the_last_office_and_one_without_times_say_so() -> None:
    alone = Surroundings(CITY.offices[:1], CITY.procedures)
    assert told(office_warnings(office(hidden=True), alone)) == [("hidden", "last-office")]
    assert told(office_warnings(office(series=()), AROUND)) == [("name", "no-times")]


@pytest.mark.parametrize("procedure", CITY.procedures, ids=lambda one: one.procedure_id)
def test_a_procedure_comes_back_from_its_flat_settings(procedure: Procedure) -> None:
    flat = flat_procedure(procedure)
    back = procedure_from(flat, procedure.procedure_id, procedure.version)
    assert back.model_dump() == procedure.model_dump()
    assert differences(flat, flat_procedure(back)) == ()


def test_an_office_comes_back_from_its_flat_settings() -> None:
    place: Office = office(
        hidden=True, later=(MOVE.model_copy(update={"texts": {"en": "1-1 Shinmachi"}}),)
    )
    back = office_from(flat_office(place), place.office_id, place.version)
    assert back.model_dump() == place.model_copy(update={"series": ()}).model_dump()


def test_a_difference_names_the_setting_with_both_values() -> None:
    changes = differences(flat_procedure(PROCEDURES["pin"]), flat_procedure(wanted(minutes=20)))
    assert [(c.field, c.old, c.new) for c in changes] == [("minutes", 15, 20)]
