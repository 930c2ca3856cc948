"""The pages around the counter: exchanges, cards to lay out, notes, screens."""

from datetime import timedelta

from libs.contracts.booking import CalledNumber
from services.gateway.lgwan.tests.fakes import a_booking, today_at
from services.gateway.web.link import Refused

from .staff import Desk, DeskState

TOMORROW = timedelta(days=1)


def lay(desk: Desk) -> None:
    """Cards for tomorrow, of every kind."""
    for hour in (9, 10, 11, 13):
        more = a_booking(
            starts_at=today_at(hour) + TOMORROW,
            number=f"8K2M47QX{hour:02}",
            visitor="guardian" if hour == 10 else "self",
        )
        desk.booking.kept[more.booking_id] = more
    ids = list(desk.booking.kept)[1:]
    desk.counter.prepared[ids[0]] = "suzuki"
    desk.counter.cards[ids[1]] = ("elsewhere", "tsurusaki")
    desk.counter.cards[ids[2]] = ("gone", "honcho")
    desk.counter.cards[ids[3]] = ("unknown", None)


async def cards(desk: Desk) -> None:
    lay(desk)
    await desk.sign_in("/preparations")


async def card_ready(desk: Desk) -> None:
    await cards(desk)
    await desk.press("button.tick-first >> nth=0")


async def nothing_to_lay_out(desk: Desk) -> None:
    await desk.sign_in("/preparations")


async def cards_to_return(desk: Desk) -> None:
    lay(desk)
    first = list(desk.booking.kept)[1]
    kept = desk.booking.kept[first]
    desk.booking.kept[first] = kept.model_copy(update={"status": "cancelled"})
    desk.counter.left[first] = "honcho"
    await desk.sign_in("/preparations")


async def card_not_needed_any_more(desk: Desk) -> None:
    await cards(desk)
    second = list(desk.booking.kept)[2]
    kept = desk.booking.kept[second]
    desk.booking.kept[second] = kept.model_copy(update={"status": "cancelled"})
    await desk.press("button.tick-first >> nth=0")


NOTE = "午後は2番窓口の端末が使えません。\n車いすの方は1番窓口へご案内ください。"


async def no_note(desk: Desk) -> None:
    await desk.sign_in()
    await forget_notes(desk)


async def forget_notes(desk: Desk) -> None:
    """The accounts' database is one for all states; each begins without notes."""
    await desk.open("/notes")
    while await desk.page.query_selector("form[action$='/delete'] button"):
        await desk.press("form[action$='/delete'] button >> nth=0")
    await desk.open("/notes")


async def note(desk: Desk, text: str = NOTE) -> None:
    await no_note(desk)
    await desk.page.fill("#body", text)
    await desk.press("main button.button")


async def note_refused(desk: Desk) -> None:
    await note(desk, "折り返しは090-1234-5678へ")


async def note_of_today(desk: Desk) -> None:
    await note(desk)
    await desk.open("/?office=honcho")


async def changing_a_note(desk: Desk) -> None:
    await note(desk)
    await desk.press("a[href^='/notes/'] >> nth=0")


async def note_changed_meanwhile(desk: Desk) -> None:
    await changing_a_note(desk)
    other = await desk.page.context.new_page()
    await other.goto(desk.page.url)
    await other.fill("#body", "端末は直りました。")
    await other.click("main button.button")
    await other.wait_for_load_state()
    await other.close()
    await desk.page.fill("#body", "3番窓口も使えません。")
    await desk.press("main button.button")


async def exchanging(desk: Desk) -> None:
    await desk.sign_in(f"{desk.first}/person")


async def exchange_of_nobody(desk: Desk) -> None:
    await exchanging(desk)
    await desk.press("main button.button")


async def exchange_clashes(desk: Desk) -> None:
    other = a_booking(number="5XR7C2MD8K", starts_at=today_at(9) + 3 * TOMORROW)
    told = {"booking": other.model_dump(mode="json")}
    desk.counter.refusal = Refused(409, "already-booked", told)
    await exchanging(desk)
    await desk.page.fill("#card", "ABC-123456")
    await desk.page.fill("#born", "1960/4/1")
    await desk.press("main button.button")


async def exchanging_beside_a_child(desk: Desk) -> None:
    one = next(iter(desk.booking.kept.values()))
    child = {"starts_at": one.starts_at, "visitor": "guardian"}
    desk.booking.told = {"party": (a_booking(number="5XR7C2MD8K", **child),)}
    await exchanging(desk)


async def exchanged(desk: Desk) -> None:
    await desk.sign_in(f"{desk.first}?changed=person")


def a_party(desk: Desk) -> None:
    other = a_booking(number="5XR7C2MD8K", starts_at=today_at(14))
    desk.booking.told = {"party": (other,)}


async def exchanging_times(desk: Desk) -> None:
    a_party(desk)
    await desk.sign_in(f"{desk.first}/times")


async def times_of_nobody(desk: Desk) -> None:
    await exchanging_times(desk)
    await desk.press("main button.button")


async def closed_meanwhile(desk: Desk) -> None:
    a_party(desk)
    desk.booking.told |= {"displaced": (next(iter(desk.booking.kept)),)}
    await desk.sign_in(f"{desk.first}/times")


async def nobody_beside(desk: Desk) -> None:
    await desk.sign_in(f"{desk.first}/times")


async def no_display(desk: Desk) -> None:
    """The accounts' database is one for all states; each begins without displays."""
    await desk.sign_in("/displays")
    while await desk.page.query_selector("form[action$='/close'] button"):
        await desk.press("form[action$='/close'] button >> nth=0")
    await desk.open("/displays")


async def display_of_nowhere(desk: Desk) -> None:
    await no_display(desk)
    await desk.press("form[action='/displays'] button")


async def display_ready(desk: Desk, theme: str = "dark") -> None:
    await no_display(desk)
    await desk.page.check("input[name=office][value=honcho]")
    await desk.page.check(f"input[name=theme][value={theme}]")
    await desk.press("form[action='/displays'] button")


async def display(desk: Desk, theme: str = "dark") -> None:
    desk.counter.called = [
        CalledNumber(reception=one, window=window, calls=1)
        for one, window in ((27, 3), (25, 1), (24, 12), (22, 4), (26, 2), (21, 5))
    ]
    desk.counter.waiting = [23, *range(28, 39)]
    await display_ready(desk, theme)
    await desk.press("form[action='/display'] button")


async def light_display(desk: Desk) -> None:
    await display(desk, "light")


async def quiet_display(desk: Desk) -> None:
    await display_ready(desk)
    await desk.press("form[action='/display'] button")


async def display_cut_off(desk: Desk) -> None:
    await quiet_display(desk)
    desk.counter.away = True
    await desk.open("/display")


async def display_in_the_list(desk: Desk) -> None:
    await quiet_display(desk)
    await desk.sign_in("/displays")


async def display_ended(desk: Desk) -> None:
    await desk.open("/display")


STATES = (
    DeskState("displays.html", "empty", "いま出している表示はありません", no_display),
    DeskState("displays.html", "no office", "表示する場所を選んでください", display_of_nowhere),
    DeskState("displays.html", "one open", "いま出している表示（1）", display_in_the_list),
    DeskState("display_ready.html", "as it is", "この端末はサインアウトします", display_ready),
    DeskState("display.html", "busy", "お待ちの方 12人", display),
    DeskState("display.html", "light", "お待ちの方 12人", light_display),
    DeskState("display.html", "quiet", "お待ちの方はいらっしゃいません", quiet_display),
    DeskState("display.html", "cut off", "つながりにくくなっています", display_cut_off),
    DeskState("display_ended.html", "as it is", "待合の表示は終わりました", display_ended),
    DeskState("today.html", "notes", "車いすの方は1番窓口へ", note_of_today),
    DeskState("notes.html", "empty", "いまの申し送りはありません", no_note),
    DeskState("notes.html", "written", "申し送りを書きました", note),
    DeskState("notes.html", "refused", "電話番号は書けません", note_refused),
    DeskState("note.html", "as it is", "申し送りの変更", changing_a_note),
    DeskState("note.html", "changed meanwhile", "いまの内容", note_changed_meanwhile),
    DeskState("person.html", "as it is", "新しく来る方", exchanging),
    DeskState("person.html", "beside a child", "には差し替えられません", exchanging_beside_a_child),
    DeskState("person.html", "nothing typed", "予約IDを入力してください", exchange_of_nobody),
    DeskState("person.html", "clash", "5XR7C-2MD8K", exchange_clashes),
    DeskState("booking.html", "exchanged", "別の方に差し替えました", exchanged),
    DeskState("times.html", "as it is", "だれと入れ替えますか", exchanging_times),
    DeskState("times.html", "nobody chosen", "入力内容をお確かめ", times_of_nobody),
    DeskState("times.html", "time closed", "窓口の都合でなくなりました", closed_meanwhile),
    DeskState("times.html", "nobody there", "入れ替えられる予約がありません", nobody_beside),
    DeskState("preparations.html", "as it is", "未準備", cards),
    DeskState("preparations.html", "ticked", "いま「準備済」です", card_ready),
    DeskState("preparations.html", "empty", "準備するカードはありません", nothing_to_lay_out),
    DeskState("preparations.html", "to return", "元の保管場所に戻すカード", cards_to_return),
    DeskState("preparations.html", "gone", "最新の一覧を表示しました", card_not_needed_any_more),
)
