"""Imports through HTTP on a real PostgreSQL: what is kept, counted, published and refused."""

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from dev.testing import Database
from libs.common.ops import Readiness
from libs.contracts.eligibility import ImportReport
from services.eligibility.app import create_app
from services.eligibility.tests.support import (
    INDIVIDUAL_NUMBER,
    OFFICES,
    Service,
    finished,
    office,
    settings,
    sheet,
)

SAMPLE = Path(__file__).parents[3] / "deploy" / "seed" / "persons-sample.csv"
COUNTS = ("rows", "added", "changed", "unchanged", "rejected")


def counts(report: dict[str, object]) -> tuple[object, ...]:
    return tuple(report[name] for name in COUNTS)


def many(rows: int, office_name: str = "鶴崎支所") -> bytes:
    return sheet(*(f"OTA-{n:06},1950-01-02,{office_name}" for n in range(1, rows + 1)))


async def test_the_sample_imports_with_500_good_rows_in_all_offices(service: Service) -> None:
    report = await service.take(SAMPLE.read_bytes(), "見本.csv")
    assert counts(report) == (500, 500, 0, 0, 0)
    assert (report["encoding"], report["file_name"]) == ("Shift_JIS（CP932）", "見本.csv")
    offices = await service.fetch("SELECT DISTINCT office_id FROM person")
    assert {row["office_id"] for row in offices} == set(OFFICES)


async def test_the_same_file_twice_changes_nothing(service: Service) -> None:
    await service.take(SAMPLE.read_bytes())
    before = await service.fetch("SELECT card_key, sealed, version FROM person ORDER BY card_key")
    again = await service.take(SAMPLE.read_bytes())
    after = await service.fetch("SELECT card_key, sealed, version FROM person ORDER BY card_key")
    assert counts(again) == (500, 0, 0, 500, 0)
    assert before == after
    assert len(await service.facts()) == 1


async def test_good_rows_are_kept_and_bad_ones_listed(service: Service) -> None:
    report = await service.take(
        sheet(
            "OTA-000001,1950-01-02,鶴崎支所",
            "OTA-1,1950-01-02,鶴崎支所",
            "OTA-000002,1950-02-30,別府市役所",
            "1.23E+08,1950-01-02,鶴崎支所",
            "OTA-000003,昭和25年1月2日,明野",
            "OTA-000001,1950-01-03,鶴崎支所",
            'OTA-0"00009,1950-01-02,鶴崎支所',
        )
    )
    assert counts(report) == (7, 2, 0, 0, 5)
    errors = [(error["line"], error["column"]) for error in report["errors"]]
    assert errors == [
        (3, "製造管理番号"),
        (4, "交付場所"),
        (4, "生年月日"),
        (5, "製造管理番号"),
        (7, "製造管理番号"),
        (8, "製造管理番号"),
    ]
    assert (await service.check("OTA-000003", "1950-01-02")).status_code == 200


async def test_numbers_and_dates_are_nowhere_in_the_clear(service: Service) -> None:
    await service.take(sheet("OTA-000001,1950-01-02,鶴崎支所"))
    rows = await service.fetch("SELECT person::text AS everything FROM person")
    facts = await service.fetch("SELECT outbox::text AS everything FROM outbox")
    for row in (*rows, *facts):
        assert not re.search("OTA-?000001|1950-?01-?02", row["everything"])


async def test_new_changed_and_moved_persons_are_published_once_each(service: Service) -> None:
    first = await service.take(sheet("OTA-000001,1950-01-02,鶴崎", "OTA-000002,1950-01-02,鶴崎"))
    assert counts(first) == (2, 2, 0, 0, 0)
    second = await service.take(
        sheet(
            "OTA-000001,1950-01-03,鶴崎",
            "OTA-000002,1950-01-04,明野",
            "OTA-000003,1950-01-02,明野",
        )
    )
    assert counts(second) == (3, 1, 2, 0, 0)
    facts = await service.facts()
    assert [(name, sorted(_brief(holders))) for name, holders in facts] == [
        ("eligibility.imported.v1", [("tsurusaki", "ready", 1), ("tsurusaki", "ready", 1)]),
        ("eligibility.imported.v1", [("akeno", "ready", 1), ("tsurusaki", "ready", 2)]),
        ("eligibility.moved.v1", [("akeno", "ready", 2)]),
    ]


def _brief(holders: list[dict[str, object]]) -> list[tuple[object, ...]]:
    return [(holder["office_id"], holder["state"], holder["version"]) for holder in holders]


async def test_facts_hold_at_most_500_persons(service: Service) -> None:
    await service.take(many(1201))
    await service.take(many(1201, "明野支所"))
    sizes = [(name.split(".")[1], len(holders)) for name, holders in await service.facts()]
    assert sizes == [(n, size) for n in ("imported", "moved") for size in (500, 500, 201)]
    everybody = {holder["card_key"] for _, holders in await service.facts() for holder in holders}
    assert len(everybody) == 1201


async def test_a_collected_card_stays_collected_and_still_moves(service: Service) -> None:
    await service.take(sheet("OTA-000001,1950-01-02,鶴崎"))
    (row,) = await service.fetch("SELECT card_key FROM person")
    await service.hear(finished(row["card_key"], "collected"))
    assert counts(await service.take(sheet("OTA-000001,1950-01-02,鶴崎")))[3] == 1
    await service.take(sheet("OTA-000001,1950-01-02,明野"))
    name, holders = (await service.facts())[-1]
    assert (name, _brief(holders)) == ("eligibility.moved.v1", [("akeno", "collected", 3)])


async def test_reports_are_listed_newest_first_and_shown_with_their_errors(
    service: Service,
) -> None:
    for name in ("一.csv", "二.csv"):
        await service.take(sheet("OTA-000001,不明,鶴崎"), name)
        service.clock.forward(minutes=1)
    listed = (await service.ask("GET", "/v1/imports")).json()["imports"]
    assert [(report["file_name"], report["errors"]) for report in listed] == [
        ("二.csv", []),
        ("一.csv", []),
    ]
    shown = (await service.ask("GET", f"/v1/imports/{listed[0]['batch_id']}")).json()["imports"]
    report = ImportReport.model_validate(shown[0])
    assert report.errors[0].reason == "日付として読み取れません。"
    missing = await service.ask("GET", f"/v1/imports/{uuid4()}")
    assert (missing.status_code, missing.json()["slug"]) == (404, "not-found")


async def test_an_endless_body_is_cut_off(service: Service) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 100:
            sent += 1
            yield b"x" * 1024 * 1024

    headers = {"idempotency-key": uuid4().hex}
    answer = await service.ask("POST", "/v1/drafts", content=endless(), headers=headers)
    assert answer.status_code == 413
    assert sent <= 66
    assert await service.fetch("SELECT FROM draft") == []


async def test_without_offices_no_file_is_taken_and_the_list_says_so(service: Service) -> None:
    """It is no fault of the file, and not unavailable: the same again would be refused again, until
    booking says its offices once more."""
    await service.fetch("DELETE FROM known_office")
    answer = await service.offer(sheet("OTA-000001,1950-01-02,鶴崎支所"))
    assert (answer.status_code, answer.json()["slug"]) == (409, "offices-unknown")
    listed = await service.ask("GET", "/v1/imports")
    assert listed.json() == {"imports": [], "offices_known": False, "drafts": []}
    await service.hear(office("tsurusaki", "鶴崎支所"))
    await service.take(sheet("OTA-000001,1950-01-02,鶴崎支所"))
    assert (await service.ask("GET", "/v1/imports")).json()["offices_known"]


async def test_a_service_without_offices_is_ready_like_every_other_replica(
    database: Callable[[str], Database],
) -> None:
    kept = database("eligibility")
    readiness = Readiness()
    app = create_app(settings(kept.url), readiness)
    async with app.router.lifespan_context(app):
        assert await readiness.failing() == []


async def test_an_office_is_known_by_its_newest_name(service: Service) -> None:
    await service.hear(office("akeno", "明野西支所", 3), office("akeno", "明野支所", 2))
    names = await service.fetch("SELECT name FROM known_office WHERE office_id = 'akeno'")
    assert names[0]["name"] == "明野西支所"


@pytest.mark.parametrize("path", ["/v1/imports", f"/v1/imports/{UUID(int=1)}"])
async def test_imports_are_for_staff_with_the_right(service: Service, path: str) -> None:
    assert (await service.ask("GET", path, door="internet")).status_code == 403
    assert (await service.ask("GET", path, rights=["counts.read"])).status_code == 403
    assert (await service.ask("POST", "/v1/drafts", door="internet")).status_code == 403
    assert (await service.http.get(path)).status_code == 401


async def test_who_serves_one_office_says_nothing_of_the_cards_of_others(service: Service) -> None:
    """Other offices are as unknown as those that are none; a card that came here may be said so."""
    await service.take(sheet("OTA-000001,1950-01-02,明野支所", "OTA-000002,1950-01-02,明野支所"))
    report = await service.take(
        sheet(
            "OTA-000001,1960-01-02,明野支所",
            "OTA-000002,1950-01-02,鶴崎",
            "OTA-000003,1950-01-02,どこか",
        ),
        offices=["tsurusaki"],
    )
    assert counts(report) == (3, 0, 1, 0, 2)
    reasons = {error["line"]: error["reason"] for error in report["errors"]}
    assert reasons[2] == reasons[4] == "登録されていない場所です。"
    rows = await service.fetch("SELECT office_id, version FROM person ORDER BY version")
    assert [tuple(row) for row in rows] == [("akeno", 1), ("tsurusaki", 2)]


async def test_an_individual_number_is_kept_nowhere(service: Service) -> None:
    rows = (
        f"{INDIVIDUAL_NUMBER},1950-01-02,鶴崎支所",
        f"OTA-000001,1950-01-02,鶴崎,{INDIVIDUAL_NUMBER}",
    )
    for row in rows:
        answer = await service.offer(sheet(row), f"{INDIVIDUAL_NUMBER}.csv")
        assert (answer.status_code, answer.json()["slug"]) == (422, "carries-numbers")
        assert INDIVIDUAL_NUMBER not in answer.text
    for table in ("person", "batch", "draft", "staged_row", "fault", "draft_chunk"):
        await service.drafts.forget()
        assert await service.fetch(f"SELECT FROM {table}") == []
