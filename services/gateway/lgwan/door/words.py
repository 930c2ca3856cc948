"""What codes are called on the pages of staff."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

from libs.contracts.booking import (
    STANDING,
    CallResult,
    Channel,
    CorrectionReason,
    Language,
    Need,
    Outcome,
    Proposal,
    Relation,
    Spoken,
    StaffBooking,
    Status,
    Visitor,
)
from libs.contracts.notify import MailKind
from libs.contracts.times import day_of

STATUS: dict[Status, str] = {
    "confirmed": "予約済",
    "arrived": "受付済",
    "finished": "完了",
    "missed": "来庁なし",
    "cancelled": "取消",
}

OUTCOME: dict[Outcome, str] = {
    "collected": "交付済",
    "done": "手続完了",
    "applied": "申請受付済",
    "papers": "書類不足",
    "identity": "本人確認できず",
    "outage": "システム障害",
}

NOT_DONE: tuple[Outcome, ...] = ("papers", "identity", "outage")
"""完了できず, by reason."""

CHANNEL: dict[Channel, str] = {"web": "ネット", "phone": "電話", "counter": "窓口・当日"}

VISITOR: dict[Visitor, str] = {
    "self": "本人",
    "guardian": "本人と法定代理人",
    "proxy": "任意代理人",
}

RELATION: dict[Relation, str] = {
    "self": "わたし",
    "spouse": "配偶者",
    "child": "子",
    "parent": "親",
    "other": "そのほか",
}
"""The word by which a family tells its numbers apart."""

NEED: dict[Need, str] = {
    "wheelchair": "車いす",
    "writing": "筆談・手話",
    "interpreter": "通訳",
    "reading": "代筆・読み上げ",
    "stroller": "ベビーカー",
}

SPOKEN: dict[Spoken, str] = {
    "en": "英語",
    "zh": "中国語",
    "ko": "韓国語",
    "vi": "ベトナム語",
    "tl": "フィリピノ語",
    "ne": "ネパール語",
    "id": "インドネシア語",
    "my": "ミャンマー語",
    "pt": "ポルトガル語",
    "es": "スペイン語",
    "th": "タイ語",
    "other": "そのほかの言語",
}
"""What an interpreter is to speak."""

LANGUAGE: dict[Language, str] = {
    "ja": "日本語",
    "ja-easy": "やさしい日本語",
    "en": "英語",
    "zh-CN": "中国語（簡体字）",
    "ko": "韓国語",
    "vi": "ベトナム語",
}

MAIL_KIND: dict[MailKind, str] = {
    "confirmed": "予約の受付",
    "changed": "日時の変更",
    "updated": "連絡先などの変更",
    "cancelled": "取り消し",
    "reminder": "前日のお知らせ",
    "displaced": "日時変更のお願い（日時の提案あり）",
    "unplaced": "日時変更のお願い",
    "restored": "日時変更が不要になったお知らせ",
    "stopped": "システム障害のお知らせ",
    "resumed": "システム復旧のお知らせ",
    "former": "前の連絡先への変更のお知らせ",
}
MAIL_STATE = {"waiting": "送信待ち", "sent": "送信済", "failed": "届かなかった"}

DEED = {
    "booked": "予約",
    "linked": "予約IDの登録",
    "changed": "日時の変更",
    "updated": "連絡先などの変更",
    "resent": "受付のメールをもう一度送信",
    "replaced": "差替え",
    "swapped": "時間の入れ替え",
    "cancelled": "取消",
    "arrive": "受付",
    "received": "今日・ここで受付",
    "call": "呼出",
    "finish": "完了",
    "miss": "来庁なし",
    "undo": "元に戻す",
    "correct": "結果の訂正",
    "displaced": "窓口の都合で日時の変更をお願い",
    "restored": "日時変更のお願いの取り下げ",
    "stopped": "システム障害で受け付けられない",
    "resumed": "システムが直り、この日時で受け付ける",
    "kept": "日時の変更なしで受け付ける",
    "window": "窓口の移動",
}
"""What a line of a booking's history says happened."""

CORRECTION_REASONS: dict[CorrectionReason, str] = {
    "mistake": "押し間違い",
    "omission": "入力もれ",
    "later": "後から判明",
    "outage": "システム停止中の記録",
}

NOT_ENTERED = "結果未入力"
STATE_FILTERS: dict[str, str] = {
    **{str(status): text for status, text in STATUS.items()},
    "undone": "完了できず",
    "forgotten": NOT_ENTERED,
}
"""What a list may be narrowed to: the states, and two that say more."""


def outcome_words(outcome: Outcome) -> str:
    """交付済, or 完了できず（書類不足）."""
    return f"完了できず（{OUTCOME[outcome]}）" if outcome in NOT_DONE else OUTCOME[outcome]


def state_words(status: Status, outcome: Outcome | None) -> str:
    """What has become of a booking: the outcome says more than 完了."""
    return outcome_words(outcome) if status == "finished" and outcome else STATUS[status]


def state_on(booking: StaffBooking, today: date) -> str:
    """The same as it looks on a day: what nobody ticked on its own day is no longer to come."""
    if booking.status in STANDING and day_of(booking.starts_at) < today:
        return NOT_ENTERED
    return state_words(booking.status, booking.outcome)


FileKind = Literal["xlsx", "csv-utf8", "csv-cp932"]
FILE_KIND: dict[FileKind, str] = {
    "xlsx": "Excel（予約受付一覧表）",
    "csv-utf8": "CSV（UTF-8）",
    "csv-cp932": "CSV（Shift_JIS）",
}

_FILE_AGAIN = "もう一度保存してください。"
FILE_FAILED = {
    "too-many": ("20万件を超えるため、1つのファイルにできません。来庁日や申込日で分けてください。"),
    "disk-full": (
        f"サーバーの保存場所がいっぱいです。システム担当へ知らせ、空きができてから、{_FILE_AGAIN}"
    ),
    "unreachable": f"予約のシステムにつながりませんでした。少し待ってから、{_FILE_AGAIN}",
    "interrupted": f"システムの再起動のため、作成が途中で止まりました。{_FILE_AGAIN}",
    "not-allowed": "ファイルに保存する権限がありません。権限の管理者へ相談してください。",
}
FILE_NOT_MADE = (
    "作成できませんでした。もう一度保存しても直らないときは、システム担当へお知らせください。"
)

PROPOSAL: dict[Proposal, str] = {
    "open": "日時が未定",
    "accepted": "提案の日時に変更",
    "moved": "別の日時に変更",
    "kept": "そのまま残す",
    "cancelled": "取消",
    "over": "来庁日を過ぎた",
}
"""What became of a booking that a change of times displaced."""

CALL: dict[CallResult, str] = {"done": "済", "absent": "不在"}


def need_words(
    needs: Iterable[Need], interpreter: Spoken | None, language: Language
) -> Iterator[str]:
    """What to have ready. The language of the booking is that of an interpreter whose language was
    not asked for."""
    for need in needs:
        yield NEED[need] if need != "interpreter" else f"通訳（{_spoken(interpreter, language)}）"


def _spoken(interpreter: Spoken | None, language: Language) -> str:
    if interpreter:
        return SPOKEN[interpreter]
    return "言語は未確認" if language in ("ja", "ja-easy") else LANGUAGE[language]
