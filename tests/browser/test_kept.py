"""No answer is lost: holds that expire, double clicks, the back button, tabs and lost sessions."""

import re
from collections.abc import Awaitable, Callable

import pytest

from services.gateway.internet.tests.city import at, taken

from .sample import first_and_last
from .scene import FIRST_DAY, Scene
from .steps import EXTEND, HOLD_MINUTES

pytestmark = pytest.mark.asyncio(loop_scope="session")

Step = Callable[[Scene], Awaitable[None]]
AGAIN = "form[action=time] button"
EMAIL = "hanako@example.jp"


def expire(scene: Scene, *, to_others: bool = False) -> None:
    scene.world.clock.pass_minutes(HOLD_MINUTES)
    if to_others:
        for window in (1, 2):
            scene.world.board.apply(taken(at(2, 9), window=window))


async def answers_are_there(scene: Scene) -> None:
    assert await scene.heading() == "この内容で予約しますか"
    for answer in ("ABC-123456", "本人", EMAIL):
        assert await scene.sees(answer)


async def finish(scene: Scene) -> None:
    await scene.confirm()
    assert await scene.heading() == "予約が完了しました"
    assert [one.email for one in scene.world.booking.booked] == [EMAIL]


@pytest.mark.parametrize("to_others", [False, True])
async def test_a_hold_that_ends_while_one_types_is_taken_again_or_the_nearest(
    bare: Scene, *, to_others: bool
) -> None:
    await bare.to_you()
    expire(bare, to_others=to_others)
    await bare.tell(EMAIL)
    assert await bare.sees("入力した内容は残っています")
    await bare.tap(f"{AGAIN} >> nth=0")
    await answers_are_there(bare)
    await finish(bare)
    start = at(2, 9, 30) if to_others else at(2, 9)
    assert bare.world.booking.booked[0].starts_at == start


@pytest.mark.parametrize("to_others", [False, True])
async def test_a_hold_that_ended_is_not_extended_but_taken_again_or_the_nearest(
    bare: Scene, *, to_others: bool
) -> None:
    await bare.to_check(EMAIL)
    expire(bare, to_others=to_others)
    await bare.tap(EXTEND)
    await bare.tap(f"{AGAIN} >> nth=0")
    await answers_are_there(bare)
    await finish(bare)


async def test_a_hold_that_ends_before_the_last_button_is_taken_again_by_it(bare: Scene) -> None:
    await bare.to_check(EMAIL)
    expire(bare)
    await finish(bare)


async def test_a_change_whose_hold_ended_is_made_all_the_same(bare: Scene) -> None:
    await bare.to_change()
    expire(bare)
    await bare.tap("form[action=change] button")
    assert await bare.heading() == "予約日時を変更しました"


async def test_two_clicks_on_the_last_button_are_one_booking(scene: Scene) -> None:
    await scene.to_check(EMAIL)
    await scene.page.dblclick("form[action=confirm] button")
    await scene.page.wait_for_url(re.compile("/done$"))
    assert await scene.heading() == "予約が完了しました"
    assert len(scene.world.booking.booked) == 1


async def test_two_clicks_on_a_time_are_one_hold(scene: Scene) -> None:
    await scene.to_day()
    await scene.page.dblclick(f"button[value='{FIRST_DAY}T09:00']")
    await scene.page.wait_for_url(re.compile("/you$"))
    booking = scene.world.booking
    # The second click may come after the answer to the first: the same time is then chosen again.
    assert len({(wish.starts_at, wish.office_id) for wish in booking.requests}) == 1
    assert len(booking.holds) == 1


async def test_going_back_from_the_end_shows_the_booking_again(scene: Scene) -> None:
    await scene.to_done(EMAIL)
    await scene.page.go_back()
    assert await scene.heading() == "予約が完了しました"
    assert len(scene.world.booking.booked) == 1


async def test_going_back_to_another_time_keeps_what_was_told(scene: Scene) -> None:
    await scene.to_check(EMAIL)
    await scene.page.go_back()
    await scene.page.go_back()
    assert "/day/" in scene.path
    await scene.choose_time("10:00")
    await answers_are_there(scene)
    assert await scene.sees("10時00分")
    await finish(scene)


async def test_two_tabs_book_what_each_of_them_shows(scene: Scene) -> None:
    await scene.to_check(EMAIL)
    other = Scene(await scene.page.context.new_page(), scene.town)
    await other.to_month()
    await other.choose_day("2026-12-03")
    await other.choose_time("11:00", "2026-12-03")
    await answers_are_there(scene)
    await finish(scene)
    assert scene.world.booking.booked[0].starts_at == at(2, 9)
    await other.tell(EMAIL)
    await other.confirm()
    assert scene.world.booking.booked[1].starts_at == at(3, 11)
    await other.page.close()


SENDS: dict[str, tuple[Step, Step]] = {
    "card": (Scene.begin, Scene.identify),
    "visitor": (Scene.to_visitor, Scene.come),
    "time": (Scene.to_day, Scene.choose_time),
    "you": (Scene.to_you, Scene.tell),
    "confirm": (Scene.to_check, Scene.confirm),
}
"""The way to each page with a form, and what is sent from there."""

ON_THE_WAY: dict[str, Step] = {
    "/card": Scene.identify,
    "/visitor": Scene.come,
    "/month/issuance/honcho": Scene.choose_day,
    f"/day/{FIRST_DAY}": Scene.choose_time,
    "/you": Scene.tell,
    "/check": Scene.confirm,
}


async def go_on(scene: Scene) -> None:
    """Answer what is asked until the end."""
    for _ in ON_THE_WAY:
        page = next((step for end, step in ON_THE_WAY.items() if scene.path.endswith(end)), None)
        if page is None:
            break
        await page(scene)
    assert await scene.heading() == "予約が完了しました"


@first_and_last("page", SENDS)
async def test_whoever_loses_the_session_is_told_and_goes_on_with_all_answers(
    page: str, bare: Scene
) -> None:
    way, send = SENDS[page]
    await way(bare)
    await bare.lose_session()
    await send(bare)
    assert await bare.heading() == "続きから進めます"
    assert await bare.sees("そのまま残っています")
    await bare.tap("main a.button")
    await go_on(bare)
    assert len(bare.world.eligibility.checks) == 1


@first_and_last("page", SENDS)
async def test_whoever_loses_every_cookie_is_told_and_begins_again(page: str, bare: Scene) -> None:
    way, send = SENDS[page]
    await way(bare)
    await bare.forget()
    await send(bare)
    assert await bare.heading() == "この操作は受け付けられませんでした"
    assert bare.answer is not None
    assert bare.answer.status == 403
    assert not bare.world.booking.booked
    await bare.begin()
    await bare.identify()
    await go_on(bare)


@first_and_last("page", SENDS)
async def test_a_page_that_is_opened_without_cookies_says_that_the_answers_are_gone(
    page: str, bare: Scene
) -> None:
    await SENDS[page][0](bare)
    await bare.forget()
    await bare.open(bare.path)
    assert bare.path == "/book"
    assert await bare.sees("はじめから、もう一度お願いします")
    assert await bare.sees("予約は確定していません")
