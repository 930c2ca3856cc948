"""製造管理番号: where staff find the number of a card, and where they miss it."""

from dataclasses import replace
from datetime import time

from services.gateway.lgwan.door.context import OutageLists
from services.gateway.lgwan.tests.support import OWN_OFFICES, add_staff, sql

from .staff import Desk, DeskState
from .staff_counter import cards, lay
from .staff_today import busy_day as busy_counter

WITHOUT = [right for right in OWN_OFFICES if right != "cards.number"]


def number(desk: Desk) -> None:
    """The cards of every booking but the last one."""
    ids = list(desk.booking.kept)
    named = {booking_id: f"ABC{900_417 - 13 * n}" for n, booking_id in enumerate(ids[:-1])}
    desk.booking.kept.card_numbers = named
    desk.counter.names = {"8K2M47QX10": "オオイタ ハナコ"}


async def numbered(desk: Desk) -> None:
    lay(desk)
    number(desk)
    await cards_again(desk)


async def cards_again(desk: Desk, staff_id: str = "tanaka") -> None:
    await desk.sign_in("/preparations", staff_id)


async def _typed(desk: Desk, number: str) -> None:
    await numbered(desk)
    await desk.page.fill("#number", number)
    await desk.press("form[action='/preparations/lay'] button")


async def laid_by_number(desk: Desk) -> None:
    await _typed(desk, "0391")


async def no_such_card(desk: Desk) -> None:
    await _typed(desk, "9999")


async def numbers_away(desk: Desk) -> None:
    lay(desk)
    number(desk)
    desk.eligibility.away = True
    await cards_again(desk)


async def without_the_right(desk: Desk) -> None:
    lay(desk)
    number(desk)
    add_staff(desk.accounts, "nonumber", WITHOUT)
    await cards_again(desk, "nonumber")


async def on_a_press(desk: Desk) -> None:
    await cards(desk)
    number(desk)
    await desk.open(desk.first)
    await desk.press("form[action$='/card-number'] button")


async def in_no_list(desk: Desk) -> None:
    number(desk)
    desk.booking.kept.card_numbers = {next(iter(desk.booking.kept)): ""}
    await desk.sign_in(desk.first)
    await desk.press("form[action$='/card-number'] button")


async def endings(desk: Desk) -> None:
    await busy_counter(desk)
    number(desk)
    await desk.open("/")


async def in_the_list(desk: Desk) -> None:
    lay(desk)
    number(desk)
    await desk.sign_in("/bookings?cards=1")


async def shelves(desk: Desk) -> None:
    lay(desk)
    number(desk)
    desk.booking.kept.shelves = dict.fromkeys(desk.booking.kept, "A-12")
    await cards_again(desk)


async def no_shelf(desk: Desk) -> None:
    await shelves(desk)
    await desk.page.fill("input[name=shelf] >> nth=0", "大分")
    await desk.press(".shelf button >> nth=0")


async def shelf_of_a_booking(desk: Desk) -> None:
    desk.booking.kept.shelves = {}
    await desk.sign_in(desk.first)
    await desk.page.fill("input[name=shelf]", "b-7")
    await desk.press("form[action$='/shelf'] button")


async def outage_lists(desk: Desk) -> None:
    await desk.sign_in("/offline")


def afternoon(desk: Desk) -> None:
    """From now on lists are asked for, and may be saved."""
    lists = OutageLists("ゆふだけ 2026 桜道", time(0))
    desk.state["door"] = replace(desk.state["door"], outage=lists)
    sql(desk.accounts, "DELETE FROM saved_list")


async def to_be_saved(desk: Desk) -> None:
    afternoon(desk)
    await desk.sign_in()


async def saved_list(desk: Desk) -> None:
    afternoon(desk)
    await desk.sign_in("/offline?office=honcho")
    async with desk.page.expect_download():
        await desk.page.click("form[action='/offline/list'] button >> nth=1")
    await desk.open("/offline?office=honcho")


async def saved_today(desk: Desk) -> None:
    await saved_list(desk)
    await desk.open("/")


async def list_without_numbers(desk: Desk) -> None:
    afternoon(desk)
    number(desk)
    desk.booking.kept.card_numbers = dict.fromkeys(desk.booking.kept, "ABC900417")
    desk.eligibility.away = True
    await desk.sign_in("/offline?office=honcho")
    await desk.press("form[action='/offline/list'] button >> nth=0")


STATES = (
    DeskState("offline.html", "as it is", "田中", saved_list),
    DeskState("offline.html", "without numbers", "番号のない一覧を保存する", list_without_numbers),
    DeskState("today.html", "list to save", "明日の停止時用一覧を保存してください", to_be_saved),
    DeskState("today.html", "list saved", "田中が保存しました", saved_today),
    DeskState("offline.html", "without a password", "パスワードが設定されていない", outage_lists),
    DeskState("preparations.html", "shelves", "保管番号", shelves),
    DeskState("preparations.html", "no shelf", "英数字とハイフンで10文字まで", no_shelf),
    DeskState("booking.html", "shelf", "いま「B-7」です", shelf_of_a_booking),
    DeskState("preparations.html", "card numbers", "ABC-900404", numbered),
    DeskState("preparations.html", "numbers away", "いまは表示できません", numbers_away),
    DeskState("preparations.html", "laid by number", "いま「準備済」です", laid_by_number),
    DeskState("preparations.html", "no such card", "この日の一覧にありません", no_such_card),
    DeskState("preparations.html", "no right to numbers", "権限のある方にだけ", without_the_right),
    DeskState("booking.html", "card number", "ABC-900417", on_a_press),
    DeskState("booking.html", "no card number", "名簿にありません", in_no_list),
    DeskState("today.html", "card endings", "末尾 0417", endings),
    DeskState("bookings.html", "card numbers", "製造管理番号を隠す", in_the_list),
)
