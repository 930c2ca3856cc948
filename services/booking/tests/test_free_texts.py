"""Words of staff are looked through for individual numbers by the service that keeps them."""

from typing import Any

import httpx2

from libs.contracts.booking import OfficeText, VisitorRule

from .city import DAY
from .planning import series
from .served import Asked, clerk
from .test_editing import WHOLE

NUMBER = "１２３４-5678 9018"
RIGHTS = "schedules.edit", "settings.edit", "deadlines.edit", "bookings.cancel"


async def post(asked: Asked, path: str, body: Any) -> httpx2.Response:
    return await asked.client.post(
        f"/v1/staff/{path}", json=body, headers=clerk(*RIGHTS, offices="*")
    )


def refused(answer: httpx2.Response, field: str) -> None:
    told = answer.json()
    assert (answer.status_code, told["slug"], told["fields"]) == (400, "malformed", [field])
    assert "individual number" in told["detail"]
    assert "9018" not in answer.text


async def test_neither_a_reason_nor_the_name_of_a_series_has_an_individual_number(
    asked: Asked,
) -> None:
    day = {"day": DAY.isoformat(), "kind": "closed", "reason": f"停電 {NUMBER}"}
    closing = {"steps": [{"step": "put_day", "office_ids": ["here"], "day": day}]}
    named = series("new", name=NUMBER).model_dump(mode="json")
    opening = {"steps": [{"step": "put_series", "office_id": "here", "series": named}]}
    for change, field in (
        (closing, "steps.0.day.reason"),
        (opening, "steps.0.series.name"),
    ):
        refused(await post(asked, "schedules/plan", change), field)
        refused(await post(asked, "schedules/apply", {"change": change, "seen": "0" * 64}), field)
    day["reason"] = "停電"
    assert (await post(asked, "schedules/plan", closing)).status_code == 200


async def test_no_setting_of_an_office_has_an_individual_number(asked: Asked) -> None:
    known = (await asked.client.get("/v1/staff/offices/here", headers=clerk(*RIGHTS))).json()
    office = known["office"] | WHOLE
    there = OfficeText(name="Main", address=NUMBER).model_dump()
    for wanted, field in (
        (office | {"address": NUMBER}, "address"),
        (office | {"texts": {"en": there}}, "texts.en.address"),
    ):
        for path in ("offices/here", "offices", "checks/office"):
            refused(await post(asked, path, wanted), field)
    assert (await post(asked, "offices/here", office)).status_code == 200


async def test_no_line_of_a_procedure_has_an_individual_number(asked: Asked) -> None:
    headers = clerk(*RIGHTS, offices="*")
    known = (await asked.client.get("/v1/staff/procedures/slow", headers=headers)).json()
    body = known["procedure"]
    rule = VisitorRule(visitor="self", documents=("はがき", NUMBER)).model_dump(mode="json")
    for wanted, field in (
        (body | {"notes": [NUMBER]}, "notes.0"),
        (body | {"rules": [rule]}, "rules.self.documents.1"),
    ):
        for path in ("procedures/slow", "procedures", "checks/procedure"):
            refused(await post(asked, path, wanted), field)
