"""Bookings for others over HTTP: which right each step needs, and how refusals look."""

from uuid import uuid4

import httpx2
import pytest

from .city import BORN, DAY, at
from .served import clerk

MAKE, OVERBOOK = "bookings.make", "bookings.overbook"
FORM = {"form": uuid4().hex}
HOLD = FORM | {
    "procedure_ids": ["pin"],
    "office_id": "here",
    "starts_at": at(10).isoformat(),
}
BOOKING = HOLD | {
    "channel": "phone",
    "visitor": "self",
    "kana": "オオイタ ハナコ",
    "born": BORN.isoformat(),
}


async def test_a_call_from_the_free_times_to_the_booking(client: httpx2.AsyncClient) -> None:
    query = {"office": "here", "procedure": "pin", "from": DAY.isoformat(), "days": "2"}
    found = await client.get("/v1/staff/openings", params=query, headers=clerk(MAKE))
    day, other = found.json()["days"]
    assert (day["day"], other["day"]) == ("2027-06-01", "2027-06-02")
    assert day["starts"][0] == {"starts_at": "2027-06-01T09:00:00+09:00", "free": 8}
    held = await client.post("/v1/staff/holds", json=HOLD, headers=clerk(MAKE))
    assert (held.status_code, held.json()["minutes"]) == (201, 15)
    kept = await client.post("/v1/staff/holds/keep", json=FORM, headers=clerk(MAKE))
    assert kept.json()["expires_at"] >= held.json()["expires_at"]
    booked = await client.post("/v1/staff/bookings", json=BOOKING, headers=clerk(MAKE))
    assert (booked.status_code, booked.json()["channel"]) == (201, "phone")
    gone = await client.post("/v1/staff/holds/keep", json=FORM, headers=clerk(MAKE))
    assert (gone.status_code, gone.json()["slug"]) == (409, "hold-expired")


async def test_a_family_that_calls_from_the_free_times_to_the_bookings(
    client: httpx2.AsyncClient,
) -> None:
    query = {"office": "here", "procedure": "pin", "from": DAY.isoformat(), "days": "1"}
    together = query | {"party": ["slow", "pin,slow"]}
    for how, last, free in (("together", "16:00", 2), ("in_turn", "15:30", 8)):
        found = await client.get(
            "/v1/staff/openings", params=together | {"arrangement": how}, headers=clerk(MAKE)
        )
        (*_, start) = found.json()["days"][0]["starts"]
        assert start == {"starts_at": f"2027-06-01T{last}:00+09:00", "free": free}
    party = [{"procedure_id": "slow"}, {"procedure_id": "pin", "also": ["slow"]}]
    held = await client.post("/v1/staff/holds", json=HOLD | {"party": party}, headers=clerk(MAKE))
    assert [line["minutes"] for line in held.json()["lines"]] == [15, 30, 45]
    person = {"visitor": "self", "born": BORN.isoformat()}
    names = (("オオイタ タロウ", ["slow"]), ("オオイタ ジロウ", ["pin", "slow"]))
    others = [person | {"kana": kana, "procedure_ids": ids} for kana, ids in names]
    reply = await client.post(
        "/v1/staff/bookings", json=BOOKING | {"party": others},
        headers=clerk(MAKE),
    )  # fmt: skip
    assert reply.status_code == 201
    again = {"form": uuid4().hex}
    await client.post("/v1/staff/holds", json=HOLD | again | {"party": party}, headers=clerk(MAKE))
    late = BOOKING | again | {"kana": "ベツノ ヒト", "party": others}
    reply = await client.post("/v1/staff/bookings", json=late, headers=clerk(MAKE))
    assert (reply.status_code, reply.json()["slug"]) == (409, "already-booked")
    assert reply.json()["person"] in {1, 2}, "the first of both in the order of keys"


async def test_over_capacity_is_a_right_of_its_own(client: httpx2.AsyncClient) -> None:
    for right, status in ((MAKE, 403), (OVERBOOK, 201)):
        reply = await client.post("/v1/staff/holds/extra", json=HOLD, headers=clerk(right))
        assert reply.status_code == status


@pytest.mark.parametrize("path", ["holds", "holds/extra", "holds/keep", "holds/drop", "bookings"])
async def test_who_may_only_look_holds_and_books_nothing(
    client: httpx2.AsyncClient, path: str
) -> None:
    for rights in ((), ("bookings.read", "bookings.tick")):
        reply = await client.post(f"/v1/staff/{path}", json=BOOKING, headers=clerk(*rights))
        assert reply.status_code == 403


async def test_a_duplicate_is_told_with_the_other_booking_to_who_may_see_it(
    client: httpx2.AsyncClient,
) -> None:
    await client.post("/v1/staff/holds", json=HOLD, headers=clerk(MAKE))
    first = await client.post("/v1/staff/bookings", json=BOOKING, headers=clerk(MAKE))
    again = {"form": uuid4().hex}
    for rights, shown in (((MAKE,), False), ((MAKE, "bookings.read"), True)):
        await client.post("/v1/staff/holds", json=HOLD | again, headers=clerk(*rights))
        reply = await client.post(
            "/v1/staff/bookings", json=BOOKING | again, headers=clerk(*rights)
        )
        assert (reply.status_code, reply.json()["slug"]) == (409, "already-booked")
        told = reply.json().get("booking", {}).get("number")
        assert told == (first.json()["number"] if shown else None)


@pytest.mark.parametrize(
    "query",
    [
        {"from": "x", "days": "1"},
        {"from": "2027-06-01", "days": "0"},
        {"from": "2027-06-01", "days": "32"},
        {"from": "2027-06-01", "days": "1", "procedure": "nothing"},
        {"from": "2027-06-01", "days": "1", "procedure": ""},
        {"from": "2027-06-01", "days": "1", "party": "slow,nothing"},
        {"from": "2027-06-01", "days": "1", "party": ""},
        {"from": "2027-06-01", "days": "1", "arrangement": "beside"},
    ],
)
async def test_days_that_cannot_be_read_are_refused(
    client: httpx2.AsyncClient, query: dict[str, str]
) -> None:
    asked = {"office": "here", "procedure": "pin"} | query
    reply = await client.get("/v1/staff/openings", params=asked, headers=clerk(MAKE))
    assert (reply.status_code, reply.json()["slug"]) == (400, "malformed")
