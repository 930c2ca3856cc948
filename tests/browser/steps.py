"""How the door comes into the states of the registry that need more than one step."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from libs.common.waits import Waits
from libs.common.work import Puzzles
from libs.contracts.booking import (
    BoardSnapshot,
    Guidance,
    Language,
    OfficeOutage,
    OfficePublished,
    ProcedurePublished,
)
from services.gateway.internet.tests.city import at, office, procedure, series, snapshot, taken
from services.gateway.web.link import Refused, Unreachable

from .scene import BIRTH, SUBMIT, Scene

EXTEND = "form[action$='extend'] button"
HOLD_MINUTES = 11
CHALLENGE = Puzzles(bytes(32), bits=1).issue("ABC123456", 0, datetime(2026, 12, 1, tzinfo=UTC))
"""A puzzle for a number that was tried too often."""
LOCKED: dict[str, Refused] = {
    reason: Refused(
        429,
        "locked",
        {
            "challenge": CHALLENGE,
            "wait": Waits(bytes(32)).issue("ABC123456", "", datetime(2026, 12, 1, tzinfo=UTC)),
            "seconds": 60,
            "reason": reason,
        },
    )
    for reason in ("number", "many")
}
"""What one more try costs: of a number that was tried too often, and of everybody."""
SOON = Refused(429, "too-soon", {"seconds": 12, "gap": 20.0})


def nothing_free(scene: Scene) -> None:
    for office_id in ("honcho", "tsurusaki"):
        scene.world.board.load(BoardSnapshot(office_id=office_id, days=()))


def nothing_free_later(scene: Scene) -> None:
    """Places in the first days only."""
    for office_id in ("honcho", "tsurusaki"):
        scene.world.board.load(snapshot(office_id, days=3))


def refuse(scene: Scene, call: str, status: int, slug: str, **facts: Any) -> None:
    """The next such call to booking is refused."""
    scene.world.booking.refusals[call] = Refused(status, slug, facts)


async def told(scene: Scene, path: str, **settings: str) -> None:
    """The city has set a notice, or closed the door for maintenance."""
    await scene.town.renew(**settings)
    await scene.open(path)


async def in_outage(scene: Scene, path: str) -> None:
    """The national system has failed at one office."""
    outage = OfficeOutage(procedure_ids=("issuance",), since=at(1, 9), last_day=at(1, 9).date())
    there = office(version=2).model_copy(update={"outages": (outage,)})
    scene.world.catalog.office_published(OfficePublished(office=there))
    await scene.open(path)


async def all_full(scene: Scene, path: str) -> None:
    nothing_free(scene)
    await scene.open(path)


async def guided(scene: Scene, reach: Callable[[Scene], Awaitable[None]]) -> None:
    """The office says something about Wednesday, of which a part is in Japanese alone."""
    texts: tuple[dict[Language, str], ...] = (
        {"ja": "休日のため、東口からお入りください。", "en": "Please use the east entrance."},
        {"ja": "期日前投票のため、正面玄関は混み合います。"},
    )
    found = tuple(
        Guidance(guidance_id=UUID(int=n), version=1, days=(at(2, 9).date(),), texts=said)
        for n, said in enumerate(texts)
    )
    known = scene.world.catalog.office("honcho")
    assert known
    changed = known.model_copy(update={"guidances": found, "version": 2})
    scene.world.catalog.office_published(OfficePublished(office=changed))
    await reach(scene)


async def offered(scene: Scene, online: str, path: str) -> None:
    """A page while nothing is booked online, or by phone only."""
    for known in scene.world.catalog.procedures():
        changed = known.model_copy(update={"online": online, "version": 2})
        scene.world.catalog.procedure_published(ProcedurePublished(procedure=changed))
    await scene.open(path)


async def offered_nowhere(scene: Scene, path: str) -> None:
    for office_id in ("honcho", "tsurusaki"):
        without = office(office_id, series(procedure_ids=("nothing",)), version=2)
        scene.world.catalog.office_published(OfficePublished(office=without))
    await scene.open(path)


async def by_phone_only(scene: Scene) -> None:
    reissue = procedure("reissue", name="再交付", plain="カードをなくした", position=9)
    scene.world.catalog.procedure_published(ProcedurePublished(procedure=reissue))
    await scene.open("/book")


async def card_with(scene: Scene, **typed: str) -> None:
    await scene.begin()
    await scene.identify(**typed)


async def card_mistyped(scene: Scene) -> None:
    await card_with(scene, card="AB-12", **{"#born-month": "13"})


async def card_refused(scene: Scene, status: int, slug: str, **facts: Any) -> None:
    scene.world.eligibility.refusals.append(Refused(status, slug, facts))
    await card_with(scene)


async def card_locked(scene: Scene) -> None:
    await card_tolled(scene, LOCKED["number"])


async def card_tolled(scene: Scene, refused: Refused) -> None:
    scene.world.eligibility.refusals.append(refused)
    await card_with(scene)


async def card_again(scene: Scene) -> None:
    """At the last button the ticket is refused, and the card is asked for again."""
    await scene.to_check()
    refuse(scene, "book", 409, "not-eligible")
    await scene.confirm()


async def individual_number(scene: Scene) -> None:
    await card_with(scene, card="123456789018")


async def office_chosen(scene: Scene, procedure: str = "pin") -> None:
    await scene.begin(procedure)
    await scene.tap("button[value=honcho]")


async def inquiry(scene: Scene) -> None:
    await office_chosen(scene, "cert")
    await scene.come("proxy")


async def no_inquiry(scene: Scene) -> None:
    await inquiry(scene)
    await scene.tap("button[value=no]")


async def proxy_of_a_card(scene: Scene) -> None:
    await scene.to_visitor()
    await scene.come("proxy")


async def child_alone(scene: Scene) -> None:
    await scene.begin()
    born = {"#born-era": "heisei", "#born": "30", "#born-month": "5", "#born-day": "5"}
    await scene.identify("CHI-000008", **born)
    await scene.come()


async def pin_you(scene: Scene) -> None:
    await office_chosen(scene)
    await scene.come("proxy")
    await scene.choose_day()
    await scene.choose_time()


async def pin_check(scene: Scene) -> None:
    await pin_you(scene)
    await scene.fill({"#kana": "オオイタ ハナコ", **BIRTH})
    await scene.tap(SUBMIT)


async def pin_offices_full(scene: Scene) -> None:
    nothing_free(scene)
    await scene.begin("pin")


async def nothing_told(scene: Scene) -> None:
    await pin_you(scene)
    await scene.tap(SUBMIT)


async def address_mistyped(scene: Scene) -> None:
    await scene.to_you()
    await scene.tell("hanako@")


async def month_without_places(scene: Scene) -> None:
    await scene.to_visitor()
    nothing_free(scene)
    await scene.come()


async def day_without_places(scene: Scene) -> None:
    await scene.to_month()
    await scene.open(scene.path.split("/month/")[0] + "/day/2026-12-05")


async def time_taken(scene: Scene, slug: str = "slot-full") -> None:
    await scene.to_day()
    refuse(scene, "hold", 409, slug)
    await scene.choose_time("10:00")


async def time_taken_and_nothing_near(scene: Scene) -> None:
    await scene.to_day()
    nothing_free(scene)
    refuse(scene, "hold", 409, "slot-full")
    await scene.choose_time("10:00")


def slow_down(scene: Scene, **facts: Any) -> None:
    """Many times were taken from the same place."""
    tolled = {name: LOCKED["many"].facts[name] for name in ("challenge", "wait", "seconds")}
    refuse(scene, "hold", 429, "slowed", **(facts or {**tolled, "minutes": 3}))


async def time_costs_a_puzzle(scene: Scene) -> None:
    await scene.to_day()
    slow_down(scene)
    await scene.choose_time("10:00")


async def time_later(scene: Scene) -> None:
    """The place has enough of this day for now."""
    await scene.to_day()
    slow_down(scene, opens_at=at(1, 8, 21).isoformat())
    await scene.choose_time("10:00")


async def week(scene: Scene) -> None:
    await scene.to_month()
    await scene.tap("a[href='../../week']")


async def week_without_places(scene: Scene) -> None:
    nothing_free_later(scene)
    await week(scene)
    await scene.tap("a.month-link >> nth=-1")


async def days(scene: Scene) -> None:
    await scene.to_month()
    await scene.tap("a[href='../../days']")


async def no_days(scene: Scene) -> None:
    nothing_free(scene)
    await days(scene)


async def everything_asked(scene: Scene) -> None:
    """The city wants a phone number, an address, the number of cards and the needs."""
    changed = procedure(
        version=2, email="required", phone="required", asks_cards=True, asks_needs=True
    )
    scene.world.catalog.procedure_published(ProcedurePublished(procedure=changed))
    await scene.to_you()
    await scene.page.click("summary")


async def suggestion(scene: Scene) -> None:
    await scene.to_check("hanako@gmail.co.jp")


async def extended(scene: Scene) -> None:
    await scene.to_check()
    await scene.tap(EXTEND)


async def extended_for_the_last_time(scene: Scene) -> None:
    await scene.to_check()
    refuse(scene, "extend", 409, "no-more-extensions")
    await scene.tap(EXTEND)


async def soon_over(scene: Scene) -> None:
    await scene.to_check()
    scene.world.clock.pass_minutes(8)
    await scene.open(scene.path)


async def expired(scene: Scene) -> None:
    await scene.to_check()
    scene.world.clock.pass_minutes(HOLD_MINUTES)
    await scene.open(scene.path)


async def expired_and_taken(scene: Scene) -> None:
    await scene.to_check()
    scene.world.clock.pass_minutes(HOLD_MINUTES)
    for window in (1, 2):
        scene.world.board.apply(taken(at(2, 9), window=window))
    await scene.open(scene.path)


async def elsewhere(scene: Scene, path: str) -> None:
    """Nothing is free at the chosen office; the other one has places."""
    await office_chosen(scene)
    scene.world.board.load(BoardSnapshot(office_id="honcho", days=()))
    await scene.come()
    await scene.open(scene.path.replace("/month/pin/honcho", path))


async def month_elsewhere(scene: Scene) -> None:
    await elsewhere(scene, "/month/pin/honcho")


async def already_booked(scene: Scene) -> None:
    await scene.to_check()
    refuse(scene, "book", 409, "already-booked")
    await scene.confirm()


async def like_another(scene: Scene) -> None:
    await scene.to_check()
    refuse(scene, "book", 409, "like-another", person=0)
    await scene.confirm()


async def session_lost(scene: Scene) -> None:
    await scene.to_check()
    await scene.lose_session()
    await scene.confirm()


async def foreign_form(scene: Scene) -> None:
    """A page that was left open until its session was gone."""
    await scene.to_check()
    await scene.forget()
    await scene.confirm()


async def garbled_form(scene: Scene) -> None:
    await scene.to_day()
    await scene.page.eval_on_selector("button.time", "button => button.value = 'soon'")
    await scene.tap("button.time >> nth=0")


async def long_form(scene: Scene) -> None:
    await scene.begin()
    await scene.fill({"#card": "x" * 200_000})
    await scene.tap(SUBMIT)


async def too_often(scene: Scene) -> None:
    await scene.to_day()
    refuse(scene, "hold", 429, "too-many-requests")
    await scene.choose_time()


async def our_fault(scene: Scene) -> None:
    await scene.to_day()
    refuse(scene, "hold", 418, "unheard-of")
    await scene.choose_time()


async def unreachable(scene: Scene) -> None:
    await scene.to_day()
    scene.world.booking.refusals["hold"] = Unreachable("ClientConnectorError")
    await scene.choose_time()
