"""A number that costs a puzzle: the telephone first, and a way on for browsers with scripts."""

from datetime import UTC, datetime

import pytest

from dev.puzzle import solve
from libs.common.waits import Waits
from libs.common.work import Puzzles
from services.gateway.internet.door import answers
from services.gateway.internet.tests.citizen import Citizen, birth, identify, reach_check
from services.gateway.internet.tests.city import at
from services.gateway.internet.tests.fakes import OPENED
from services.gateway.internet.tests.world import World
from services.gateway.web.link import Refused

CHALLENGE = Puzzles(bytes(32), bits=1).issue("ABC123456", 0, datetime(2026, 12, 1, tzinfo=UTC))
WAIT = Waits(bytes(32)).issue("ABC123456", "", datetime(2026, 12, 1, tzinfo=UTC))
TOLL = {"challenge": CHALLENGE, "wait": WAIT, "seconds": 60}
LOCKED = Refused(429, "locked", {**TOLL, "reason": "number"})
WRONG_AGAIN = Refused(404, "no-match", {**TOLL, "reason": "number"})
FOR_ALL = Refused(429, "locked", {**TOLL, "reason": "many"})
SOON = Refused(429, "too-soon", {"seconds": 40.2, "gap": 60.0})
PAGES = ["card", "/find", "/find/card"]
NUMBER = {"number": "8K2M4-7QX3P"}


def show_locked(citizen: Citizen, world: World, page: str, refused: Refused = LOCKED) -> None:
    """The page of a number that was refused like this."""
    if page == "/find":
        world.booking.refusals["find"] = refused
        citizen.open(page).send(page, birth("1961") | NUMBER)
        assert citizen.status == refused.status
        return
    world.eligibility.refusals.append(refused)
    if page == "card":
        identify(citizen, year="1961")
    else:
        citizen.open(page).send(page, birth("1961") | {"card": "ABC-123456"})
    assert citizen.status == refused.status


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("refused", [LOCKED, WRONG_AGAIN])
def test_the_telephone_comes_before_the_way_on(
    citizen: Citizen, world: World, page: str, refused: Refused
) -> None:
    show_locked(citizen, world, page, refused)
    phone, fields = citizen.html.index('href="tel:0975346111"'), citizen.html.index("<form")
    assert phone < fields
    assert citizen.sees("この番号では入力の誤りが続いています")
    assert citizen.sees("JavaScriptを使わないブラウザーでは、このまま60秒ほど待ってから")
    assert citizen.sees("もう一度試す")
    assert citizen.page.one("input", name="work").get("data-challenge") == CHALLENGE
    assert citizen.page.field("born-year") == "1961"


@pytest.mark.parametrize("page", PAGES)
def test_the_script_says_aloud_what_it_does_and_comes_from_our_own_site(
    citizen: Citizen, world: World, page: str
) -> None:
    show_locked(citizen, world, page)
    status = citizen.page.one("p", role="status")
    assert "{}/4" in status.get("data-working", "")
    assert status.get("data-sending")
    source = citizen.page.one("script", type="module").get("src", "")
    answer = citizen.client.get(source)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    policy = citizen.client.get("/find").headers["content-security-policy"]
    assert "script-src 'self'" in policy.split("; ")


@pytest.mark.parametrize("page", ["card", "/find/card"])
def test_an_answer_goes_to_the_service_with_the_digest_of_where_it_came_from(
    citizen: Citizen, world: World, page: str
) -> None:
    show_locked(citizen, world, page)
    work = solve(CHALLENGE)
    citizen.send(page, birth() | {"card": "ABC-123456", "work": work})
    assert [check.work for check in world.eligibility.checks] == [None, work]
    origins = {check.origin for check in world.eligibility.checks}
    assert len(origins) == 1
    assert len(origins.pop() or "") == 64


@pytest.mark.parametrize("page", PAGES)
def test_who_did_nothing_wrong_is_not_told_so(citizen: Citizen, world: World, page: str) -> None:
    show_locked(citizen, world, page, FOR_ALL)
    assert citizen.sees("確認に少し時間がかかります")
    assert not citizen.sees("誤りが続いています")
    assert not citizen.page.all("a", href="#card")
    assert citizen.sees("お急ぎのときは、お電話でも承ります。")
    assert citizen.page.field("born-year") == "1961"


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("refused", [LOCKED, FOR_ALL, WRONG_AGAIN])
def test_without_scripts_the_signed_minute_goes_along(
    citizen: Citizen, world: World, page: str, refused: Refused
) -> None:
    show_locked(citizen, world, page, refused)
    citizen.send(page, birth() | NUMBER | {"card": "ABC-123456"})
    sent = [check.work for check in world.eligibility.checks]
    sent += [proof.work for proof in world.booking.proofs]
    assert sent[:2] == [None, WAIT]


@pytest.mark.parametrize("page", PAGES)
def test_a_minute_that_is_not_over_is_counted_down(
    citizen: Citizen, world: World, page: str
) -> None:
    left = Refused(429, "locked", {**TOLL, "seconds": 25, "reason": "many"})
    show_locked(citizen, world, page, left)
    assert citizen.sees("このまま25秒ほど待ってから")


@pytest.mark.parametrize("page", PAGES)
def test_who_comes_too_soon_is_told_how_long_to_wait_and_keeps_what_was_paid(
    citizen: Citizen, world: World, page: str
) -> None:
    show_locked(citizen, world, page)
    work = solve(CHALLENGE)
    if page == "/find":
        world.booking.refusals["find"] = SOON
    else:
        world.eligibility.refusals.append(SOON)
    citizen.send(page, birth("1961") | NUMBER | {"card": "ABC-123456", "work": work})
    assert citizen.status == 429
    assert citizen.sees("41秒ほど待ってから「もう一度試す」を押してください")
    assert not citizen.page.all("script")
    assert citizen.page.field("born-year") == "1961"
    citizen.send(page)
    sent = [check.work for check in world.eligibility.checks]
    sent += [proof.work for proof in world.booking.proofs]
    assert sent[-1] == work


def test_an_answer_finds_a_booking_too(citizen: Citizen, world: World) -> None:
    show_locked(citizen, world, "/find")
    citizen.send("/find", birth() | NUMBER | {"work": solve(CHALLENGE)})
    assert [proof.work for proof in world.booking.proofs] == [None, solve(CHALLENGE)]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "sent",
    ["", "1234-5678-9012", "x" * 400, f"{CHALLENGE}~"],
    ids=["nothing", "twelve digits", "much", "an answer and more"],
)
def test_what_the_script_did_not_write_goes_nowhere(
    citizen: Citizen, world: World, page: str, sent: str
) -> None:
    show_locked(citizen, world, page)
    citizen.send(page, birth() | NUMBER | {"card": "ABC-123456", "work": sent, "wait": sent})
    forwarded = [check.work for check in world.eligibility.checks]
    forwarded += [proof.work for proof in world.booking.proofs]
    assert len(forwarded) >= 2
    assert set(forwarded) == {None}


@pytest.mark.parametrize("path", ["/", "/book", "/find"])
def test_no_other_page_has_a_script(citizen: Citizen, path: str) -> None:
    assert not citizen.open(path).page.all("script")


def test_a_first_wrong_try_costs_nothing(citizen: Citizen) -> None:
    identify(citizen, year="1961")
    assert citizen.status == 404
    assert not citizen.page.all("script")
    assert not citizen.sees("もう一度試す")


def test_who_proved_the_card_is_let_in_and_moves_the_booking_while_others_guess(
    citizen: Citizen, world: World
) -> None:
    reach_check(citizen).send("confirm")
    world.booking.locked = True
    citizen.open("/find/card").send("/find/card", birth() | {"card": "ABC-123456"})
    assert citizen.sees("8K2M4-7QX3P")
    citizen.follow("month/issuance/honcho").follow("../../day/2026-12-02")
    citizen.send("../time", {"start": "2026-12-02T10:00"}).send("change")
    assert citizen.sees("予約日時を変更しました")
    assert world.booking.bookings["8K2M47QX3P"][1].starts_at == at(2, 10)


def test_who_is_in_stays_in_and_adds_people_while_others_guess(
    citizen: Citizen, world: World
) -> None:
    reach_check(citizen).send("confirm")
    citizen.open("/find").send("/find", birth() | NUMBER)
    world.booking.locked = True
    citizen.follow("contact").open(citizen.path.replace("contact", "show"))
    assert citizen.sees("8K2M4-7QX3P")
    citizen.send("add")
    assert citizen.path.endswith("/procedure")


def test_who_was_identified_confirms_while_others_guess_at_the_card(
    citizen: Citizen, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    reach_check(citizen)
    world.eligibility.locked = True
    monkeypatch.setattr(answers, "TICKET_FRESH_SECONDS", -1)
    citizen.send("confirm")
    assert citizen.sees("予約が完了しました")
    assert world.eligibility.checks[-1].opened == OPENED


def test_what_opened_a_booking_and_does_so_no_more_is_asked_for_without_a_word_of_time(
    citizen: Citizen, world: World
) -> None:
    reach_check(citizen).send("confirm")
    citizen.open("/find").send("/find", birth() | NUMBER)
    world.booking.bookings.clear()
    citizen.open(citizen.path)
    assert citizen.path == "/find"
    assert citizen.sees("予約番号と生年月日をもう一度お尋ねします")
    assert not citizen.sees("時間がたった")


def test_a_booking_of_a_card_that_was_handed_over_says_so(citizen: Citizen, world: World) -> None:
    world.eligibility.refusals.append(Refused(409, "already-collected", {}))
    citizen.open("/find/card").send("/find/card", birth() | {"card": "ABC-123456"})
    assert citizen.status == 409
    assert citizen.sees("このカードは、すでにお渡ししています")
