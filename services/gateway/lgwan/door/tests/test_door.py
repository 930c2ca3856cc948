"""The door as a whole: who may call what, headers, the wrong host, a database that is away."""

import re
from uuid import UUID

import pytest
from starlette.routing import Route

from dev.testing import Database, PostgresServer
from libs.common.access import Access
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.door.staff import RIGHTS, safe_path
from services.gateway.lgwan.routes import ROUTES
from services.gateway.lgwan.tests.fake_today import FakeToday
from services.gateway.lgwan.tests.support import PASSWORD, Browser, sitting_at, sql
from services.gateway.web.link import NotBelieved
from services.gateway.web.pages import TRAINING

OF_A_SCREEN = ("/display", "/display/calls")
"""What a screen in a waiting room shows, with a key of its own in place of an account."""

BEHIND_THE_FORM = [route for route in ROUTES if route.path not in ("/login", *OF_A_SCREEN)]


def test_every_route_says_who_may_call_it_with_a_right_that_exists() -> None:
    for route in ROUTES:
        access = getattr(route.endpoint, "access", None)
        assert isinstance(access, Access), route.path
        assert access.doors == {"lgwan"}
        assert access.right is None or access.right in RIGHTS


@pytest.mark.parametrize("route", BEHIND_THE_FORM, ids=lambda route: route.name)
def test_without_signing_in_there_is_only_the_form(browser: Browser, route: Route) -> None:
    path = re.sub(r"\{\w+:uuid\}", str(UUID(int=0)), route.path)
    browser.client.follow_redirects = False
    for method in sorted(route.methods or ()):
        answer = browser.client.request(method, path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/login?next=")


@pytest.mark.parametrize("path", OF_A_SCREEN)
def test_a_screen_without_its_key_shows_nothing(browser: Browser, path: str) -> None:
    assert browser.client.get(path).status_code == 403


def test_no_page_is_kept_by_a_cache_but_files_are(desk: Browser) -> None:
    assert desk.client.get("/").headers["cache-control"] == "no-store"
    sheet = [link.get("href", "") for link in desk.page.all("link", rel="stylesheet")]
    for path in sheet:
        assert "immutable" in desk.client.get(path).headers["cache-control"]


def test_cookies_are_out_of_reach_for_scripts_and_other_sites(
    browser: Browser,
) -> None:
    browser.open("/login")
    browser.client.follow_redirects = False
    fields = {"id": "tanaka", "password": PASSWORD, "csrf": browser.page.field("csrf")}
    cookies = browser.client.post("/login", data=fields).headers.get_list("set-cookie")
    assert [cookie.partition("=")[0] for cookie in cookies] == ["staff", "browser", "visit"]
    assert all("HttpOnly; SameSite=Lax" in cookie for cookie in cookies)


def test_another_host_name_is_refused(browser: Browser) -> None:
    answer = browser.client.get("/login", headers={"host": "evil.example"})
    assert answer.status_code == 400


def test_an_unknown_address_and_a_wrong_method_have_their_page(desk: Browser) -> None:
    assert desk.open("/nowhere").heading == "見つかりません"
    assert desk.status == 404
    desk.show(desk.client.put("/bookings"))
    assert desk.status == 405


def test_a_door_that_no_service_believes_says_whom_to_tell(
    desk: Browser, services: Services
) -> None:
    async def refuse(*_: object) -> None:
        raise NotBelieved

    vars(services.booking)["bookings"] = refuse
    desk.open("/bookings")
    assert desk.status == 503
    assert "時計" in desk.page.text
    assert "システム担当" in desk.page.text


def test_a_database_that_is_away_is_said_so(
    desk: Browser, store_of_accounts: Database, postgres: PostgresServer
) -> None:
    name = store_of_accounts.name
    postgres.execute(
        f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
    )
    desk.open("/counts")
    assert desk.status == 503
    assert desk.page.one("a", **{"class": "button"}).get("href") == "/counts"
    postgres.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert desk.open("/counts").heading.startswith("集計")


def test_a_fault_of_ours_in_the_database_is_not_called_a_busy_hour(
    desk: Browser, store_of_accounts: Database
) -> None:
    sql(store_of_accounts, "ALTER TABLE staff_session RENAME TO gone")
    desk.open("/")
    assert desk.status == 500


def test_what_our_own_code_does_wrong_has_a_page_too(
    desk: Browser, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(FakeToday, "day", broken)
    assert desk.open("/").heading == "システムに問題が起きました"
    assert desk.status == 500


@pytest.mark.parametrize("path", ["/", "/bookings?day=2026-12-01&office=honcho", "/counts"])
def test_paths_of_this_site_are_safe_to_return_to(path: str) -> None:
    assert safe_path(path) == path


@pytest.mark.parametrize("path", ["", "x", "//e", "/\\e", "/a\nb", "https://e/", "/" + "a" * 3000])
def test_anything_else_leads_to_the_first_page(path: str) -> None:
    assert safe_path(path) == "/"


def test_in_training_every_page_and_the_waiting_room_say_so(
    store_of_accounts: Database, services: Services
) -> None:
    with sitting_at(store_of_accounts.url, services, training=True) as browser:
        browser.open("/login")
        assert TRAINING in browser.html
        browser.come_in()
        for path in ("/", "/phone", "/bookings", "/nowhere"):
            browser.open(path)
            assert TRAINING in browser.html
            assert browser.page.one("body", **{"class": "training"}) is not None


def test_elsewhere_no_page_speaks_of_training(desk: Browser) -> None:
    desk.open("/")
    assert TRAINING not in desk.html
    assert "training" not in desk.html
