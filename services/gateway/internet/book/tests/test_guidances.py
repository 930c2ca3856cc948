"""来庁日の案内 wherever a citizen chooses, confirms and looks at a time."""

from datetime import date
from uuid import UUID

import pytest

from libs.contracts.booking import Guidance, OfficePublished
from services.gateway.internet.own_booking.tests.test_own_booking import book, find
from services.gateway.internet.own_booking.tests.test_takeaway import entry
from services.gateway.internet.tests.citizen import Citizen, choose_time, identify, reach_check
from services.gateway.internet.tests.world import World

EAST, BUSY = "東口からお入りください。", "正面は混み合います。"


def guide(world: World, *texts: dict[str, str], days: tuple[int, ...] = (2,)) -> None:
    """From now on the office says this on these days of December."""
    office = world.catalog.office("honcho")
    assert office
    told = tuple(
        Guidance.model_validate(
            {
                "guidance_id": UUID(int=number),
                "version": 1,
                "days": [date(2026, 12, day) for day in days],
                "texts": said,
            }
        )
        for number, said in enumerate(texts)
    )
    changes = {"guidances": told, "version": office.version + 1}
    world.catalog.office_published(OfficePublished(office=office.model_copy(update=changes)))


def test_it_stands_on_the_day_the_week_before_confirming_and_on_the_last_page(
    citizen: Citizen, world: World
) -> None:
    guide(world, {"ja": EAST}, {"ja": BUSY})
    identify(citizen).send("visitor", {"visitor": "self"}).follow("../../day/2026-12-02")
    assert citizen.page.text.index(EAST) < citizen.page.text.index(BUSY)
    day = citizen.path
    citizen.open(day.replace("day/2026-12-02", "week/2026-11-30"))
    assert citizen.sees(EAST)
    citizen.open(day).send("../time", {"start": "2026-12-02T09:00"}).send("you")
    assert citizen.sees("この内容で予約しますか")
    assert citizen.sees(EAST)
    citizen.send("confirm")
    assert citizen.sees("予約が完了しました")
    assert citizen.sees(BUSY)


def test_another_day_says_nothing(citizen: Citizen, world: World) -> None:
    guide(world, {"ja": EAST})
    choose_time(identify(citizen), "2026-12-03T09:00").send("you")
    assert citizen.sees("この内容で予約しますか")
    assert not citizen.sees(EAST)


def test_a_day_page_that_was_kept_says_a_new_one(citizen: Citizen, world: World) -> None:
    identify(citizen).send("visitor", {"visitor": "self"}).follow("../../day/2026-12-02")
    assert not citizen.sees(EAST)
    guide(world, {"ja": EAST})
    assert citizen.open(citizen.path).sees(EAST)


def test_ones_own_booking_says_it_and_so_does_the_page_before_a_change(
    citizen: Citizen, world: World
) -> None:
    guide(world, {"ja": EAST})
    book(citizen)
    assert find(citizen).sees(EAST)
    citizen.follow("month/issuance/honcho").follow("../../day/2026-12-03")
    citizen.send("../time", {"start": "2026-12-03T10:00"})
    assert citizen.sees("この日時に変更しますか")
    assert not citizen.sees(EAST)
    guide(world, {"ja": BUSY}, days=(3,))
    assert citizen.open(citizen.path).sees(BUSY)


@pytest.mark.parametrize(
    ("texts", "html"),
    [
        ({"en": "Use the <east> door."}, "<p>Use the &lt;east&gt; door.</p>"),
        (
            {"ja-easy": "{東|ひがし}へ。"},
            '<p><span lang="ja">東口からお入りください。</span></p>\n<p><span lang="ja"><ruby>東',
        ),
    ],
)
def test_another_language_says_its_own_text_or_japanese_with_easy_japanese(
    citizen: Citizen, world: World, texts: dict[str, str], html: str
) -> None:
    guide(world, {"ja": EAST, **texts})
    reach_check(citizen)
    path = citizen.path
    citizen.client.cookies.set("lang", "en")
    citizen.open(path)
    assert html in citizen.html


def test_it_is_in_the_calendar_entry_of_a_new_and_of_a_found_booking(
    citizen: Citizen, world: World
) -> None:
    guide(world, {"ja": "A & B の<東口>から", "ja-easy": "{東口|ひがしぐち}から"}, {"ja": BUSY})
    for base in (book(citizen).path.removesuffix("done"), find(citizen).path.removesuffix("show")):
        described = entry(citizen, f"{base}visit.ics")["description"]
        assert "この日のご案内:\n- A & B の<東口>から\n- " + BUSY in described
    citizen.client.cookies.set("lang", "ja-easy")
    described = entry(citizen, f"{base}visit.ics")["description"]
    assert "- 東口から" in described


def test_a_day_without_one_has_no_heading_for_it(citizen: Citizen) -> None:
    base = book(citizen).path.removesuffix("done")
    assert "この日のご案内" not in entry(citizen, f"{base}visit.ics")["description"]
