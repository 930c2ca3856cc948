"""A booking refuses by itself what may not be done, and says what comes of what may."""

from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.contracts.booking import (
    BookingArrived,
    BookingCancelled,
    BookingChanged,
    BookingFinished,
    BookingReopened,
    BookingUpdated,
    StaffResultChange,
    Stamps,
    Tick,
)
from services.booking.domain import NotActive, NotToday, SamePerson, TooLate, WrongState
from services.booking.domain.booking import CITIZEN, Booking, Change, Place
from services.booking.domain.persons import NewPerson

from .city import NOON_BEFORE, PROCEDURES, at, procedure

MORNING = at(8, 30)
THERE = Place("there", 3, at(14), 30)
PERSON = NewPerson(
    keys=("another",), former_keys=("another before",), card_key=None, birth_digest="d2",
    kana="sealed name", visitor="guardian",
    cards=None, has_inquiry=None, needs=(), interpreter=None, contact="sealed", phone=None,
)  # fmt: skip


def booked(**more: Any) -> Booking:
    first = {field.name: None for field in fields(Booking)} | {
        "booking_id": UUID(int=1),
        "number": "4821-7315-0962",
        "procedure_id": "slow",
        "person_group": "slow",
        "person_key": "somebody",
        "birth_digest": "d1",
        "office_id": "here",
        "window_id": 1,
        "starts_at": at(10),
        "minutes": 30,
        "visitor": "self",
        "channel": "web",
        "language": "ja",
        "status": "confirmed",
        "mail_failed": False,
        "card_moved": False,
        "booked_at": NOON_BEFORE,
        "version": 1,
        "also": (),
        "needs": (),
        "also_groups": (),
        "party_line": 0,
        "also_keys": (),
    }
    return Booking(**{**first, **more})


def test_a_change_is_the_next_version_and_leaves_the_old_one_as_it_was() -> None:
    booking = booked()
    moved = booking.move_to(THERE, "sato", MORNING)
    assert booking == booked()
    assert (moved.before, moved.after.place, moved.after.version) == (booking, THERE, 2)
    assert isinstance(moved.fact, BookingChanged)
    assert (moved.fact.previous_office_id, moved.fact.previous_starts_at) == ("here", at(10))
    assert (moved.fact.office_id, moved.fact.starts_at, moved.fact.version) == ("there", at(14), 2)


def test_a_citizen_cancels_until_it_starts_and_staff_all_day() -> None:
    with pytest.raises(TooLate):
        booked().cancel(CITIZEN, at(10))
    cancelled = booked().cancel("sato", at(10), "電話の申し出")
    assert isinstance(cancelled.fact, BookingCancelled)
    assert cancelled.fact.by_staff
    assert cancelled.step.reason == "電話の申し出"
    with pytest.raises(NotActive):
        booked().cancel("sato", at(9, day=date(2027, 6, 2)))


@pytest.mark.parametrize("status", ["arrived", "finished", "missed", "cancelled"])
def test_only_who_is_still_expected_is_moved(status: str) -> None:
    with pytest.raises(NotActive):
        booked(status=status).move_to(THERE, "sato", MORNING)
    with pytest.raises(NotActive):
        booked(status=status).receive_at(THERE, 7, "sato", MORNING)
    with pytest.raises(NotActive):
        booked(status=status).swap_to(THERE, "sato", MORNING)


def test_the_number_of_who_comes_again_stays() -> None:
    first = ticked(booked(), "arrive", None, number=7)
    assert isinstance(first.fact, BookingArrived)
    assert first.stamps == Stamps(reception=7, arrived_at=MORNING)
    undone = first.after.undo(first.stamps, "sato", MORNING)
    assert undone.stamps == Stamps(reception=7)
    again = ticked(undone.after, "arrive", undone.stamps, number=8)
    assert again.stamps
    assert again.stamps.reception == 7


def test_only_the_day_itself_is_ticked() -> None:
    for now in (NOON_BEFORE, at(9, day=date(2027, 6, 2))):
        with pytest.raises(NotToday):
            ticked(booked(), "arrive", None, now=now)
        with pytest.raises(NotToday):
            booked(status="arrived").undo(None, "sato", now)


def test_who_left_was_here_and_who_did_not_come_was_not_called() -> None:
    done = ticked(booked(status="arrived"), "finish", Stamps(reception=7), outcome="done")
    assert isinstance(done.fact, BookingFinished)
    assert done.stamps
    assert done.stamps.finished_at == MORNING
    with pytest.raises(WrongState):
        ticked(booked(status="arrived"), "finish", None, outcome="collected")
    with pytest.raises(WrongState):
        ticked(booked(), "call", None)
    assert ticked(booked(), "miss", None).stamps is None


def test_a_corrected_result_tells_who_kept_the_old_one() -> None:
    finished = booked(status="finished", outcome="done")
    ask = StaffResultChange(version=1, status="missed", reason="mistake")
    corrected = finished.correct(ask, PROCEDURES[1:2], Stamps(reception=7), "sato", MORNING)
    assert isinstance(corrected.fact, BookingReopened)
    assert (corrected.after.status, corrected.after.outcome) == ("missed", None)
    with pytest.raises(WrongState):
        booked(status="cancelled").correct(ask, PROCEDURES[1:2], Stamps(), "sato", MORNING)


def test_another_person_takes_over_all_but_time_window_and_number() -> None:
    former = booked(contact="old", phone="old", mail_failed=True, card_moved=True, cards=2)
    after = former.hand_over(PERSON, "sato", MORNING).after
    same = {"version": 2, "contact_version": 2, "cards": 2, "also_keys": ()}
    same |= {"mail_failed": False, "card_moved": False}
    theirs = {name: value for name, value in vars(PERSON).items() if name not in ("keys", "cards")}
    assert after == replace(former, **same, **theirs, person_key="another")  # type: ignore[arg-type]
    with pytest.raises(SamePerson):
        former.hand_over(replace(PERSON, keys=("somebody",)), "sato", MORNING)
    with pytest.raises(SamePerson):
        former.hand_over(replace(PERSON, former_keys=("somebody",)), "sato", MORNING)


def test_who_loses_the_address_is_told_nothing() -> None:
    silent = booked(contact="sealed", mail_failed=True).withdraw_address(MORNING)
    assert isinstance(silent.fact, BookingUpdated)
    assert (silent.fact.contact, silent.after.contact, silent.after.mail_failed) == (
        None, None, False,
    )  # fmt: skip
    with pytest.raises(NotActive):
        silent.after.resend(MORNING)


def test_a_reception_that_is_taken_back_gives_the_old_place_back() -> None:
    came = booked(starts_at=at(14), office_id="there", status="arrived")
    came_back = came.undo(Stamps(reception=7, arrived_at=MORNING), "sato", MORNING)
    home = came_back.back_at(Place("here", 1, at(10) + timedelta(days=3), 30), card_moved=False)
    assert home.stamped is came
    assert isinstance(home.fact, BookingReopened)
    assert (home.fact.office_id, home.fact.previous_office_id) == ("here", "there")
    assert home.fact.starts_at == home.after.starts_at == at(10) + timedelta(days=3)
    assert home.fact.version == home.after.version == 2


def ticked(
    booking: Booking, what: str, stamps: Stamps | None, now: datetime = MORNING,
    outcome: Any = None, number: int | None = None,
) -> Change:  # fmt: skip
    ask = Tick(version=booking.version, outcome=outcome)
    return booking.tick(what, ask, [procedure("slow", 30)], stamps, "sato", now, number)
