"""The word that something changed: to whom it goes, and when it ends."""

import asyncio
from uuid import uuid4

import pytest

from dev.testing import Database
from libs.contracts.booking import BookingArrived, BookingChanged
from services.gateway.lgwan import feed
from services.gateway.lgwan.door import routes as live
from services.gateway.lgwan.door.live import MOST_A_SESSION, Full, Hub
from services.gateway.lgwan.tests.fakes import today_at
from services.gateway.lgwan.tests.support import Browser, sql


def arrived(office_id: str) -> BookingArrived:
    return BookingArrived(**visit(office_id))


def visit(office_id: str) -> dict[str, object]:
    return {
        "booking_id": uuid4(),
        "version": 2,
        "number": "8K2M47QX3P",
        "procedure_id": "issuance",
        "office_id": office_id,
        "starts_at": today_at(10),
        "minutes": 30,
        "visitor": "self",
        "channel": "web",
        "status": "arrived",
        "outcome": None,
        "language": "ja",
        "contact": None,
        "at": today_at(10),
    }


async def test_a_fact_is_told_to_the_pages_of_its_office_only() -> None:
    hub = Hub()
    handlers = feed.handlers(hub)
    with hub.waiting("honcho", "s1") as here, hub.waiting("dainan", "s2") as there:
        handlers[BookingArrived](arrived("honcho"))
        assert await here.changed(0.1)
        assert not await there.changed(0.01)


async def test_who_was_received_elsewhere_is_told_at_the_office_that_expected_them() -> None:
    hub = Hub()
    handlers = feed.handlers(hub)
    fact = arrived("honcho").model_copy(update={"previous_office_id": "dainan"})
    with hub.waiting("honcho", "s1") as here, hub.waiting("dainan", "s2") as there:
        handlers[BookingArrived](fact)
        assert await here.changed(0.1)
        assert await there.changed(0.1)


async def test_a_booking_that_moved_is_told_at_both_offices() -> None:
    hub = Hub()
    previous = {"previous_office_id": "dainan", "previous_starts_at": today_at(9)}
    fact = BookingChanged.model_validate({**visit("honcho"), **previous})
    with hub.waiting("honcho", "s1") as here, hub.waiting("dainan", "s2") as there:
        feed.handlers(hub)[BookingChanged](fact)
        assert await here.changed(0.1) and await there.changed(0.1)


async def test_many_changes_before_a_page_reads_are_one_word() -> None:
    hub = Hub()
    with hub.waiting("honcho", "s1") as page:
        for _ in range(50):
            hub.tell("honcho")
        assert await page.changed(0.1)
        assert not await page.changed(0.01)
        hub.tell_all()
        assert await page.changed(0.1)


async def test_signing_out_ends_the_pages_of_that_session_at_once() -> None:
    hub = Hub()
    with hub.waiting("honcho", "s1") as mine, hub.waiting("honcho", "s2") as other:
        hub.end("s1")
        assert (mine.ended, other.ended) == (True, False)


async def test_only_so_many_pages_wait_and_none_while_the_process_ends() -> None:
    hub = Hub(most=MOST_A_SESSION + 1)
    with hub.waiting("honcho", "first"):
        pages = [hub.waiting("honcho", "same") for _ in range(MOST_A_SESSION + 1)]
        for page in pages[:-1]:
            page.__enter__()
        with pytest.raises(Full):
            pages[-1].__enter__()
        with pytest.raises(Full), hub.waiting("honcho", "third"):
            pass
        pages[0].__exit__(None, None, None)
        with hub.waiting("honcho", "third"):
            pass
    hub.close()
    with pytest.raises(Full), hub.waiting("honcho", "late"):
        pass


@pytest.fixture
def beats(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signs of life come quickly."""
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.05)


def test_a_stream_ends_with_its_session_and_does_not_keep_it(
    desk: Browser, store_of_accounts: Database, beats: None
) -> None:
    """The stream itself is read to its end: it must have one."""
    sql(
        store_of_accounts,
        "UPDATE staff_session SET last_seen_at = now() - interval '29.99 minutes'",
    )
    with desk.client.stream("GET", "/live?office=honcho") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in answer.headers
        text = "".join(answer.iter_text())
    assert text.startswith("retry: 3000")
    assert ": still here" in text and text.endswith("event: ended\ndata: 1\n\n")
    assert desk.client.get("/").url.path == "/login"


@pytest.mark.parametrize("office", ["nowhere", "", "dainan"])
def test_an_office_of_others_is_as_unknown_as_none(
    desk: Browser, store_of_accounts: Database, office: str
) -> None:
    sql(store_of_accounts, "UPDATE staff SET offices = '{honcho}'")
    assert desk.client.get(f"/live?office={office}").status_code == 404


def test_nobody_listens_without_signing_in(browser: Browser) -> None:
    assert browser.client.get("/live?office=honcho").url.path == "/login"


async def test_a_page_that_waits_is_woken_when_the_process_ends() -> None:
    hub = Hub()
    with hub.waiting("honcho", "s1") as page:
        waiting = asyncio.create_task(page.changed(60))
        await asyncio.sleep(0)
        hub.close()
        assert not await asyncio.wait_for(waiting, 1)
        assert page.ended
