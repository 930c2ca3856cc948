"""Texts of one series: nearer than those of its office and of a procedure, also once it ended."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from libs.contracts.booking import BookingRestated, Series
from libs.contracts.notify import TextPlace
from services.notify.domain.reminders import Round
from services.notify.store import OpenStore

from .conftest import Sending
from .factories import (
    changed,
    confirmed,
    eventually,
    office,
    procedure,
    rows,
    take,
    until_state,
    updated,
)
from .members import OURS, OWN, SHARED, Member
from .scripted import ScriptedServer
from .test_own_texts import SUPPLIED, subject_of, write

HERE: dict[str, Any] = {"procedure_id": "issuance", "office_id": "honcho"}
SATURDAY = {**HERE, "series_id": "saturday"}


def series(series_id: str) -> Series:
    return Series.model_validate(
        {
            "series_id": series_id, "procedure_ids": ["issuance"], "weekdays": [5],
            "opens": "09:00", "closes": "12:00", "unit_minutes": 30, "windows": [1, 2],
            "valid_from": "2026-04-01", "valid_until": "2027-03-31",
        }
    )  # fmt: skip


@pytest.fixture
async def city(open_store: OpenStore) -> None:
    """One office with two series."""
    both = (series("weekdays"), series("saturday"))
    await take(open_store, office(series=both), office(office_id="akeno"), procedure())


def test_a_place_names_the_wider_ones_series_before_office_before_procedure() -> None:
    place = TextPlace(kind="confirmed", language="ja", **SATURDAY)
    assert [(p.procedure_id, p.office_id, p.series_id) for p in place.wider] == [
        ("", "honcho", "saturday"),
        ("issuance", "honcho", ""),
        ("issuance", "", ""),
        ("", "honcho", ""),
        ("", "", ""),
    ]


@pytest.mark.usefixtures("city")
async def test_the_text_of_the_series_is_taken_before_that_of_office_and_procedure(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    places: tuple[tuple[dict[str, Any], str], ...] = (
        (HERE, "手続きと場所"),
        ({"office_id": "honcho", "series_id": "saturday"}, "枠"),
        (SATURDAY, "手続きと枠"),
    )
    for place, subject in places:
        await write(open_store, subject, **place)
        assert await subject_of(open_store, smtp, sending, **SATURDAY) == subject
    for other in (HERE, {**HERE, "series_id": "weekdays"}):
        assert await subject_of(open_store, smtp, sending, **other) == "手続きと場所"
    elsewhere = {**SATURDAY, "office_id": "akeno"}
    assert await subject_of(open_store, smtp, sending, **elsewhere) == SUPPLIED


@pytest.mark.usefixtures("city")
async def test_a_move_to_another_series_is_mailed_in_the_words_of_that_one(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    await write(open_store, "土曜の変更", kind="changed", office_id="honcho", series_id="saturday")
    first = confirmed(**HERE, series_id="weekdays")
    moved = changed(**SATURDAY, booking_id=first.booking_id)
    await take(open_store, first, moved)
    async with sending(smtp.port):
        await eventually(lambda: received(smtp, 2))
    assert [mail["Subject"] for mail in smtp.kept] == [SUPPLIED, "土曜の変更"]


@pytest.mark.usefixtures("city")
async def test_the_address_that_was_replaced_is_told_in_the_words_of_the_series(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    place = TextPlace(kind="former", language="ja", office_id="honcho", series_id="saturday")
    await write(open_store, "土曜のお知らせ", **place.model_dump(exclude={"language"}))
    first = confirmed(**SATURDAY)
    async with sending(smtp.port):
        await take(open_store, first)
        await until_state(open_store, first.booking_id, "sent")
        new = updated(
            **SATURDAY, booking_id=first.booking_id, email="new@example.jp", contact_version=2,
            former_contact=first.contact, former_version=1,
        )  # fmt: skip
        await take(open_store, new)
        await eventually(lambda: received(smtp, 3))
    assert "土曜のお知らせ" in [mail["Subject"] for mail in smtp.kept]


async def received(smtp: ScriptedServer, count: int) -> bool:
    return len(smtp.kept) == count


async def series_of_the_reminder(open_store: OpenStore, starts_at: datetime) -> list[str | None]:
    hour = timedelta(hours=1)
    async with open_store() as store:
        await store.remind(
            Round(starts_at - hour, starts_at + hour, datetime.now(UTC) + hour, starts_at)
        )
    found = await rows(open_store, "SELECT series_id FROM delivery WHERE kind = 'reminder'")
    return [row["series_id"] for row in found]


@pytest.mark.usefixtures("city")
async def test_a_reminder_has_the_series_also_of_a_booking_that_was_only_restated(
    open_store: OpenStore,
) -> None:
    """A booking of the release before says it for the first time when it is published again."""
    old = confirmed(**HERE, booking_id=uuid4(), link="sealed")
    await take(open_store, old)
    again = BookingRestated.model_validate(
        {**old.model_dump(), "link": None, "series_id": "saturday"}
    )
    await take(open_store, again)
    assert await series_of_the_reminder(open_store, old.starts_at) == ["saturday"]
    (known,) = await rows(open_store, "SELECT link FROM agenda")
    assert known["link"] == "sealed"


@pytest.mark.usefixtures("city")
async def test_staff_of_the_office_write_see_and_take_back_the_text_of_a_series(
    member: Member,
) -> None:
    place = {**SHARED, "office_id": "honcho", "series_id": "saturday"}
    saved = (await member.save(place=place, offices="honcho")).json()
    assert (saved["own"], saved["source"]["series_id"]) == (OWN, "saturday")
    path = "/confirmed/ja?procedure=issuance&office=honcho&series=saturday"
    opened = (await member.ask(path, offices="honcho")).json()
    assert (opened["own"], opened["current"], opened["may_change"]) == (None, OWN, True)
    elsewhere = (await member.ask("/confirmed/ja?procedure=issuance&office=honcho")).json()
    assert elsewhere["source"] is None
    listed = (await member.ask("", offices="honcho")).json()["places"]
    assert listed == [{**place, "procedure_id": ""}]
    back = await member.save(None, version=saved["version"], place=place, offices="honcho")
    assert back.json()["source"] is None
    assert len(back.json()["history"]) == 2


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    ("place", "offices"),
    [
        ({"office_id": "honcho", "series_id": "nothing"}, "*"),
        ({"series_id": "saturday"}, "*"),
        ({"office_id": "akeno", "series_id": "saturday"}, "*"),
        ({"office_id": "honcho", "series_id": "saturday"}, "akeno"),
    ],
    ids=["unknown", "without its office", "of another office", "of others"],
)
async def test_a_series_that_is_not_there_has_no_text(
    member: Member,
    place: dict[str, str],
    offices: str,
) -> None:
    refused = await member.save(place={**SHARED, **place}, offices=offices)
    assert refused.status_code == 404


@pytest.mark.usefixtures("city")
async def test_the_text_of_a_series_that_ended_still_holds_and_can_be_taken_back(
    member: Member,
    open_store: OpenStore,
    smtp: ScriptedServer,
    sending: Sending,
) -> None:
    place = {**OURS, "series_id": "saturday"}
    saved = (await member.save(place=place)).json()
    await take(open_store, office(version=2, series=(series("weekdays"),)))
    assert await subject_of(open_store, smtp, sending, **SATURDAY) == OWN["subject"]
    back = await member.save(None, version=saved["version"], place=place)
    assert back.status_code == 200
    assert await subject_of(open_store, smtp, sending, **SATURDAY) == SUPPLIED


async def test_an_office_of_the_release_before_learns_its_series_when_it_is_published_again(
    member: Member,
    open_store: OpenStore,
) -> None:
    place = {**SHARED, "office_id": "honcho", "series_id": "saturday"}
    await take(open_store, office(), procedure())
    assert (await member.save(place=place)).status_code == 404
    await take(open_store, office(series=(series("saturday"),)))
    assert (await member.save(place=place)).status_code == 200
