"""Forms from elsewhere, bodies that are not forms, addresses that are not ours."""

import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from services.gateway.internet.tests.citizen import ORIGIN, Citizen, identify, reach_check
from services.gateway.internet.tests.world import World, build_world, settings
from services.gateway.web.slow_bodies import SlowBody


def test_a_form_of_another_site_is_refused(citizen: Citizen, world: World) -> None:
    reach_check(citizen)
    url = citizen.path.replace("check", "confirm")
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        reply = citizen.client.post(url, data={"csrf": "x"}, headers=headers)
        assert reply.status_code == 403
    assert not world.booking.booked


def test_a_token_of_another_session_is_refused(citizen: Citizen, world: World) -> None:
    citizen.open("/book")
    with TestClient(world.app, base_url=ORIGIN) as client:
        other = Citizen(client)
        other.open("/book")
        other.page = citizen.page
        other.send("/book", {"procedure": "issuance"})
        assert other.status == 403
        assert other.sees("この操作は受け付けられませんでした")
        assert other.sees("クッキーを受け付ける設定")


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "application/json", 400),
        (b"a=%FF", "application/x-www-form-urlencoded", 400),
        (b"\xff\xfe", "application/x-www-form-urlencoded", 400),
        (b"&".join([b"a=1"] * 100), "application/x-www-form-urlencoded", 400),
        (b"card=" + b"x" * 1000, "application/x-www-form-urlencoded", 400),
        (b"card=%00", "application/x-www-form-urlencoded", 400),
        (b"card=" + b"x" * 70000, "application/x-www-form-urlencoded", 413),
        (b"--x\r\n\r\n", "multipart/form-data; boundary=x", 400),
    ],
)
def test_bodies_that_are_not_our_forms_get_a_page(
    citizen: Citizen, body: bytes, kind: str, status: int
) -> None:
    citizen.open("/book")
    reply = citizen.client.post("/book", content=body, headers={"Content-Type": kind})
    assert reply.status_code == status
    citizen.see(reply)


def test_a_form_that_does_not_arrive_in_time_gets_a_page(world: World) -> None:
    async def stalled() -> Message:
        raise SlowBody

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await world.app(scope, stalled if scope.get("method") == "POST" else receive, send)

    with TestClient(slow, base_url=ORIGIN) as client:
        citizen = Citizen(client).open("/book").send("/book", {"procedure": "issuance"})
    assert citizen.status == 408
    assert citizen.sees("送信が途中で止まりました")


def test_unknown_addresses_and_methods_get_a_page(citizen: Citizen) -> None:
    assert citizen.open("/nowhere").status == 404
    assert citizen.open("/book/0123456789abcdef/confirm").status == 405
    assert citizen.open("/static/app.000000000000.css").status == 404
    assert citizen.open("/book/%00/check").path == "/book"


def test_a_foreign_host_is_refused(citizen: Citizen) -> None:
    reply = citizen.client.get("/", headers={"Host": "evil.example"})
    assert reply.status_code == 400
    assert citizen.client.get("/", headers={"Host": "localhost:8000"}).status_code == 200


def test_a_fault_of_our_own_gets_a_page_and_no_details(citizen: Citizen, world: World) -> None:
    identify(citizen)
    world.booking.refusals["hold"] = ZeroDivisionError("secret")  # type: ignore[assignment]
    citizen.send("visitor", {"visitor": "self"}).follow("../../day/2026-12-02")
    citizen.send("../time", {"start": "2026-12-02T09:00"})
    assert citizen.status == 500
    assert citizen.sees("システムに問題が起きました")
    assert "secret" not in citizen.html


def test_tampered_form_values_are_refused(citizen: Citizen) -> None:
    identify(citizen).send("visitor", {"visitor": "self"}).follow("../../day/2026-12-02")
    page = citizen.remember()
    for changed in ({"start": "tomorrow"}, {"start": "2026-12-02T25:00"}, {"key": "short"}):
        citizen.go_back_to(page)
        citizen.send("../time", {"start": "2026-12-02T09:00"} | changed)
        assert citizen.status == 400
    citizen.open("/book").send("/book", {"procedure": "unknown"})
    assert citizen.status == 404


def test_behind_https_cookies_carry_the_strict_prefixes() -> None:
    world = build_world(settings(secure=True))
    with TestClient(world.app, base_url="https://127.0.0.1:8000") as client:
        reply = client.get("/book")
        cookie = reply.headers["set-cookie"]
        assert cookie.startswith("__Host-session=")
        for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert flag in cookie


def test_pages_are_not_stored_and_files_are_kept_for_good(citizen: Citizen) -> None:
    assert citizen.client.get("/book").headers["cache-control"] == "no-store"
    css = citizen.open("/").html.split('href="/static/citizens.')[1].split('"')[0]
    reply = citizen.client.get(f"/static/citizens.{css}")
    assert "immutable" in reply.headers["cache-control"]
