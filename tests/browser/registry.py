"""Every page of the citizens' door in every state, and the way there."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from services.gateway.internet.tests.fakes import WAITING

from . import family, own, steps
from .scene import Scene

Reach = Callable[[Scene], Awaitable[None]]


@dataclass(frozen=True)
class State:
    """`path` is the route, `template` what it shows, `says` words that only this state has."""

    path: str
    template: str
    name: str
    says: str
    reach: Reach

    @property
    def id(self) -> str:
        """For people, and for the names of files."""
        return f"{self.template.removesuffix('.html')}-{self.name}".replace(" ", "-")


def opens(path: str) -> Reach:
    return lambda scene: scene.open(path)


def page(path: str, template: str, *states: tuple[str, str, Reach]) -> tuple[State, ...]:
    """The states (name, says, reach) of a page."""
    return tuple(State(path, template, *state) for state in states)


NOT_PAGES = {
    "/book/{draft}/time": "leads on to the calendar",
    "/booking/{draft}/time": "leads on to the calendar",
    "/availability/{procedure}/{office}": "leads on to the first month with places",
    "/book/{draft}/week": "leads on to the first week with places",
    "/booking/{draft}/week": "leads on to the first week with places",
}
"""What a GET answers with a step to another page, and why."""

FILES = (".ics", ".svg")
"""How the addresses end that answer with a file."""

BOOK, BOOKING = "/book/{draft}", "/booking/{draft}"
MONTH = "/month/{procedure}/{office}"
FREE = "/availability/issuance/honcho/2026-12"
NO_DAY, NO_TIME = "予約できる日がありません", "予約できる時間がありません"
NO_MATCH, TRIED_OFTEN = "入力内容を確認できませんでした", "お電話で続けられます"
FOR_ALL, SOON = "確認に少し時間がかかります", "12秒ほど待ってから"

NOTICE = "台風のため、12月2日の窓口はお休みします。お電話でお問い合わせください。"
UNTIL = "12月1日 午前6時まで、機器の入れ替えを行います。"
OVERVIEW = "/availability/issuance"

ENTRANCE = (
    *page(
        "/",
        "home.html",
        ("as it is", "どの手続きを予約しますか", opens("/")),
        ("all full", "どの場所にも空きがありません", partial(steps.all_full, path="/")),
        ("closed", "受け付けていません", partial(steps.offered, online="paused", path="/")),
        ("notice", "どの手続きを予約しますか", partial(steps.told, path="/", notice=NOTICE)),
        ("outage", "どの手続きを予約しますか", partial(steps.in_outage, path="/")),
    ),
    *page(
        "/",
        "maintenance.html",
        ("as it is", UNTIL, partial(steps.told, path="/", maintenance=UNTIL)),
    ),
    *page("/help", "help.html", ("as it is", "製造管理番号", opens("/help"))),
    *page("/privacy", "privacy.html", ("as it is", "30日後に消します", opens("/privacy"))),
    *page("/accessibility", "accessibility.html", ("as it is", "8341", opens("/accessibility"))),
    *page("/language", "language.html", ("as it is", "Tiếng Việt", opens("/language"))),
    *page(
        "/book",
        "procedures.html",
        ("as it is", "どの手続きを予約しますか", opens("/book")),
        ("lost", "はじめから、もう一度", opens("/book?again=1")),
        ("by phone", "お電話でご予約", steps.by_phone_only),
    ),
    *page("/availability", "availability.html", ("as it is", "手続き", opens("/availability"))),
    *page(
        "/availability/{procedure}",
        "availability_offices.html",
        ("as it is", "最も早い空き", opens(OVERVIEW)),
        ("later", "前の2週間", opens(OVERVIEW + "?from=2026-12-20")),
        ("all full", "空きがありません", partial(steps.all_full, path=OVERVIEW)),
        ("paused", "止めています", partial(steps.offered, online="paused", path=OVERVIEW)),
        ("by phone", "お電話で", partial(steps.offered, online="phone", path=OVERVIEW)),
        ("nowhere", "お電話で", partial(steps.offered_nowhere, path=OVERVIEW)),
    ),
    *page(
        "/availability/{procedure}/{office}/{month}",
        "month.html",
        ("before identification", "いつ空いていますか", opens(FREE)),
        ("nothing free before identification", NO_DAY, partial(steps.all_full, path=FREE)),
    ),
)

BEFORE_THE_TIME = (
    *page(
        BOOK + "/card",
        "card.html",
        ("as it is", "どのカードを", Scene.begin),
        ("mistyped", "英数字3文字と数字6桁です", steps.card_mistyped),
        ("individual number", "この予約では使いません", steps.individual_number),
        ("no match", NO_MATCH, partial(steps.card_with, card="ZZZ-999999")),
        ("locked", TRIED_OFTEN, steps.card_locked),
        ("costs a puzzle", FOR_ALL, partial(steps.card_tolled, refused=steps.LOCKED["many"])),
        ("too soon", SOON, partial(steps.card_tolled, refused=steps.SOON)),
        (
            "collected",
            "すでにお渡ししています",
            partial(steps.card_refused, status=409, slug="already-collected"),
        ),
        ("again", "もう一度、確かめさせてください", steps.card_again),
    ),
    *page(
        BOOK + "/office",
        "office.html",
        ("as it is", "最も早い空き", partial(Scene.begin, procedure="pin")),
        ("all full", "空きがありません", steps.pin_offices_full),
    ),
    *page(
        BOOK + "/visitor",
        "visitor.html",
        ("of a card", "お預かりしている", Scene.to_visitor),
        ("with a proxy", "本人は来ない", steps.office_chosen),
    ),
    *page(BOOK + "/inquiry", "inquiry.html", ("as it is", "お持ちですか", steps.inquiry)),
    *page(BOOK + "/guardian", "guardian.html", ("as it is", "15歳未満", steps.child_alone)),
    *page(
        BOOK + "/phone/{why}",
        "by_phone.html",
        ("proxy", "代理の方には", steps.proxy_of_a_card),
        ("inquiry", "その日には手続きが終わりません", steps.no_inquiry),
    ),
)

SECOND = BOOK + "/people/{person:int}"

TOGETHER = (
    *page(
        BOOK + "/also",
        "also.html",
        ("as it is", "ほかの手続きもしますか", family.also),
    ),
    *page(SECOND + "/also", "also.html", ("of the second", "2人目の方", family.second_also)),
    *page(
        BOOK + "/procedure", "procedures.html", ("another", "どの手続き", family.another_procedure)
    ),
    *page(
        BOOK + "/people",
        "people.html",
        ("as it is", "もう1人加える", family.people),
        ("two", "どのように手続きしますか", family.two),
        ("four", "人数に達しました", family.four),
    ),
    *page(
        SECOND + "/card",
        "card.html",
        ("of the second", "2人目の方", family.add),
        ("of the second mistyped", "英数字3文字と数字6桁です", family.second_mistyped),
    ),
    *page(SECOND + "/elsewhere", "elsewhere.html", ("as it is", "鶴崎支所", family.far_card)),
    *page(SECOND + "/visitor", "visitor.html", ("of the second", "2人目の方", family.add_card)),
    *page(SECOND + "/guardian", "guardian.html", ("of the second", "15歳未満", family.child)),
    *page(SECOND + "/inquiry", "inquiry.html", ("of the second", "お持ち", family.second_inquiry)),
    *page(
        SECOND + "/phone/{why}",
        "by_phone.html",
        ("of the second", "代理の方には", family.second_by_phone),
    ),
    *page(
        SECOND + "/you", "you.html", ("of the second", "在留カードのローマ字", family.second_tells)
    ),
    *page(BOOK + "/days", "days.html", ("of two", "どの日に", family.two_look_for_a_day)),
    *page(BOOK + "/you", "you.html", ("of two", "お取りしています", family.two_have_a_time)),
    *page(
        BOOK + "/check",
        "check.html",
        ("of two", "2人目の方", family.two_check),
        ("of two procedures", "電子証明書の更新", family.several_check),
    ),
    *page(BOOK + "/procedure", "procedures.html", ("added later", "どの手続き", family.add_later)),
    *page(
        BOOK + "/alone", "alone.html", ("as it is", "加えられません", family.no_room_for_another)
    ),
    *page(BOOK + "/done", "done.html", ("of two", "PARTY-00002", family.two_done)),
)

TIMES = (
    *page(
        BOOK + MONTH,
        "month.html",
        ("as it is", "どの日に行きますか", Scene.to_month),
        ("nothing free", NO_DAY, steps.month_without_places),
        ("elsewhere", "ほかの場所の時間を選ぶ", steps.month_elsewhere),
    ),
    *page(BOOKING + MONTH, "month.html", ("of a change", "どの日に", own.change_month)),
    *page(
        BOOK + "/day/{day}",
        "day.html",
        ("as it is", "何時に行きますか", Scene.to_day),
        ("nothing free", NO_TIME, steps.day_without_places),
        ("guided", "この日のご案内", partial(steps.guided, reach=Scene.to_day)),
        ("elsewhere", "ほかの場所の空き", partial(steps.elsewhere, path="/day/2026-12-02")),
        ("taken", "近い時間はこちらです", steps.time_taken),
        ("busy", "もう一度選ぶ", partial(steps.time_taken, slug="busy")),
        ("closed", "いまは予約できません", partial(steps.time_taken, slug="not-offered")),
        ("held enough", "長くお取りしていた", partial(steps.time_taken, slug="held-enough")),
        ("nothing near", "近い時間に空きがありません", steps.time_taken_and_nothing_near),
    ),
    *page(
        BOOK + "/week/{monday}",
        "week.html",
        ("as it is", "どの時間に行きますか", steps.week),
        ("guided", "東口から", partial(steps.guided, reach=steps.week)),
        ("nothing free", "この週には", steps.week_without_places),
    ),
    *page(BOOKING + "/week/{monday}", "week.html", ("of a change", "どの時間", own.change_week)),
    *page(
        BOOK + "/days",
        "days.html",
        ("as it is", "空きのある日だけ", steps.days),
        ("nothing free", "いま予約できる時間がありません", steps.no_days),
        ("elsewhere", "ほかの場所の空き", partial(steps.elsewhere, path="/days")),
    ),
    *page(BOOKING + "/days", "days.html", ("of a change", "空きのある日だけ", own.change_days)),
    *page(
        BOOKING + "/day/{day}",
        "day.html",
        ("of a change", "何時に", own.change_day),
        ("beside another child", "法定代理人の方は", own.change_beside_another_child),
    ),
    *page(
        BOOK + "/time",
        "slow.html",
        ("costs a puzzle", "確認に少し時間がかかります", steps.time_costs_a_puzzle),
        ("later", "8時21分を過ぎると選べます", steps.time_later),
    ),
    *page(BOOKING + "/time", "slow.html", ("of a change", "少し時間がかかります", own.change_slow)),
)

TO_THE_END = (
    *page(
        BOOK + "/you",
        "you.html",
        ("of a card", "確認メールを受け取りますか", Scene.to_you),
        ("with a name", "在留カードのローマ字", steps.pin_you),
        ("nothing told", "入力内容をお確かめ", steps.nothing_told),
        ("mistyped", "入力内容をお確かめ", steps.address_mistyped),
        ("everything", "手続きをするカードの枚数", steps.everything_asked),
    ),
    *page(
        BOOK + "/check",
        "check.html",
        ("of a card", "8時10分まで", Scene.to_check),
        ("guided", "この日のご案内", partial(steps.guided, reach=Scene.to_check)),
        ("with a name", "オオイタ ハナコ", steps.pin_check),
        ("suggestion", "ではありませんか", steps.suggestion),
        ("soon over", "まもなく期限です", steps.soon_over),
        ("extended", "8時15分まで", steps.extended),
        ("not to be extended", "この期限は延ばせません", steps.extended_for_the_last_time),
    ),
    *page(
        BOOK + "/check",
        "expired.html",
        ("as it is", "まだ空いています", steps.expired),
        ("taken", "近い時間はこちらです", steps.expired_and_taken),
    ),
    *page(BOOK + "/resume", "resume.html", ("as it is", "続きから", steps.session_lost)),
    *page(BOOK + "/existing", "existing.html", ("as it is", "可能性が", steps.already_booked)),
    *page(BOOK + "/alike", "alike.html", ("as it is", "お名前の違う予約", steps.like_another)),
    *page(
        BOOK + "/done",
        "done.html",
        ("with a mail", "確認メールをお送り", Scene.to_done),
        ("guided", "この日のご案内", partial(steps.guided, reach=Scene.to_done)),
        ("without a mail", "書き写すか", partial(Scene.to_done, email="")),
        ("mail waits", "まだお送りしていません", partial(Scene.to_done, email=WAITING)),
    ),
)

OWN_BOOKING = (
    *page(
        "/find",
        "find.html",
        ("as it is", "どの予約を", opens("/find")),
        ("mistyped", "予約番号は、英数字10文字です", partial(Scene.find, number="123")),
        ("no match", NO_MATCH, partial(Scene.find, number="8K2M4-7QX3Q")),
        ("locked", TRIED_OFTEN, partial(own.find_tolled, refused=steps.LOCKED["number"])),
        ("costs a puzzle", FOR_ALL, partial(own.find_tolled, refused=steps.LOCKED["many"])),
        ("too soon", SOON, partial(own.find_tolled, refused=steps.SOON)),
        ("lost", "もう一度、予約番号を", own.booking_lost),
    ),
    *page(
        "/find/card",
        "find_card.html",
        ("as it is", "どのカードの予約", opens("/find/card")),
        ("mistyped", "英数字3文字と数字6桁です", partial(own.by_card, card="AB-12")),
        ("no match", NO_MATCH, own.by_card),
        ("locked", TRIED_OFTEN, partial(own.card_tolled, refused=steps.LOCKED["number"])),
        ("costs a puzzle", FOR_ALL, partial(own.card_tolled, refused=steps.LOCKED["many"])),
        ("too soon", SOON, partial(own.card_tolled, refused=steps.SOON)),
    ),
    *page("/open/{token}", "open.html", ("as it is", "ボタンを押しても", own.link)),
    *page("/open", "open_lost.html", ("as it is", "使えません", own.dead_link)),
    *page(
        BOOKING + "/show",
        "booking.html",
        ("confirmed", "予約済み", Scene.to_booking),
        ("guided", "この日のご案内", partial(steps.guided, reach=Scene.to_booking)),
        ("too late", "期限を過ぎて", own.booking_as),
        ("past", "日時は過ぎています", own.in_the_past),
        ("late", "このままお越しください", own.late),
        ("mail sent again", "もう一度お送りします", own.mail_sent_again),
        ("mailed enough", "これ以上お送りできません", own.mailed_enough),
        ("mails unopened", "今日はこれ以上、メールが届く操作", own.mails_unopened),
        ("mail waits", "まだお送りしていません", own.mail_waits),
        ("mail not delivered", "お届けできませんでした", own.mail_failed),
        ("cancelled of a party", "ほかの方（2人）", own.cancelled_of_a_party),
        ("finished", "手続き完了", partial(own.booking_as, status="finished")),
        ("missed", "来庁の記録がありません", partial(own.booking_as, status="missed")),
        ("cancelled", "取り消しました", own.cancelled),
        ("found cancelled", "取り消されています", own.found_cancelled),
        ("displaced", "受け付けられなくなりました", own.displaced),
        ("met by an outage", "締切に関係なく", own.met_by_an_outage),
        ("the proposal is over", "ほかの方も選べるようになりました", own.proposal_over),
        ("contact changed", "連絡先を変更しました", own.contact_changed),
        ("changed", "変更しました", own.changed),
    ),
    *page(
        BOOKING + "/contact",
        "contact.html",
        ("as it is", "変えるときだけ", own.to_contact),
        ("mistyped", "入力内容をお確かめ", own.contact_mistyped),
        ("asks", "ではありませんか", own.contact_asked),
    ),
    *page(BOOKING + "/office", "office.html", ("of a change", "最も早い", own.pin_office)),
    *page(BOOKING + "/resume", "resume.html", ("of a booking", "続きから", own.session_lost)),
    *page(BOOKING + "/cancel", "cancel.html", ("as it is", "取り消しますか", own.to_cancel)),
    *page(BOOKING + "/check", "change.html", ("as it is", "いまのご予約の日時", Scene.to_change)),
    *page(BOOKING + "/check", "expired.html", ("of a change", "まだ", own.change_expired)),
)

ERRORS = (
    *page(BOOK + "/time", "error.html", ("400", "読み取れませんでした", steps.garbled_form)),
    *page(BOOK + "/confirm", "error.html", ("403", "受け付けられ", steps.foreign_form)),
    *page("", "error.html", ("404", "ページが見つかりません", opens("/nowhere"))),
    *page(BOOK + "/confirm", "error.html", ("405", "直接開けません", opens("/book/x/confirm"))),
    *page(BOOK + "/card", "error.html", ("413", "大きすぎます", steps.long_form)),
    *page(
        BOOK + "/time",
        "error.html",
        ("429", "短い時間に", steps.too_often),
        ("500", "システムに問題", steps.our_fault),
        ("503", "つながりにくく", steps.unreachable),
    ),
)

STATES = (*ENTRANCE, *BEFORE_THE_TIME, *TIMES, *TO_THE_END, *TOGETHER, *OWN_BOOKING, *ERRORS)
