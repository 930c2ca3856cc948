"""Booking over HTTP: who may call what, and how refusals look."""

import json
from uuid import uuid4

import httpx2
import pytest

from .city import BORN, at
from .served import citizen, clerk

HOLD = {"procedure_id": "pin", "office_id": "here", "starts_at": at(10).isoformat()}
PERSON = HOLD | {"visitor": "self", "kana": "オオイタ タロウ", "born": BORN.isoformat()}

FILE = "/v1/staff/bookings/export/all"


async def test_a_citizen_holds_books_finds_and_cancels(client: httpx2.AsyncClient) -> None:
    session = uuid4().hex
    held = await client.post("/v1/holds", json=HOLD, headers=citizen(session))
    assert held.status_code == 201
    booked = await client.post("/v1/bookings", json=PERSON, headers=citizen(session))
    assert booked.status_code == 201
    proof = {"number": booked.json()["number"], "born": BORN.isoformat()}
    found = await client.post("/v1/bookings/find", json=proof, headers=citizen())
    assert found.json()["status"] == "confirmed"
    wanted = proof | {"email": "a@example.jp"}
    reached = await client.post("/v1/bookings/contact", json=wanted, headers=citizen())
    assert reached.json()["has_email"] is True
    cancelled = await client.post("/v1/bookings/cancel", json=proof, headers=citizen())
    assert cancelled.json()["status"] == "cancelled"


async def test_a_party_is_held_and_booked_and_a_refusal_says_whom_it_is_about(
    client: httpx2.AsyncClient,
) -> None:
    session = uuid4().hex
    both = HOLD | {"party": [{"procedure_id": "slow", "also": ["pin"]}]}
    held = await client.post("/v1/holds", json=both, headers=citizen(session))
    assert [line["minutes"] for line in held.json()["lines"]] == [15, 45]
    child = {"visitor": "self", "kana": "コドモ", "born": "2020-01-01"}
    alone = await client.post(
        "/v1/bookings", json=PERSON | {"party": [child]}, headers=citizen(session)
    )
    assert (alone.status_code, alone.json()["slug"]) == (409, "guardian-needed")
    assert alone.json()["person"] == 1
    guarded = [child | {"visitor": "guardian"}]
    booked = await client.post(
        "/v1/bookings", json=PERSON | {"party": guarded}, headers=citizen(session)
    )
    assert (booked.status_code, booked.json()["party_size"]) == (201, 2)
    assert booked.json()["party"][0]["also"] == ["pin"]
    listed = await client.get("/v1/staff/bookings?office=here", headers=clerk("bookings.read"))
    path = f"/v1/staff/bookings/{listed.json()['bookings'][0]['booking_id']}"
    seen = await client.get(path, headers=clerk("bookings.read"))
    assert seen.json()["party_size"] == 2


async def test_staff_receive_who_comes_early_and_tick_on_the_day_alone(
    client: httpx2.AsyncClient,
) -> None:
    session = uuid4().hex
    await client.post("/v1/holds", json=HOLD, headers=citizen(session))
    await client.post("/v1/bookings", json=PERSON, headers=citizen(session))
    listed = await client.get("/v1/staff/bookings?office=here", headers=clerk("bookings.read"))
    (booking,) = listed.json()["bookings"]
    path = f"/v1/staff/bookings/{booking['booking_id']}"
    early = await client.post(f"{path}/arrive", json={"version": 1}, headers=clerk("bookings.tick"))
    assert (early.status_code, early.json()["slug"]) == (409, "not-today")
    here = {"version": 1, "office_id": "here"}
    received = await client.post(f"{path}/receive", json=here, headers=clerk("bookings.tick"))
    assert (received.json()["status"], received.json()["version"]) == ("arrived", 2)
    stale = await client.post(f"{path}/miss", json={"version": 1}, headers=clerk("bookings.tick"))
    assert (stale.status_code, stale.json()["slug"]) == (409, "version-conflict")
    detail = await client.get(path, headers=clerk("bookings.read"))
    assert detail.json()["kana"] == "オオイタ タロウ"
    assert detail.json()["may"] == ["tick", "reach", "replace", "link", "correct"]


async def test_staff_see_the_cards_of_a_day_and_say_which_lie_ready(
    client: httpx2.AsyncClient,
) -> None:
    reader, ticker = clerk("bookings.read"), clerk("bookings.tick")
    path = "/v1/staff/preparations"
    listed = await client.get(f"{path}?office=here", headers=reader)
    assert (listed.json()["day"], listed.json()["visits"]) == ("2027-06-01", [])
    for wrong in ("", "?office=here&day=x", "?office=here&sort=kana"):
        assert (await client.get(path + wrong, headers=reader)).status_code == 400
    tick = {"day": "2027-06-01", "ready": True}
    one = f"/v1/staff/bookings/{uuid4()}/preparation"
    assert (await client.post(one, json=tick, headers=reader)).status_code == 403
    assert (await client.post(one, json=tick, headers=ticker)).status_code == 404


async def test_a_screen_sees_numbers_and_nothing_else(client: httpx2.AsyncClient) -> None:
    screen = clerk("calls.read")
    told = await client.get("/v1/staff/calls?office=here", headers=screen)
    assert (told.status_code, told.json()["waiting"]) == (200, [])
    assert (await client.get("/v1/staff/calls", headers=screen)).status_code == 400
    for path in ("bookings", "day?office=here&day=2027-06-01", "preparations?office=here"):
        assert (await client.get(f"/v1/staff/{path}", headers=screen)).status_code == 403
    for other in (clerk("bookings.read"), citizen()):
        refused = await client.get("/v1/staff/calls?office=here", headers=other)
        assert refused.status_code == 403


async def test_each_door_has_its_own_routes(client: httpx2.AsyncClient) -> None:
    staff = await client.get("/v1/staff/bookings", headers=citizen())
    assert staff.status_code == 403
    hold = await client.post("/v1/holds", json=HOLD, headers=clerk("bookings.read"))
    assert hold.status_code == 403
    assert (await client.get("/v1/catalog")).status_code == 401


async def test_a_right_is_needed_for_each_thing(client: httpx2.AsyncClient) -> None:
    path = f"/v1/staff/bookings/{uuid4()}"
    for method, where, right in (
        ("GET", path, "bookings.tick"),
        ("POST", f"{path}/arrive", "bookings.read"),
        ("POST", f"{path}/receive", "bookings.change"),
        ("POST", f"{path}/cancel", "bookings.tick"),
        ("POST", "/v1/staff/schedules/plan", "bookings.change"),
        ("POST", "/v1/staff/schedules/apply", "bookings.change"),
        ("POST", f"/v1/staff/schedules/changes/{uuid4()}/undo", "bookings.read"),
        ("GET", "/v1/staff/schedules/week?office=here&week=2026-12-07", "schedules.edit"),
        ("GET", "/v1/staff/displaced", "schedules.edit"),
        ("POST", f"/v1/staff/displaced/{uuid4()}/call", "schedules.edit"),
        ("POST", f"/v1/staff/displaced/{uuid4()}/accept", "schedules.edit"),
        ("POST", f"/v1/staff/displaced/{uuid4()}/keep", "bookings.read"),
    ):
        answer = await client.request(method, where, json={"version": 1}, headers=clerk(right))
        assert answer.status_code == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"not json", 400),
        (b'{"procedure_id": "pin"}', 400),
        (b"[" * 60_000, 400),
        (b"x" * 70_000, 413),
        (json.dumps(HOLD | {"procedure_id": "unknown"}).encode(), 400),
        (json.dumps(HOLD | {"office_id": "nowhere"}).encode(), 409),
        (json.dumps(HOLD | {"starts_at": "2027-06-01T10:00"}).encode(), 400),
        (json.dumps(HOLD | {"starts_at": "0001-01-01T00:00+09:00"}).encode(), 400),
        (json.dumps(HOLD | {"starts_at": "9999-12-31T23:59-09:00"}).encode(), 400),
    ],
)
async def test_bad_bodies_are_told_what_is_wrong(
    client: httpx2.AsyncClient, body: bytes, status: int
) -> None:
    answer = await client.post("/v1/holds", content=body, headers=citizen())
    assert answer.status_code == status
    assert answer.json()["detail"]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_a_day_at_the_end_of_the_calendar_is_refused(
    client: httpx2.AsyncClient, day: str
) -> None:
    staff = clerk("bookings.read", "bookings.make", "bookings.change")
    one = f"bookings/{uuid4()}/times?office=here&from={day}"
    openings = f"openings?office=here&procedure=pin&from={day}&days=7"
    for path in (
        f"day?office=here&day={day}", f"preparations?office=here&day={day}", one, openings,
        f"schedules/week?office=here&week={day}", f"bookings?day={day}", f"bookings?from={day}",
        f"bookings?booked_until={day}",
    ):  # fmt: skip
        answer = await client.get(f"/v1/staff/{path}", headers=staff)
        assert answer.status_code == 400, path


async def test_a_locked_number_is_told_so_with_a_challenge(client: httpx2.AsyncClient) -> None:
    proof = {"number": "0123456789", "born": BORN.isoformat()}
    answers = [
        await client.post("/v1/bookings/find", json=proof, headers=citizen()) for _ in range(6)
    ]
    assert [answer.status_code for answer in answers] == [404] * 5 + [429]
    assert answers[5].json()["slug"] == "locked"
    assert answers[5].json()["challenge"]


async def test_a_change_without_a_key_is_refused(client: httpx2.AsyncClient) -> None:
    headers = citizen()
    del headers["idempotency-key"]
    assert (await client.post("/v1/holds", json=HOLD, headers=headers)).status_code == 400


async def test_the_catalog_and_the_board_are_for_both_doors(client: httpx2.AsyncClient) -> None:
    for headers in (citizen(), clerk()):
        catalog = (await client.get("/v1/catalog", headers=headers)).json()
        assert [office["office_id"] for office in catalog["offices"]] == ["here", "there"]
        board = (await client.get("/v1/board?office=here", headers=headers)).json()
        assert len(board["days"]) >= 16
    assert (await client.get("/v1/board", headers=citizen())).status_code == 400


async def test_a_list_is_filtered_ordered_and_continued(client: httpx2.AsyncClient) -> None:
    for hour in (9, 10, 11):
        session, time = uuid4().hex, {"starts_at": at(hour).isoformat()}
        await client.post("/v1/holds", json=HOLD | time, headers=citizen(session))
        person = PERSON | time | {"kana": "オオイタ" + "アイウ"[hour - 9]}
        await client.post("/v1/bookings", json=person, headers=citizen(session))
    day = at(9).date().isoformat()
    for sort in ("-starts_at", "-office", "number", "-booked_at"):
        query = {"sort": sort, "limit": "2", "from": day, "until": day, "channel": "web"}
        path = "/v1/staff/bookings"
        first = await client.get(path, params=query, headers=clerk("bookings.read"))
        query["after"] = first.json()["next_after"]
        rest = await client.get(path, params=query, headers=clerk("bookings.read"))
        assert [len(page.json()["bookings"]) for page in (first, rest)] == [2, 1]
        assert rest.json()["next_after"] is None


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "kana"},
        {"from": "x"},
        {"limit": "501"},
        {"limit": "²"},
        {"after": "x"},
        {"after": "_2027-06-01T10:00:00_" + "0" * 32},
        {"sort": "office", "after": "here_2027-06-01T10:00:00+09:00_x"},
        {"office": "a\0b"},
    ],
)
async def test_a_list_that_cannot_be_understood_is_refused(
    client: httpx2.AsyncClient, query: dict[str, str]
) -> None:
    for path in ("/v1/staff/bookings", FILE):
        rights = clerk("bookings.read", "bookings.export")
        reply = await client.get(path, params=query, headers=rights)
        assert (reply.status_code, reply.json()["slug"]) == (400, "malformed")


async def test_a_file_needs_its_own_right_and_has_the_own_office_only(
    client: httpx2.AsyncClient,
) -> None:
    session = uuid4().hex
    await client.post("/v1/holds", json=HOLD, headers=citizen(session))
    await client.post("/v1/bookings", json=PERSON, headers=citizen(session))
    assert (await client.get(FILE, headers=clerk("bookings.read"))).status_code == 403
    assert (await client.get(FILE, headers=citizen())).status_code == 403
    mine = await client.get(FILE, headers=clerk("bookings.export"))
    assert (mine.json()["total"], len(mine.json()["bookings"])) == (1, 1)
    theirs = await client.get(FILE, headers=clerk("bookings.export", offices="there"))
    assert (theirs.json()["total"], theirs.json()["bookings"]) == (0, [])
    assert "オオイタ" not in mine.text
