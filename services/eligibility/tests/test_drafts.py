"""The way of a file: nothing is written before 反映, and nothing half, whatever breaks off."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import asyncpg
import pytest

from dev.testing import Database
from services.eligibility.actions import applying, staging
from services.eligibility.tests.support import (
    INDIVIDUAL_NUMBER,
    Service,
    found_in,
    serving,
    sheet,
)

ROW = "OTA-000001,1950-01-02,鶴崎支所"
COUNTS = ("rows", "added", "changed", "unchanged", "rejected")


def many(rows: int, office_name: str = "鶴崎支所") -> bytes:
    return sheet(*(f"OTA-{n:06},1950-01-02,{office_name}" for n in range(1, rows + 1)))


async def persons(service: Service) -> list[tuple[object, ...]]:
    rows = await service.fetch("SELECT office_id, version FROM person ORDER BY card_key")
    return [tuple(row) for row in rows]


async def seen(service: Service, query: str) -> None:
    """Until the database has a row of it."""
    async with asyncio.timeout(30):
        while True:
            if await service.fetch(query):
                return
            await asyncio.sleep(0.01)


async def test_nothing_is_written_before_it_is_applied(service: Service) -> None:
    key = uuid4().hex
    draft = (await service.offer(many(3), key=key)).json()
    assert draft["state"] == "uploaded"
    draft = await service.stage(draft, key)
    assert [draft["counts"][name] for name in COUNTS] == [3, 3, 0, 0, 0]
    assert await persons(service) == []
    assert await service.facts() == []
    await service.apply(draft)
    assert len(await persons(service)) == 3
    assert await service.fetch("SELECT FROM draft") == []


async def test_what_was_found_is_shown_with_the_first_rows_but_no_day_of_birth(
    service: Service,
) -> None:
    header = "一覧表,,,\r\n製造管理番号,氏名,生年月日,受取場所"
    body = f"{header}\r\nOTA-000001,大分 花子,昭和25年1月2日,鶴崎"
    draft = (await service.offer(body.encode("cp932"), key="k" * 32)).json()
    assert (draft["layout"]["header"], draft["encoding"]) == (2, "Shift_JIS（CP932）")
    shown = [(c["heading"], c["target"], c["samples"]) for c in draft["columns"]]
    assert shown == [
        ("製造管理番号", "number", ["OTA-000001"]),
        ("氏名", None, []),
        ("生年月日", "born", ["昭和25年•月•日"]),
        ("受取場所", "office", ["鶴崎"]),
    ]
    assert draft["columns"][2]["dates"] == "和暦"


async def test_a_file_is_readable_with_the_key_of_its_form_alone(service: Service) -> None:
    draft = (await service.offer(sheet(ROW), key="k" * 32)).json()
    assert draft["readable"]
    other = await service.look(draft, "x" * 32)
    assert (other["readable"], other["columns"]) == (False, [])
    path = f"/v1/drafts/{draft['draft_id']}/stage"
    answer = await service.post(path, found_in(draft), "x" * 32)
    assert answer.status_code == 200
    refused = await service.look(draft, "k" * 32)
    assert (refused["state"], "もう一度ファイルを選んで" in refused["problem"]) == ("refused", True)
    stored = await service.fetch("SELECT draft::text FROM draft")
    assert "k" * 32 not in str(stored)


async def test_columns_that_are_not_chosen_are_nowhere(service: Service) -> None:
    body = sheet(f"{ROW},大分花子", header="製造管理番号,生年月日,受取場所,氏名")
    await service.try_out(body)
    for table in ("staged_row", "draft", "draft_chunk", "fault"):
        rows = await service.fetch(f"SELECT t::text AS everything FROM {table} t")
        assert "大分花子" not in str(rows)
        assert "大分花子".encode("cp932").hex() not in str(rows)


async def test_columns_are_chosen_by_hand_and_the_choice_is_used_again_by_its_name(
    service: Service,
) -> None:
    body = sheet("OTA-000001,01,1950-01-02", header="こうもく1,こうもく2,こうもく3")
    key = uuid4().hex
    draft = (await service.offer(body, key=key)).json()
    choice = {
        "columns": [
            {"place": 0, "target": "number"},
            {"place": 1, "target": "office"},
            {"place": 2, "target": "born"},
        ],
        "words": [{"word": "01", "office_id": "akeno"}],
        "save_as": "毎週の一覧",
    }
    draft = await service.stage(draft, key, choice)
    report = await service.apply(draft)
    assert (report["added"], report["profile"]) == (1, "毎週の一覧")
    again = (await service.offer(body)).json()
    assert again["profile"] == "毎週の一覧"
    assert [column["target"] for column in again["columns"]] == ["number", "office", "born"]
    assert again["words"] == [{"word": "01", "office_id": "akeno"}]
    saved = await service.fetch("SELECT choice::text FROM profile")
    assert "OTA" not in str(saved)
    other = (await service.offer(sheet(ROW))).json()
    assert other["profile"] is None


async def test_a_file_without_a_header_is_read_by_what_is_in_it(service: Service) -> None:
    body = "OTA-000001\t1950-01-02\t鶴崎\r\nOTA-000002\t1950-01-03\t明野\r\n".encode("utf-16")
    draft = await service.try_out(body)
    assert draft["layout"]["header"] == 0
    assert draft["counts"]["added"] == 2


async def test_missing_columns_are_named(service: Service) -> None:
    draft = (await service.offer(sheet(ROW), key="k" * 32)).json()
    path = f"/v1/drafts/{draft['draft_id']}/stage"
    answer = await service.post(path, {"columns": [{"place": 0, "target": "number"}]}, "k" * 32)
    assert (answer.status_code, answer.json()["slug"]) == (422, "missing-column")
    assert "「生年月日」、「交付場所」" in answer.json()["detail"]


@pytest.mark.parametrize("place", ["OTA", "memo"])
async def test_a_file_that_carries_an_individual_number_is_refused_and_forgotten(
    service: Service, place: str
) -> None:
    """Also far below the first rows, in a column that nobody chose."""
    rows = [f"OTA-{n:06},1950-01-02,鶴崎支所,メモ" for n in range(1, 3001)]
    number = INDIVIDUAL_NUMBER if place == "OTA" else "OTA-009999"
    rows.append(f"{number},1950-01-02,鶴崎,{INDIVIDUAL_NUMBER if place == 'memo' else ''}")
    body = sheet(*rows, header="製造管理番号,生年月日,受取場所,備考")
    draft = await service.try_out(body, f"{INDIVIDUAL_NUMBER}.csv")
    assert draft["state"] == "refused"
    assert "3002行目" in draft["problem"]
    assert INDIVIDUAL_NUMBER not in str(draft)
    for table in ("draft_chunk", "staged_row", "fault"):
        assert await service.fetch(f"SELECT FROM {table}") == []


async def test_the_same_form_sent_twice_is_one_draft(service: Service) -> None:
    key = uuid4().hex
    answers = await asyncio.gather(*(service.offer(many(3), key=key) for _ in range(3)))
    assert len({answer.json()["draft_id"] for answer in answers}) == 1
    assert all(answer.json()["readable"] for answer in answers)
    other = await service.offer(many(2), key=key)
    assert (other.status_code, other.json()["slug"]) == (422, "idempotency-key-reused")
    without = await service.ask("POST", "/v1/drafts", content=many(1))
    assert (without.status_code, without.json()["slug"]) == (400, "malformed")


async def test_two_people_at_once_do_not_overwrite_each_other_unseen(service: Service) -> None:
    """Both compare with an empty list; the second to apply has to compare once more."""
    mine = await service.try_out(many(3))
    theirs = await service.try_out(many(4, "明野支所"))
    await service.apply(mine)
    seen = await service.look(theirs)
    assert seen["stale"]
    body = {"run": theirs["run"]}
    answer = await service.post(f"/v1/drafts/{theirs['draft_id']}/apply", body)
    assert answer.status_code == 200
    refused = await service.look(theirs)
    assert "一覧が変わりました" in refused["problem"]
    assert await persons(service) == [("tsurusaki", 1)] * 3
    await service.post(f"/v1/drafts/{theirs['draft_id']}/compare")
    again = await service.look(theirs)
    assert [again["counts"][name] for name in COUNTS] == [4, 1, 3, 0, 0]
    assert not again["stale"]
    await service.apply(again)
    assert sorted(await persons(service)) == [("akeno", 1), *[("akeno", 2)] * 3]


async def test_two_that_apply_at_the_same_moment_are_one_after_the_other(
    service: Service,
) -> None:
    drafts = [await service.try_out(many(1500, office)) for office in ("鶴崎", "明野", "大在")]
    await asyncio.gather(
        *(
            service.post(f"/v1/drafts/{draft['draft_id']}/apply", {"run": draft["run"]})
            for draft in drafts
        )
    )
    await service.drafts.jobs.idle()
    batches = await service.fetch("SELECT added FROM batch")
    assert [batch["added"] for batch in batches] == [1500]
    assert len({office for office, _ in await persons(service)}) == 1


async def test_one_draft_applied_twice_is_applied_once(service: Service) -> None:
    draft = await service.try_out(many(1500))
    path, body = f"/v1/drafts/{draft['draft_id']}/apply", {"run": draft["run"]}
    answers = await asyncio.gather(*(service.post(path, body) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    await service.drafts.jobs.idle()
    assert {version for _, version in await persons(service)} == {1}


async def test_a_comparison_that_nobody_looked_at_is_not_applied(service: Service) -> None:
    draft = await service.try_out(many(1))
    answer = await service.post(f"/v1/drafts/{draft['draft_id']}/apply", {"run": str(uuid4())})
    assert (answer.status_code, answer.json()["slug"]) == (409, "draft-state")


async def test_a_draft_is_its_senders_alone(service: Service) -> None:
    draft = await service.try_out(many(1))
    await service.execute("UPDATE draft SET sent_by = 'somebody else'")
    path = f"/v1/drafts/{draft['draft_id']}"
    assert (await service.ask("GET", path)).status_code == 404
    assert (await service.post(f"{path}/apply", {"run": draft["run"]})).status_code == 404
    listed = (await service.ask("GET", "/v1/imports")).json()["drafts"]
    assert [line["sent_by"] for line in listed] == ["somebody else"]


async def test_a_process_that_ends_in_the_middle_of_staging_leaves_a_draft_to_begin_anew(
    database: Callable[[str], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, key = database("eligibility"), uuid4().hex
    async with serving(kept) as service:
        draft = (await service.offer(many(20_000), key=key)).json()
        path = f"/v1/drafts/{draft['draft_id']}"
        await service.post(f"{path}/stage", found_in(draft), key)
        await seen(service, "SELECT FROM staged_row LIMIT 1")
    async with serving(kept) as service:
        service.clock.forward(minutes=1)
        left = await service.look(draft, key)
        assert left["state"] == "stopped"
        refused = await service.post(f"{path}/apply", {"run": left["run"]})
        assert (refused.status_code, refused.json()["slug"]) == (409, "draft-state")
        await service.post(f"{path}/compare", key=key)
        again = await service.look(draft, key)
        assert (again["state"], again["counts"]["added"]) == ("staged", 20_000)
        assert (await service.apply(again))["added"] == 20_000


async def test_a_process_that_ends_in_the_middle_of_applying_has_changed_nothing(
    database: Callable[[str], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "LINES_AT_ONCE", 100)
    kept = database("eligibility")
    async with serving(kept) as service:
        draft = await service.try_out(many(5_000))
        path = f"/v1/drafts/{draft['draft_id']}"
        await service.post(f"{path}/apply", {"run": draft["run"]})
        await seen(service, "SELECT FROM draft WHERE state = 'applying' AND done > 0")
    async with serving(kept) as service:
        assert await persons(service) == []
        assert await service.facts() == []
        service.clock.forward(minutes=1)
        left = await service.look(draft)
        assert left["state"] in ("staged", "stopped")
        assert (await service.apply(left))["added"] == 5_000


async def test_a_lease_that_ran_out_is_taken_over_and_the_first_writes_nothing_more(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a process hangs, is believed dead, and wakes up again."""
    monkeypatch.setattr(staging, "ROWS_AT_ONCE", 100)
    key = uuid4().hex
    draft = (await service.offer(many(3_000), key=key)).json()
    path = f"/v1/drafts/{draft['draft_id']}/stage"
    await service.post(path, found_in(draft), key)
    service.clock.forward(minutes=5)
    await service.execute("UPDATE draft SET leased_until = at - interval '1 hour'")
    answer = await service.post(path, found_in(draft), key)
    seen = await service.look(draft, key)
    assert answer.status_code in (200, 409)
    assert (seen["state"], seen["counts"]["added"]) == ("staged", 3_000)


async def test_a_database_that_cannot_write_takes_nothing_and_says_what_to_do(
    service: Service,
) -> None:
    draft = await service.try_out(many(1500))
    connection = await asyncpg.connect(service.database.admin_url)
    await connection.execute("ALTER TABLE eligibility.batch RENAME TO gone")
    body = {"run": draft["run"]}
    await service.post(f"/v1/drafts/{draft['draft_id']}/apply", body)
    await service.drafts.jobs.idle()
    await connection.execute("ALTER TABLE eligibility.gone RENAME TO batch")
    await connection.close()
    assert await persons(service) == []
    assert await service.facts() == []
    left = await service.look(draft)
    assert "もう一度反映してください" in left["problem"]
    assert (await service.apply(left))["added"] == 1500


async def test_a_draft_that_nobody_goes_on_with_is_forgotten_with_all_of_it(
    service: Service,
) -> None:
    await service.try_out(many(100))
    service.clock.forward(minutes=59)
    await service.drafts.forget()
    assert len(await service.fetch("SELECT FROM staged_row")) == 100
    service.clock.forward(minutes=2)
    await service.drafts.forget()
    for table in ("draft", "draft_chunk", "staged_row", "fault"):
        assert await service.fetch(f"SELECT FROM {table}") == []


async def test_a_dropped_draft_changes_nothing(service: Service) -> None:
    draft = await service.try_out(many(3))
    path = f"/v1/drafts/{draft['draft_id']}"
    assert (await service.post(f"{path}/drop")).status_code == 200
    assert (await service.ask("GET", path)).status_code == 404
    assert await persons(service) == []


async def test_the_file_is_read_as_somebody_says(service: Service) -> None:
    title = "OTA-999999,1960-01-02,見本"
    body = f"{title}\r\n番号,日,場所\r\n{ROW}\r\n".encode("cp932")
    key = uuid4().hex
    draft = (await service.offer(body, key=key)).json()
    assert draft["layout"]["header"] == 0
    layout = {"codec": "cp932", "delimiter": ",", "header": 2}
    answer = await service.post(f"/v1/drafts/{draft['draft_id']}/layout", layout, key)
    assert answer.status_code == 200
    draft = await service.look(draft, key)
    assert [column["heading"] for column in draft["columns"]] == ["番号", "日", "場所"]
    assert [column["target"] for column in draft["columns"]] == ["number", "born", "office"]
    assert (await service.stage(draft, key))["counts"]["added"] == 1


async def test_changes_are_shown_field_by_field_without_a_day_of_birth(service: Service) -> None:
    header = "製造管理番号,生年月日,受取場所,Web不可"
    before = ["OTA-000001,1950-01-02,鶴崎,", "OTA-000002,1950-01-02,鶴崎,"]
    await service.take(sheet(*before, "OTA-000003,1950-01-02,鶴崎,", header=header))
    after = ["OTA-000001,1950-03-04,鶴崎,", "OTA-000002,1950-01-02,明野,"]
    draft = await service.try_out(sheet(*after, "OTA-000003,1950-01-02,鶴崎,○", header=header))
    path = f"/v1/drafts/{draft['draft_id']}/changes"
    rights = ("persons.import", "persons.shielded")
    changes = (await service.ask("GET", path, rights=rights)).json()["changes"]
    brief = [{name: value for name, value in c.items() if value not in (None, [])} for c in changes]
    assert brief == [
        {"line": 2, "number": "0001", "born_now": "1950年", "born_parts": "月と日"},
        {"line": 3, "number": "0002", "office_now": "鶴崎支所", "office_then": "明野支所"},
        {"line": 4, "number": "0003", "shielded_now": False, "shielded_then": True},
    ]
    hidden = (await service.ask("GET", path)).json()["changes"]
    assert hidden[2]["shielded_then"] is None
