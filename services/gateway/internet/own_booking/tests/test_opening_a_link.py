"""The link of a mail: one button, no trace of the link afterwards."""

import pytest

from services.gateway.internet.tests.citizen import ORIGIN, Citizen, reach_check
from services.gateway.internet.tests.fakes import TOKEN
from services.gateway.internet.tests.world import World


def test_a_link_opens_the_booking_by_one_button(citizen: Citizen) -> None:
    reach_check(citizen).send("confirm")
    citizen.client.cookies.clear()
    citizen.open(f"/open/{TOKEN}")
    assert citizen.page.heading == "ご予約の画面を開きますか"
    citizen.send("/open")
    assert citizen.path.startswith("/booking/")
    assert citizen.path.endswith("/show")
    assert citizen.sees("8K2M4-7QX3P")
    assert TOKEN not in citizen.html
    citizen.follow("cancel").send("cancel")
    assert citizen.sees("予約を取り消しました")


def test_opening_the_page_asks_no_service_and_changes_nothing(
    citizen: Citizen, world: World
) -> None:
    world.booking.refusals["find"] = ZeroDivisionError()  # type: ignore[assignment]
    for _ in range(2):
        assert citizen.open(f"/open/{TOKEN}").status == 200
    assert "find" in world.booking.refusals


def test_the_address_with_the_link_is_told_to_nobody(citizen: Citizen) -> None:
    reply = citizen.client.get(f"/open/{TOKEN}")
    assert reply.headers.get_list("referrer-policy") == ["no-referrer"]
    assert reply.headers["cache-control"] == "no-store"
    page = citizen.see(reply).page
    assert not [a for a in page.all("a") if TOKEN in a.get("href", "")]
    assert [form.get("action") for form in page.all("form", method="post")] == ["/open"]


def test_a_page_without_a_referrer_may_send_its_form(citizen: Citizen) -> None:
    reach_check(citizen).send("confirm")
    citizen.open(f"/open/{TOKEN}")
    form = {"csrf": citizen.page.field("csrf"), "token": TOKEN}
    for site, status in (("same-origin", 200), ("cross-site", 403)):
        headers = {"Origin": "null", "Sec-Fetch-Site": site}
        assert citizen.client.post("/open", data=form, headers=headers).status_code == status


def test_the_link_is_in_no_log_line(citizen: Citizen, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    citizen.open(f"/open/{TOKEN}").send("/open")
    ours = [record for record in caplog.records if record.name.startswith(("libs", "services"))]
    assert ours
    assert not [record for record in ours if TOKEN in str(vars(record))]


def test_an_unknown_a_damaged_and_an_expired_link_get_the_same_page(citizen: Citizen) -> None:
    citizen.open(f"/open/{'u' * 43}").send("/open")
    assert (citizen.status, citizen.page.heading) == (404, "このリンクは使えません")
    lost = citizen.page.text
    for damaged in ("short", "x" * 65, TOKEN[:30] + "%20"):
        citizen.open(f"/open/{damaged}")
        assert (citizen.status, citizen.page.text) == (404, lost)
    citizen.open("/book")
    reply = citizen.client.post(
        "/open",
        data={"csrf": citizen.page.field("csrf"), "token": "x"},
        headers={"Origin": ORIGIN},
    )
    assert reply.status_code == 404
