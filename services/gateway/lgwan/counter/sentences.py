"""What the form of a booking for others says: by the slug of a refusal, with the field it is at."""

TAKEN = "この時間は、ほかの方が先に選びました。"
AGAIN = "確保の期限が過ぎていたので、同じ時間を取り直しました。"
MOVED = "内容が変わったので、同じ時間を取り直しました。"
ANOTHER = "時刻を取り直しました。"
EXPIRED = "お取りしていた時間は、切れている間にほかの方が選びました。近い時間を選んでください。"
DROPPED = "内容が変わったので、時間を選び直してください。"
REMOVED = "1人を外しました。"
COME_BACK = "サインアウトする前に入力した内容です。まだ予約していません。"
GIVEN_BACK = "確保をやめました。"
NO_TIME = "時間を選んでください。"
NO_OFFICE = "場所を選んでください。"
AWAY = (
    "予約のシステムにつながりません。入力はそのままです。少し待ってから、もう一度押してください。"
)
CARD_AWAY = (
    "いま、予約IDを確認できません。お急ぎのときは「予約IDがわからない」で予約し、"
    "あとで確認できます。"
)
ALREADY = "すでに同じ種類の予約があります。"
LIKE = "生年月日と、電話番号か氏名が同じ方の予約があります。"
CLASH = ("already-booked", "like-another")
"""Refusals because of another booking, of which something is shown."""

REFUSALS: dict[str, tuple[str, str]] = {
    "no-match": (
        "card",
        "この番号と生年月日の方が見つかりません。番号と、ご本人の生年月日を確かめてください。",
    ),
    "not-found": ("office", "担当する場所から選んでください。"),
    "individual-number": ("card", "12桁のマイナンバーは入力しないでください。"),
    "already-collected": ("card", "このカードは、すでにお渡ししています。"),
    "not-eligible": ("card", "予約IDと生年月日を確認してください。交付の準備ができていません。"),
    "card-elsewhere": ("office", "カードは別の場所にあります。"),
    "not-offered": ("when", "この時間は受け付けていません。ほかの時間を選んでください。"),
    "hold-expired": ("when", "確保の期限が過ぎました。時間を選び直してください。"),
    "guardian-needed": ("visitor", "15歳未満の方は、法定代理人と一緒に来ていただきます。"),
    "one-window": ("visitor", "法定代理人の方が同じなら、1つの窓口で続けて受け付けます。"),
    "malformed": (
        "procedure",
        "この組み合わせでは予約できません。手続きと来庁者をお確かめください。",
    ),
    "busy": ("when", "ただいま混み合っています。もう一度押してください。"),
    "other-birth": ("born", "予約を受けたときの生年月日と違います。"),
    "version-conflict": (
        "card",
        "ほかの端末で、先に変更されていました。画面を開き直してください。",
    ),
    "not-active": ("card", "この予約は、取り消されたか、日が過ぎています。"),
    "wrong-state": ("card", "この予約は、予約IDの確認を待っていません。画面を開き直してください。"),
    "already-booked": ("card", f"この方には、{ALREADY}"),
}
"""The field a refusal is shown at, and the sentence."""

OF_A_PERSON = frozenset({"procedure", "card", "born", "kana", "visitor"})
"""FormData that each person of the form has."""


def whose(person: int) -> str:
    """2人目"""
    return f"{person + 1}人目"


def clash(slug: str, person: int, same_as: int | None, is_party: bool) -> str:
    """`person` has another booking of the kind, or is `same_as` another one of the party."""
    if same_as is not None:
        return f"{whose(person)}の方は、{whose(same_as)}の方と同じ方です。"
    if slug == "like-another":
        return f"{whose(person)}：{LIKE}" if is_party else LIKE
    return f"{whose(person)}の方には、{ALREADY}" if is_party else f"この方には、{ALREADY}"


def card_found(office: str) -> str:
    return f"予約IDを確認できました。カードは{office}にあります。"


def choose_again(office: str) -> str:
    return f"カードは{office}にあります。場所を{office}にして、時間を選び直してください。"


def not_yours(office: str) -> str:
    return f"カードは{office}にあります。担当する場所ではないため、ここでは予約できません。"


def lies_apart(office: str) -> str:
    return f"カードは{office}にあります。この方を外して、{office}で別に予約してください。"


def too_many(limit: int) -> str:
    return f"一度に予約できるのは{limit}人までです。ほかの方は、別に予約してください。"


def no_room_for(people: int) -> str:
    return (
        f"この時間には、{people}人分の空きがありません。"
        "近い時間を選ぶか、「どのように」を変えてください。"
    )
