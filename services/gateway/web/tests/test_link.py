"""A service behind real sockets: what it says, what it refuses, and what it leaves unsaid."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import formatdate

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from libs.common.assertion import Asserter, Assertion, Callers, Target, digest_of
from libs.common.errors import NotAuthenticated
from libs.common.logs import request_id
from libs.contracts.booking import BookingProof, Hold, HoldRequest
from services.gateway.web.clients import BookingClient, StaffBookingClient
from services.gateway.web.link import Actor, Link, NotBelieved, Refused, Unreachable, open_session
from services.gateway.web.skew import Skew

CITIZEN = Actor("0123456789abcdef0123456789abcdef")
KEY = Ed25519PrivateKey.generate()
HOLD = (
    b'{"procedure_id":"issuance","office_id":"honcho","starts_at":"2026-12-02T09:00:00+09:00",'
    b'"minutes":30,"expires_at":"2026-12-01T08:10:00+09:00","extensions_left":10}'
)
REQUEST = HoldRequest.model_validate(
    {"procedure_id": "issuance", "office_id": "honcho", "starts_at": "2026-12-02T09:00:00+09:00"}
)
PROOF = BookingProof.model_validate({"number": "8K2M47QX3P", "born": "1960-04-01"})


class Wire:
    """A server that answers as scripted: bytes are sent, None closes without a word."""

    def __init__(self, *script: bytes | None) -> None:
        self.script = list(script)
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.authorizations: list[str] = []
        self.writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        while head := await self._read(reader):
            line, *lines = head.decode().split("\r\n")
            headers = dict(text.lower().split(": ", 1) for text in lines if text)
            self.authorizations += [text[15:] for text in lines if text.startswith("Authorization")]
            await reader.readexactly(int(headers.get("content-length", "0")))
            self.seen.append((line, headers))
            reply = self.script.pop(0)
            if reply is None:
                break
            writer.write(reply)
            await writer.drain()
        writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        try:
            return await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""


def answer(status: int, body: bytes, kind: str = "application/json") -> bytes:
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def problem(status: int, slug: str) -> bytes:
    body = f'{{"slug":"{slug}","detail":"","fields":["a"]}}'.encode()
    return answer(status, body, "application/problem+json")


@asynccontextmanager
async def link(wire: Wire) -> AsyncIterator[Link]:
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        async with open_session() as session:
            asserter = Asserter(KEY.private_bytes_raw(), "internet")
            yield Link(session, f"http://127.0.0.1:{port}", asserter, "booking", Skew())
    finally:
        for writer in wire.writers:
            writer.close()
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def booking(wire: Wire) -> AsyncIterator[BookingClient]:
    async with link(wire) as one:
        yield BookingClient(one)


async def test_a_request_says_who_asks_under_which_id_and_key() -> None:
    wire = Wire(answer(201, HOLD))
    token = request_id.set("f" * 32)
    async with booking(wire) as client:
        hold = await client.hold(CITIZEN, "k" * 32, REQUEST)
    request_id.reset(token)
    assert hold == Hold.model_validate_json(HOLD)
    line, headers = wire.seen[0]
    assert line.startswith("POST /v1/holds ")
    assert headers["x-request-id"] == "f" * 32
    assert headers["idempotency-key"] == "k" * 32
    assert headers["authorization"].startswith("assertion ")


def read(wire: Wire, service: str = "booking") -> Assertion:
    """What a service makes of the last request on the wire."""
    line, headers = wire.seen[-1]
    method, address, _ = line.split(" ")
    callers = Callers({"internet": KEY.public_key().public_bytes_raw()}, service)
    target = Target(service, method, address, headers.get("idempotency-key", ""))
    return callers.read(wire.authorizations[-1], target)


async def test_the_assertion_is_one_that_the_service_believes_for_this_request() -> None:
    wire = Wire(answer(201, HOLD))
    async with booking(wire) as client:
        await client.hold(CITIZEN, "k" * 32, REQUEST)
    assertion = read(wire)
    assert assertion.caller.actor == CITIZEN.name
    assert assertion.digest == digest_of(REQUEST.model_dump_json().encode())
    with pytest.raises(NotAuthenticated):
        read(wire, "notify")


async def test_the_assertion_holds_for_the_query_as_it_is_sent() -> None:
    wire = Wire(answer(200, b"{}"))
    async with link(wire) as ask:
        await ask.get_bytes(CITIZEN, "/v1/x", [("name", "大 分&+~'"), ("name", "b")])
    assert read(wire).caller.actor == CITIZEN.name


async def test_a_refusal_carries_status_slug_and_facts() -> None:
    async with booking(Wire(problem(409, "slot-full"))) as client:
        with pytest.raises(Refused) as refused:
            await client.hold(CITIZEN, "k" * 32, REQUEST)
    assert (refused.value.status, refused.value.slug) == (409, "slot-full")
    assert refused.value.facts["fields"] == ["a"]


async def test_a_kept_connection_that_was_closed_costs_one_more_try_with_the_same_key() -> None:
    wire = Wire(answer(201, HOLD), None, answer(201, HOLD))
    async with booking(wire) as client:
        await client.hold(CITIZEN, "a" * 32, REQUEST)
        await client.hold(CITIZEN, "b" * 32, REQUEST)
    keys = [headers["idempotency-key"] for _, headers in wire.seen]
    assert keys == ["a" * 32, "b" * 32, "b" * 32]


async def test_a_service_that_closes_twice_is_unreachable() -> None:
    async with booking(Wire(None, None)) as client:
        with pytest.raises(Unreachable):
            await client.find(CITIZEN, PROOF)


@pytest.mark.parametrize(
    "reply", [problem(503, "unavailable"), answer(500, b"oops", "text/plain"), answer(404, b"{}")]
)
async def test_a_service_that_cannot_do_its_work_is_unreachable(reply: bytes) -> None:
    async with booking(Wire(reply)) as client:
        with pytest.raises(Unreachable):
            await client.find(CITIZEN, PROOF)


async def test_a_port_where_nobody_listens_is_unreachable(unused_tcp_port: int) -> None:
    async with open_session() as session:
        asserter = Asserter(KEY.private_bytes_raw(), "internet")
        link = Link(session, f"http://127.0.0.1:{unused_tcp_port}", asserter, "booking")
        with pytest.raises(Unreachable):
            await BookingClient(link).catalog()


async def test_a_body_that_is_not_the_contract_is_unreachable() -> None:
    async with booking(Wire(answer(200, b"[]"))) as client:
        with pytest.raises(Unreachable):
            await client.find(CITIZEN, PROOF)


@pytest.mark.parametrize("ahead", [90, -90])
async def test_a_door_that_is_not_believed_knows_how_far_its_clock_is_off(ahead: int) -> None:
    theirs = formatdate(time.time() - ahead, usegmt=True)
    date = f" X\r\nDate: {theirs}\r\n".encode()
    refusal = problem(401, "not-authenticated").replace(b" X\r\n", date)
    async with link(Wire(refusal)) as ask:
        with pytest.raises(NotBelieved):
            await ask.get_bytes(CITIZEN, "/v1/catalog")
        skew = vars(ask)["_skew"]
    assert skew.off
    assert not await skew.ready()


PART = {"bookings": [], "next_after": "x", "at": "2026-12-01T08:10:00+09:00", "total": 3}
PARTS = [json.dumps({**PART, "next_after": after}) for after in ("x", "y", None)]
HEAD = b"HTTP/1.1 200 X\r\nContent-Type: application/x-ndjson\r\nContent-Length: %d\r\n\r\n"


async def parts_of(client: StaffBookingClient) -> list[str | None]:
    return [part.next_after async for part in client.export(CITIZEN, {"limit": "500"})]


async def test_a_long_answer_is_read_line_by_line() -> None:
    body = "".join(f"{part}\n" for part in PARTS).encode()
    async with link(Wire(HEAD % len(body) + body)) as to:
        assert await parts_of(StaffBookingClient(to)) == ["x", "y", None]


@pytest.mark.parametrize(("sent", "declared"), [(2, 3), (2, 2), (0, 0)])
async def test_half_of_a_long_answer_comes_to_nothing(sent: int, declared: int) -> None:
    """The connection ends in the middle, or the answer ends before its last part."""
    lines = [f"{part}\n".encode() for part in PARTS]
    wire = Wire(HEAD % sum(map(len, lines[:declared])) + b"".join(lines[:sent]))
    async with link(wire) as to:
        asked = asyncio.create_task(parts_of(StaffBookingClient(to)))
        while not wire.seen:  # noqa: ASYNC110 - the script sets no event
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        for writer in wire.writers:
            writer.close()
        with pytest.raises(Unreachable):
            await asked


async def test_a_refusal_of_a_long_answer_is_one() -> None:
    async with link(Wire(problem(403, "not-allowed"))) as to:
        with pytest.raises(Refused, match="403 not-allowed"):
            await parts_of(StaffBookingClient(to))
