"""Times of offices over HTTP: looked at, applied once, refused with a reason, taken back."""

from datetime import timedelta
from typing import Any

import httpx2

from .city import DAY, at
from .served import Asked, clerk
from .test_strangers import closing

RIGHT = "schedules.edit"


async def post(asked: Asked, path: str, body: Any) -> httpx2.Response:
    headers = clerk(RIGHT, offices="here")
    return await asked.client.post(f"/v1/staff/{path}", json=body, headers=headers)


async def test_a_change_goes_from_the_look_at_it_to_its_undoing(asked: Asked) -> None:
    await asked.city.booked(at(10))
    plan = (await post(asked, "schedules/plan", closing("here"))).json()
    assert len(plan["offices"][0]["affected"]) == 1
    body = {"change": closing("here"), "seen": plan["seen"]}
    applied = await post(asked, "schedules/apply", body)
    assert (applied.status_code, applied.json()["waiting"]) == (201, 1)
    week = {"office": "here", "week": (DAY - timedelta(days=1)).isoformat()}
    shown = await asked.client.get(
        "/v1/staff/schedules/week", params=week, headers=clerk("bookings.read", offices="here")
    )
    assert shown.json()["days"][1]["special"]["kind"] == "closed"
    undone = await post(asked, f"schedules/changes/{applied.json()['change_id']}/undo", {})
    assert (undone.status_code, undone.json()["undone_by"]) == (200, applied.json()["actor"])


async def test_refusals_say_what_a_page_needs(asked: Asked) -> None:
    stale = {"change": closing("here"), "seen": "0" * 64}
    changed = await post(asked, "schedules/apply", stale)
    assert (changed.status_code, changed.json()["slug"]) == (409, "plan-changed")
    assert changed.json()["plan"]["seen"] != stale["seen"]
    day = {"day": DAY.isoformat(), "kind": "until"}
    wrong = {"steps": [{"step": "put_day", "office_ids": ["here"], "day": day}]}
    bad = await post(asked, "schedules/plan", wrong)
    assert (bad.status_code, bad.json()["slug"]) == (422, "bad-schedule")
    assert bad.json()["faults"] == [{"step": 0, "field": "closes", "reason": "missing"}]


async def test_nothing_is_planned_without_the_right(asked: Asked) -> None:
    headers = clerk("bookings.read", offices="here")
    reply = await asked.client.post(
        "/v1/staff/schedules/plan", json=closing("here"), headers=headers
    )
    assert reply.status_code == 403
