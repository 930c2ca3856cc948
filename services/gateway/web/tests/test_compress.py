"""Compression: who gets it, what stays as it is, and what caches are told."""

import zlib
from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from services.gateway.web.compress import Compress, gzipped, takes_gzip
from services.gateway.web.ready import HTML, ReadyBody

LONG = "予約できます。" * 300


async def text(_: Request) -> Response:
    return PlainTextResponse(LONG, headers={"etag": '"1"'})


async def spoken(_: Request) -> Response:
    return PlainTextResponse(LONG, headers={"vary": "accept-language"})


async def short(_: Request) -> Response:
    return PlainTextResponse("はい")


async def picture(_: Request) -> Response:
    return Response(LONG.encode(), media_type="image/png")


async def rows(_: Request) -> Response:
    async def lines() -> AsyncIterator[str]:
        for number in range(500):
            yield f"{number},{LONG[:20]}\n"

    return StreamingResponse(lines(), media_type="text/csv")


async def live(_: Request) -> Response:
    async def events() -> AsyncIterator[str]:
        yield "data: 1\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


async def ready(request: Request) -> Response:
    return ReadyBody(LONG.encode(), "no-cache").answer(request.headers)


def client() -> TestClient:
    endpoints = (text, spoken, short, picture, rows, live, ready)
    routes = [Route(f"/{endpoint.__name__}", endpoint) for endpoint in endpoints]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(Compress)]))


@pytest.mark.parametrize(
    ("header", "takes"),
    [
        (b"", False),
        (b"gzip", True),
        (b"gzip, deflate, br", True),
        (b"br;q=1.0, gzip;q=0.2", True),
        (b"GZIP ; q=1", True),
        (b"gzip;q=0", False),
        (b"gzip;q=0.0, *", False),
        (b"*", True),
        (b"*;q=0", False),
        (b"identity", False),
        (b"gzip;q=much", False),
        (b"deflate", False),
    ],
)
def test_the_wishes_of_the_client_are_read(header: bytes, takes: bool) -> None:
    assert takes_gzip(header) is takes


def test_a_long_text_is_packed_for_those_who_take_it_and_caches_are_told() -> None:
    with client() as http:
        for path in ("/text", "/ready"):
            packed = http.get(path, headers={"Accept-Encoding": "gzip"})
            plain = http.get(path, headers={"Accept-Encoding": "identity"})
            assert packed.text == plain.text == LONG
            assert packed.headers["content-encoding"] == "gzip"
            assert int(packed.headers["content-length"]) < len(LONG.encode()) / 10
            assert "content-encoding" not in plain.headers
            assert packed.headers["vary"] == plain.headers["vary"] == "accept-encoding"
            assert packed.headers["etag"] != plain.headers["etag"]


def test_an_answer_that_varies_by_something_else_is_packed_as_well() -> None:
    with client() as http:
        packed = http.get("/spoken", headers={"Accept-Encoding": "gzip"})
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.headers.get_list("vary") == ["accept-language", "accept-encoding"]
    body = ReadyBody(LONG.encode(), "no-cache", HTML, "accept-language")
    assert body.answer(Headers()).headers["vary"] == "accept-encoding, accept-language"


def test_a_long_answer_in_parts_is_packed_on_the_way() -> None:
    with client() as http:
        packed = http.get("/rows", headers={"Accept-Encoding": "gzip"})
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.text == http.get("/rows", headers={"Accept-Encoding": "identity"}).text
        assert packed.text.endswith(f"499,{LONG[:20]}\n")


@pytest.mark.parametrize("path", ["/short", "/picture", "/live"])
def test_what_gains_nothing_stays_as_it_is(path: str) -> None:
    with client() as http:
        assert "content-encoding" not in http.get(path, headers={"Accept-Encoding": "gzip"}).headers


def test_a_kept_body_is_known_by_its_tag_also_after_a_proxy_made_it_weak() -> None:
    body = ReadyBody(LONG.encode(), "no-cache")
    tag = body.answer(Headers({"accept-encoding": "gzip"})).headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        headers = Headers({"accept-encoding": "gzip", "if-none-match": known})
        assert body.answer(headers).status_code == 304
    for known in ('"other"', tag[1:-1]):
        headers = Headers({"accept-encoding": "gzip", "if-none-match": known})
        assert body.answer(headers).status_code == 200
    plain = Headers({"if-none-match": tag})
    assert body.answer(plain).status_code == 200


def test_the_same_body_is_packed_into_the_same_bytes() -> None:
    assert gzipped(LONG.encode()) == gzipped(LONG.encode())
    assert zlib.decompress(gzipped(LONG.encode()), wbits=31).decode() == LONG
    assert ReadyBody(b"x" * 2000, "no-cache", HTML).body == b"x" * 2000
