"""Imports through HTTP on a real PostgreSQL: what is kept, counted, published and refused."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from dev.testing import Database
from libs.common.ops import Readiness
from libs.contracts.eligibility import ImportReport
from services.eligibility.actions.imports import Order
from services.eligibility.app import create_app
from services.eligibility.domain.problems import ImportRunning
from services.eligibility.routes import STATUS
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
    assert (report["encoding"], report["file_name"]) == ("CP932", "見本.csv")
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
            f"{INDIVIDUAL_NUMBER},1950-01-02,鶴崎支所",
            "OTA-000003,昭和25年1月2日,明野",
            "OTA-000001,1950-01-03,鶴崎支所",
            'OTA-0"00009,1950-01-02,鶴崎支所',
        )
    )
    assert counts(report) == (7, 2, 0, 0, 5)
    errors = [(error["line"], error["column"]) for error in report["errors"]]
    assert errors == [
        (3, "製造管理番号"),
        (4, "生年月日"),
        (4, "交付場所"),
        (5, "製造管理番号"),
        (7, "製造管理番号"),
        (8, "製造管理番号"),
    ]
    assert (await service.check("OTA-000003", "1950-01-02")).status_code == 200


async def test_an_individual_number_is_kept_nowhere(service: Service) -> None:
    body = sheet(
        f"{INDIVIDUAL_NUMBER},1950-01-02,鶴崎支所",
        f"OTA-000001,1950-01-02,鶴崎,{INDIVIDUAL_NUMBER}",
    )
    answer = await service.offer(body, f"{INDIVIDUAL_NUMBER}.csv")
    assert answer.json()["rejected"] == 2
    assert INDIVIDUAL_NUMBER not in answer.text
    batches = await service.fetch("SELECT batch::text AS everything FROM batch")
    assert INDIVIDUAL_NUMBER not in batches[0]["everything"]
    assert await service.fetch("SELECT card_key FROM person") == []


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


@pytest.mark.parametrize(
    ("body", "status", "slug", "word"),
    [
        (b"", 422, "unreadable-file", "空"),
        (b"\xff\xff\x00\x01", 422, "unknown-encoding", "文字コード"),
        ("製造管理番号,受取場所\n".encode(), 422, "missing-column", "「生年月日」"),
        (b"OTA-000001,1950-01-02,honcho\n", 422, "missing-column", "「製造管理番号」"),
        (sheet("OTA-000001,1950-01-02,鶴崎", 'OTA-000002,"1950'), 422, "unreadable-file", "3行目"),
        (b"x" * (20 * 1024 * 1024 + 1), 413, "too-large", "20MB"),
    ],
)
async def test_a_file_that_cannot_be_taken_is_refused_whole_in_a_sentence(
    service: Service, body: bytes, status: int, slug: str, word: str
) -> None:
    answer = await service.offer(body)
    assert (answer.status_code, answer.json()["slug"]) == (status, slug)
    assert word in answer.json()["detail"]
    assert await service.fetch("SELECT card_key FROM person") == []
    assert await service.fetch("SELECT batch_id FROM batch") == []


async def test_an_endless_body_is_cut_off(service: Service) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 100:
            sent += 1
            yield b"x" * 1024 * 1024

    answer = await service.ask("POST", "/v1/imports", content=endless())
    assert answer.status_code == 413
    assert sent == 21


async def test_a_database_that_cannot_write_takes_nothing_and_says_what_to_do(
    service: Service,
) -> None:
    connection = await asyncpg.connect(service.database.admin_url)
    await connection.execute("ALTER TABLE eligibility.batch RENAME TO gone")
    answer = await service.offer(many(1500))
    await connection.close()
    assert (answer.status_code, answer.json()["slug"]) == (503, "unavailable")
    assert "もう一度取り込んでください" in answer.json()["detail"]
    assert await service.fetch("SELECT card_key FROM person") == []
    assert await service.facts() == []


async def test_without_offices_no_file_is_taken_and_the_list_says_so(service: Service) -> None:
    """It is no fault of the file, and not unavailable: the same again would be refused again, until
    booking says its offices once more."""
    await service.fetch("DELETE FROM known_office")
    answer = await service.offer(sheet("OTA-000001,1950-01-02,鶴崎支所"))
    assert (answer.status_code, answer.json()["slug"]) == (409, "offices-unknown")
    listed = await service.ask("GET", "/v1/imports")
    assert listed.json() == {"imports": [], "offices_known": False}
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
    assert (await service.ask("POST", "/v1/imports", door="internet")).status_code == 403
    assert (await service.http.get(path)).status_code == 401


async def test_the_same_form_sent_twice_is_one_import_with_one_report(service: Service) -> None:
    body, key = many(3) + "OTA-1,1950-01-02,鶴崎\r\n".encode("cp932"), uuid4().hex
    first, second = await asyncio.gather(*(service.take(body, key=key) for _ in range(2)))
    assert first == second
    assert counts(first) == (4, 3, 0, 0, 1)
    assert len(second["errors"]) == 1
    assert len(await service.fetch("SELECT FROM batch")) == 1
    other = await service.offer(many(2), key=key)
    assert (other.status_code, other.json()["slug"]) == (422, "idempotency-key-reused")
    without = await service.ask("POST", "/v1/imports", content=body)
    assert (without.status_code, without.json()["slug"]) == (400, "malformed")


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


async def test_two_imports_at_once_take_turns(service: Service) -> None:
    reports = await asyncio.gather(*(service.take(many(1500)) for _ in range(3)))
    assert sorted(report["added"] for report in reports) == [0, 0, 1500]
    assert sorted(report["unchanged"] for report in reports) == [0, 1500, 1500]
    versions = await service.fetch("SELECT DISTINCT version FROM person")
    assert [row["version"] for row in versions] == [1]


async def test_an_import_that_must_wait_too_long_is_told_so(service: Service) -> None:
    connection = await asyncpg.connect(service.database.url)
    await connection.execute(
        "SELECT pg_advisory_lock(hashtext('import'), hashtext(current_schema()))"
    )
    hurried = replace(service.imports, wait_seconds=0.3)
    with pytest.raises(ImportRunning, match="もう一度お試しください"):
        order = Order("somebody", uuid4().hex, frozenset("*"))
        await hurried.take(sheet("OTA-000001,1950-01-02,鶴崎"), "名簿.csv", order)
    assert STATUS[ImportRunning] == 409
    waiting = asyncio.create_task(service.take(sheet("OTA-000001,1950-01-02,鶴崎")))
    await asyncio.sleep(0.3)
    await connection.close()
    assert (await waiting)["added"] == 1


async def test_2000_rows_are_taken_while_a_check_is_answered(service: Service) -> None:
    await service.take(sheet("OTA-009999,1950-01-02,鶴崎"))
    importing = asyncio.create_task(service.take(many(2000)))
    await asyncio.sleep(0)
    answer = await service.check("OTA-009999", "1950-01-02")
    assert answer.status_code == 200
    assert not importing.done()
    assert counts(await importing) == (2000, 2000, 0, 0, 0)
