"""Host names, cookies, origins: what the doors take and what they send."""

import pytest
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.web.cookies import Cookies
from services.gateway.web.csrf import Csrf, ForeignForm
from services.gateway.web.hosts import allowed_hosts


def request(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": raw})


def test_a_public_address_has_one_name_and_loopback_has_several() -> None:
    assert allowed_hosts("https://yoyaku.example.jp") == {b"yoyaku.example.jp"}
    assert allowed_hosts("http://127.0.0.1:8000") == {
        b"127.0.0.1:8000",
        b"localhost:8000",
        b"[::1]:8000",
    }


def test_cookies_carry_the_prefix_that_their_path_allows() -> None:
    response = Response()
    cookies = Cookies(secure=True)
    cookies.write(response, "session", "abc")
    cookies.write(response, "draft", "def", "/book/1/", seconds=60)
    written = response.headers.getlist("set-cookie")
    assert written == [
        "__Host-session=abc; Path=/; HttpOnly; SameSite=Lax; Secure",
        "__Secure-draft=def; Path=/book/1/; HttpOnly; SameSite=Lax; Max-Age=60; Secure",
    ]
    assert cookies.read(request(cookie="__Host-session=abc"), "session") == "abc"
    assert cookies.read(request(cookie="session=abc"), "session") == ""


def test_cookies_on_loopback_have_plain_names_and_can_be_removed() -> None:
    response = Response()
    Cookies(secure=False).remove(response, "session")
    assert response.headers["set-cookie"] == ("session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")


def test_a_cookie_value_cannot_bring_attributes_of_its_own() -> None:
    with pytest.raises(AssertionError):
        Cookies(secure=True).write(Response(), "session", "a; Domain=evil.example")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "none"},
        {"origin": "https://a.example"},
        {"origin": "null", "sec_fetch_site": "same-origin"},
    ],
)
def test_our_own_forms_are_taken(headers: dict[str, str]) -> None:
    csrf = Csrf(b"k" * 32)
    csrf.check(request(host="a.example", **headers), "s1", csrf.token("s1"))


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"origin": "https://b.example"},
        {"origin": "null"},
        {"origin": ""},
    ],
)
def test_forms_from_elsewhere_are_refused(headers: dict[str, str]) -> None:
    csrf = Csrf(b"k" * 32)
    with pytest.raises(ForeignForm):
        csrf.check(request(host="a.example", **headers), "s1", csrf.token("s1"))


@pytest.mark.parametrize(
    "token", ["", "あ", Csrf(b"k" * 32).token("s2")], ids=["none", "no token", "another's"]
)
def test_tokens_of_other_sessions_are_refused(token: str) -> None:
    with pytest.raises(ForeignForm):
        Csrf(b"k" * 32).check(request(host="a.example"), "s1", token)
