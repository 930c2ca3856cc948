"""Taking the newest import back: only while nobody relies on it."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.contracts.booking import (
    BookingCancelled,
    BookingChanged,
    BookingConfirmed,
    BookingErased,
    BookingWatermark,
)
from services.eligibility.tests.support import NOON, Service, sheet

FIRST = sheet("OTA-000001,1950-01-02,鶴崎", "OTA-000002,1950-01-02,鶴崎")
SECOND = sheet("OTA-000001,1950-01-03,明野", "OTA-000003,1950-01-02,明野")


async def undo(service: Service, batch_id: str, offices: Any = "*") -> tuple[int, str]:
    answer = await service.post(f"/v1/imports/{batch_id}/undo", offices=offices)
    return answer.status_code, answer.json().get("detail", "")


async def key_of(service: Service, number: str) -> str:
    return service.checks.vault.card_key(number)


def visit(card_key: str | None, version: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "booking_id": uuid4(), "version": version, "number": "ABCDEFGH23",
        "procedure_id": "issuance", "office_id": "tsurusaki", "starts_at": NOON + timedelta(days=3),
        "minutes": 30, "visitor": "self", "channel": "web", "status": "confirmed", "outcome": None,
        "language": "ja", "contact": None, "at": NOON + timedelta(minutes=5), "card_key": card_key,
        **more,
    }  # fmt: skip


async def both(service: Service) -> dict[str, Any]:
    """Two imports; the report of the second."""
    await service.take(FIRST)
    service.clock.forward(minutes=1)
    report = await service.take(SECOND)
    service.clock.forward(minutes=1)
    await service.hear(BookingWatermark(at=service.clock()))
    return report


async def test_the_newest_import_is_taken_back_as_if_it_had_never_been(service: Service) -> None:
    report = await both(service)
    query = "SELECT card_key, office_id, withdrawn, version FROM person ORDER BY card_key"
    assert (await undo(service, report["batch_id"]))[0] == 200
    rows = {row["card_key"]: tuple(row)[1:] for row in await service.fetch(query)}
    assert rows == {
        await key_of(service, "OTA000001"): ("tsurusaki", False, 3),
        await key_of(service, "OTA000002"): ("tsurusaki", False, 1),
        await key_of(service, "OTA000003"): ("akeno", True, 2),
    }
    assert (await service.check("OTA-000001", "1950-01-02")).status_code == 200
    assert (await service.check("OTA-000003", "1950-01-02")).status_code == 404
    _, holders = (await service.facts())[-1]
    assert sorted((h["version"], h["withdrawn"]) for h in holders) == [(2, True), (3, False)]
    sealed = await service.fetch("SELECT sealed FROM person WHERE withdrawn")
    assert [row["sealed"] for row in sealed] == [""]


async def test_only_the_newest_is_taken_back_and_once(service: Service) -> None:
    first = await service.take(FIRST)
    report = await both(service)
    status, detail = await undo(service, first["batch_id"])
    assert (status, "いちばん新しい" in detail) == (409, True)
    assert (await undo(service, report["batch_id"]))[0] == 200
    assert (await undo(service, report["batch_id"]))[0] == 409
    shown = await service.report(report["batch_id"])
    assert (shown["undone_by"], shown["can_undo"]) == ("somebody", False)


async def test_who_was_withdrawn_comes_back_with_another_import(service: Service) -> None:
    report = await both(service)
    await undo(service, report["batch_id"])
    again = await service.take(SECOND)
    assert (again["added"], again["changed"]) == (1, 1)
    assert (await service.check("OTA-000003", "1950-01-02")).status_code == 200


async def test_nobody_is_taken_back_who_has_booked_since(service: Service) -> None:
    report = await both(service)
    fact = visit(await key_of(service, "OTA000003"))
    await service.hear(BookingConfirmed(**fact))
    status, detail = await undo(service, report["batch_id"])
    assert (status, "1人が予約している" in detail) == (409, True)
    cancelled = {**fact, "version": 2, "status": "cancelled"}
    await service.hear(BookingCancelled(**cancelled, by_staff=False))
    assert (await undo(service, report["batch_id"]))[0] == 200


async def test_a_booking_from_before_the_import_does_not_stand_in_the_way(
    service: Service,
) -> None:
    report = await both(service)
    old = visit(await key_of(service, "OTA000001"), at=NOON - timedelta(days=1))
    await service.hear(BookingConfirmed(**old))
    assert (await undo(service, report["batch_id"]))[0] == 200


async def test_without_a_recent_word_of_booking_nothing_is_taken_back(service: Service) -> None:
    report = await both(service)
    service.clock.forward(minutes=4)
    status, detail = await undo(service, report["batch_id"])
    assert (status, "届いていない" in detail) == (409, True)
    await service.hear(BookingWatermark(at=service.clock()))
    assert (await undo(service, report["batch_id"]))[0] == 200


async def test_another_member_who_serves_some_offices_takes_nothing_back(
    service: Service,
) -> None:
    report = await both(service)
    await service.execute("UPDATE batch SET sent_by = 'another'")
    assert (await undo(service, report["batch_id"], offices=["akeno"]))[0] == 409
    assert (await undo(service, report["batch_id"]))[0] == 200


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (2, 0, 1)])
async def test_bookings_are_known_by_their_newest_version_in_any_order(
    service: Service, order: tuple[int, ...]
) -> None:
    booking_id, later = UUID(int=5), NOON + timedelta(days=9)
    base = visit("k" * 64, booking_id=booking_id)
    facts = (
        BookingConfirmed(**base),
        BookingChanged(
            **{**base, "version": 2, "starts_at": later, "at": NOON + timedelta(days=1)},
            previous_office_id="tsurusaki",
            previous_starts_at=NOON,
        ),
        BookingCancelled(
            **{**base, "version": 3, "status": "cancelled", "at": later}, by_staff=True
        ),
    )
    await service.hear(*(facts[n] for n in order))
    (row,) = await service.fetch("SELECT version, status, booked_at FROM known_visit")
    assert (row["version"], row["status"]) == (3, "cancelled")
    if order.index(0) < 3:
        assert row["booked_at"] == NOON + timedelta(minutes=5)
    await service.hear(BookingErased(booking_id=booking_id, at=later))
    assert await service.fetch("SELECT FROM known_visit") == []


async def test_bookings_without_a_card_are_not_kept(service: Service) -> None:
    await service.hear(BookingConfirmed(**visit(None)))
    assert await service.fetch("SELECT FROM known_visit") == []


async def test_changes_of_people_with_a_booking_are_counted_shown_and_have_to_be_confirmed(
    service: Service,
) -> None:
    await service.take(FIRST)
    await service.hear(BookingConfirmed(**visit(await key_of(service, "OTA000001"))))
    draft = await service.try_out(SECOND)
    assert draft["counts"]["booked"] == 1
    path = f"/v1/drafts/{draft['draft_id']}"
    shown = (await service.ask("GET", f"{path}/changes?booked=1")).json()["changes"]
    assert [(change["line"], change["visits"][0]["office_id"]) for change in shown] == [
        (2, "鶴崎支所")
    ]
    assert (await service.ask("GET", f"{path}/changes")).json()["changes"] == []
    elsewhere = await service.ask("GET", f"{path}/changes?booked=1", offices=["akeno"])
    assert elsewhere.json()["changes"][0]["visits"] == [{"office_id": None, "starts_at": None}]
    refused = await service.post(f"{path}/apply", {"run": draft["run"]})
    assert (refused.status_code, refused.json()["slug"]) == (409, "not-confirmed")
    assert (await service.apply(draft))["changed"] == 1
