"""Why a setting cannot be, or may surprise, in words; and settings in words for the log."""

from libs.contracts.booking import SettingProblem, Value

from .fields import Field, SettingForm

PROBLEMS = {
    "too-long": "{most}文字以内で入力してください。",
    "too-many-lines": "{most}行以内で入力してください。",
    "minutes": "{step}分きざみで、{step}から{most}までの分数を入力してください。例：15",
    "range": "{least}から{most}までの数で入力してください。",
    "closes-before-it-opens": (
        "受付を始める日（{opens}日前）より前に締め切ることになり、だれも予約できません。"
        "{opens}以下にしてください。"
    ),
    "changes-end-before-it-opens": (
        "受付を始める日（{opens}日前）より前に変更を締め切ることになり、だれも変更できません。"
        "{opens}以下にしてください。"
    ),
    "card-without-collected": "名簿で確かめる手続きには、「交付済」が要ります。",
    "collected-without-card": (
        "「交付済」は、名簿で確かめる手続きだけで使えます。どのカードの交付かがわからないためです。"
    ),
    "nobody-comes": "選べる来庁者がいなくなります。少なくとも1つは選べるようにしてください。",
    "everybody-by-phone": (
        "来庁者がすべて「電話へ案内」です。「電話だけで受け付ける」を選んでください。"
    ),
    "inquiry-without-proxy": (
        "照会書兼回答書を聞くのは、任意代理人がネットで予約できるときだけです。"
    ),
    "inquiry-without-documents": (
        "照会書兼回答書を聞くときは、任意代理人の持ち物に、その書類を書いてください。"
    ),
    "both-required": (
        "メールアドレスと電話番号を両方とも必須にはできません。"
        "片方しかお持ちでない方が予約できなくなるためです。"
    ),
    "cards-with-card": "名簿で確かめる手続きは、1件が1枚です。枚数は聞けません。",
    "has-bookings": (
        "これから来る予約が{count}件あるため、変えられません。"
        "二重予約を見分けられなくなるためです。別の手続きを追加し、この手続きの受付を終えてください。"
    ),
    "phone": "市外局番から、ハイフンを入れて入力してください。例：097-534-6111",
    "same-name": ("同じ名前の場所があります。取込で見分けられないため、別の名前にしてください。"),
    "no-such-office": "場所の名前を、設定の一覧のとおりに入力してください。",
    "same-day-twice": "同じ日の同じ場所が2行あります。片方を消してください。",
    "same-day": "同じ日の住所が2つあります。日を変えるか、片方を消してください。",
}
"""By code; each stands under or beside the label of its setting."""

WARNINGS = {
    "changes-end-first": (
        "変更の締切が予約の締切（{closes}日前）より早いため、そのあとに予約した方は、"
        "ネットで日時を変更できません。"
    ),
    "children-by-phone": "15歳未満の方は、ネットで予約できません（電話へ案内します）。",
    "no-times": "枠がありません。枠を作るまで、予約サイトでは予約できません。",
    "longer-than-open": "どの枠の時間帯（最長{most}分）にも収まらないため、予約できません。",
    "other-units": ("枠の間隔は{units}分のままです。予約が始まる時刻は、枠の間隔で決まります。"),
    "bookings-stay": "これから来る予約が{count}件あります。予約はそのまま残ります。",
    "bookings-keep-length": ("これから来る予約のうち{count}件は、取ったときの長さのままです。"),
    "free-starts": (
        "{office}は、{day}から{old}分が{new}分になります。その日からの1週間で、"
        "空いている開始時刻は{before}から{after}になります。すでにある予約の長さは変わりません。"
    ),
    "last-open": "ネットで予約できる手続きがなくなります。",
    "last-office": "予約できる場所がなくなります。",
    "lines": "日本語（{japanese}行）と行数が違うため、日本語のまま表示されます。",
}


def sentence(problem: SettingProblem, sheet: SettingForm) -> str:
    if problem.code == "missing":
        field = sheet.field(problem.field)
        return "選んでください。" if field and field.group else "入力してください。"
    known = {**WARNINGS, **PROBLEMS}
    return known.get(problem.code, "この値は使えません。").format(**problem.facts)


def in_words(field: Field | None, value: Value | None) -> str:
    """A value as the log and a comparison show it."""
    if value is None or value == "" or value == ():
        return "（なし）"
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, tuple):
        return "\n".join(_line(field, one) for one in value)
    return _chosen(field, str(value)) + (field.unit if field else "")


def _line(field: Field | None, line: str) -> str:
    return field.in_form(line) if field and field.kind == "lengths" else _chosen(field, line)


def _chosen(field: Field | None, code: str) -> str:
    return dict(field.choices).get(code, code) if field else code
