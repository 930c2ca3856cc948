"""Settings over HTTP: who may change what, and how refusals look."""

from uuid import uuid4

import httpx2

from .city import PROCEDURES, procedure
from .served import citizen, clerk
from .test_editing import WHOLE

SETTINGS, DEADLINES = "settings.edit", "deadlines.edit"
ROUTES = (
    ("GET", "/v1/staff/offices/here"),
    ("POST", "/v1/staff/offices/here"),
    ("POST", "/v1/staff/offices"),
    ("GET", "/v1/staff/procedures/slow"),
    ("POST", "/v1/staff/procedures/slow"),
    ("POST", "/v1/staff/procedures"),
    ("POST", "/v1/staff/checks/office"),
    ("POST", "/v1/staff/checks/procedure"),
)


def chief() -> dict[str, str]:
    return clerk(SETTINGS, DEADLINES, offices="*")


async def test_settings_are_for_staff_with_the_right(client: httpx2.AsyncClient) -> None:
    for method, path in ROUTES:
        for who in (citizen(), clerk("bookings.read", offices="*")):
            answer = await client.request(method, path, json={}, headers=who)
            assert answer.status_code == 403, path


async def test_who_may_set_deadlines_sets_nothing_else(client: httpx2.AsyncClient) -> None:
    path, who = "/v1/staff/procedures/slow", clerk(DEADLINES, offices="*")
    seen = (await client.get(path, headers=who)).json()["procedure"]
    for wanted in (seen | {"minutes": 20}, seen | {"minutes": 20, "closes_days_before": 2}):
        refused = await client.post(path, json=wanted, headers=who)
        assert (refused.status_code, refused.json()["slug"]) == (403, "not-allowed")
    done = await client.post(path, json=seen | {"closes_days_before": 2}, headers=who)
    assert (done.status_code, done.json()["procedure"]["closes_days_before"]) == (200, 2)
    assert done.json()["procedure"]["minutes"] == seen["minutes"]
    for other in ("/v1/staff/procedures", "/v1/staff/offices", "/v1/staff/offices/here"):
        assert (await client.post(other, json=seen, headers=who)).status_code == 403
    elsewhere = clerk(DEADLINES, offices="here")
    assert (await client.post(path, json=seen, headers=elsewhere)).status_code == 403


async def test_an_office_is_seen_and_changed_by_its_own_staff(client: httpx2.AsyncClient) -> None:
    path = "/v1/staff/offices/here"
    seen = await client.get(path, headers=clerk(SETTINGS))
    wanted = seen.json()["office"] | WHOLE
    done = await client.post(path, json=wanted, headers=clerk(SETTINGS))
    assert (done.status_code, done.json()["office"]["version"]) == (200, 2)
    other = clerk(SETTINGS, offices="there")
    for answer in (
        await client.get(path, headers=other),
        await client.post(path, json=wanted, headers=other),
        await client.get("/v1/staff/offices/nowhere", headers=other),
    ):
        assert (answer.status_code, answer.json()["slug"]) == (404, "not-found")


async def test_the_second_is_told_and_what_cannot_be_is_refused_with_reasons(
    client: httpx2.AsyncClient,
) -> None:
    path = "/v1/staff/procedures/slow"
    seen = (await client.get(path, headers=chief())).json()["procedure"]
    done = await client.post(path, json=seen | {"minutes": 20}, headers=chief())
    assert done.json()["procedure"]["minutes"] == 20
    late = await client.post(path, json=seen | {"minutes": 25}, headers=chief())
    assert (late.status_code, late.json()["slug"]) == (409, "version-conflict")
    wrong = await client.post(path, json=seen | {"version": 2, "minutes": 12}, headers=chief())
    assert (wrong.status_code, wrong.json()["slug"]) == (422, "setting-refused")
    assert [p["code"] for p in wrong.json()["problems"]] == ["minutes"]
    check = await client.post("/v1/staff/checks/procedure", json=seen | {"minutes": 12},
                              headers=chief())  # fmt: skip
    assert [p["code"] for p in check.json()["problems"]] == ["minutes"]
    local = await client.post(path, json=seen, headers=clerk(SETTINGS))
    assert (local.status_code, local.json()["slug"]) == (403, "not-allowed")


async def test_a_body_about_another_object_is_refused(client: httpx2.AsyncClient) -> None:
    body = procedure("pin", 15).model_dump(mode="json")
    answer = await client.post("/v1/staff/procedures/slow", json=body, headers=chief())
    assert (answer.status_code, answer.json()["fields"]) == (400, ["procedure_id"])


async def test_a_new_procedure_has_an_address_of_its_own(client: httpx2.AsyncClient) -> None:
    body = PROCEDURES[1].model_dump(mode="json")
    headers = chief() | {"idempotency-key": uuid4().hex}
    made = [await client.post("/v1/staff/procedures", json=body, headers=headers) for _ in range(2)]
    ids = {answer.json()["procedure"]["procedure_id"] for answer in made}
    assert [answer.status_code for answer in made] == [201, 201]
    assert len(ids) == 1
    path = f"/v1/staff/procedures/{ids.pop()}"
    assert (await client.get(path, headers=chief())).status_code == 200
