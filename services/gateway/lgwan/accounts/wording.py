"""What rights, states and refusals of accounts are called."""

from services.gateway.lgwan.door.staff import EVERY_OFFICE

from .account import State

GROUPS: tuple[tuple[str, dict[str, str]], ...] = (
    (
        "予約",
        {
            "bookings.read": "予約を見る",
            "bookings.tick": "受付・呼出・完了",
            "bookings.make": "予約を作る",
            "bookings.change": "予約を変える",
            "bookings.cancel": "予約を取り消す",
            "bookings.overbook": "定員を超えて取る",
            "bookings.everywhere": "全所属の照会・予約",
            "cards.number": "製造管理番号を見る",
            "persons.shielded": "Web不可の方を扱う",
            "bookings.export": "一覧を保存する",
            "calls.read": "待合の表示",
        },
    ),
    (
        "運営",
        {
            "schedules.edit": "枠を直す",
            "texts.edit": "文面を直す",
            "deadlines.edit": "締切を直す",
            "settings.edit": "設定を直す",
            "counts.read": "集計を見る",
            "counts.close": "月次確定",
        },
    ),
    ("カード・人", {"persons.import": "取込"}),
    ("管理", {"staff.manage": "利用者・権限", "log.read": "操作ログ"}),
)
RIGHT: dict[str, str] = {code: text for _, group in GROUPS for code, text in group.items()}

STATE: dict[State, str] = {
    "active": "有効",
    "suspended": "停止中",
    "over": "期限が過ぎました",
    "ended": "終了",
}

REFUSED = {
    "taken": "この職員IDは使われています（終了した利用者のIDも、もう使えません）。"
    "別のIDを入力してください。",
    "ended": "この利用者は終了しています。変更はできません。",
    "last-administrator": "この変更をすると、利用者・権限を扱える人がいなくなります。"
    "先に、すべての場所を担当し、最終日のない別の管理者を決めてください。",
    "changed-meanwhile": "ほかの管理者が先に変更していました。"
    "いまの内容を見て、必要ならもう一度操作してください。まだ何も変わっていません。",
}
ALL_OFFICES = "すべての場所"


def office_words(offices: frozenset[str], names: dict[str, str]) -> str:
    """Where somebody works, in the order of the pages."""
    if EVERY_OFFICE in offices:
        return ALL_OFFICES
    gone = sorted(offices - set(names))
    return "・".join([*(name for code, name in names.items() if code in offices), *gone])
