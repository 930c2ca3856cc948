"""The form of a procedure."""

from collections.abc import Iterable

from markupsafe import Markup

from libs.contracts.booking import (
    OTHER_LANGUAGES,
    VISITORS,
    Language,
    Office,
    Procedure,
    Visitor,
)
from services.gateway.lgwan.door.words import LANGUAGE, OUTCOME, VISITOR

from .fields import Choices, Field, Section, SettingForm

USES: Choices = (("off", "聞かない"), ("optional", "任意"), ("required", "必須"))
COMES: Choices = (
    ("yes", "ネットで予約できる"),
    ("phone", "電話へ案内する（理由を示す）"),
    ("no", "選べないようにする"),
)
ONLINE: Choices = (
    ("open", "受け付ける"),
    ("paused", "一時的に止める"),
    ("phone", "電話だけで受け付ける"),
)
JOINS: Choices = (("sum", "時間を足す"), ("max", "同時に行う（長いほうの時間）"))
OWN_GROUP = "この手続きだけで見る"
_LINES = "1行に1つ。"
EVERYWHERE = "すべての場所"
_READINGS = Markup("ふりがなは、<code>{窓口|まどぐち}</code>のように書きます。")


def procedure_sheet(
    procedures: Iterable[Procedure], own_id: str = "", offices: Iterable[Office] = ()
) -> SettingForm:
    """The form for the procedure of that id, or for a new one."""
    return SettingForm(
        (
            Section("基本", (*_BASIC, *_rules(_groups(procedures, own_id)))),
            _lengths(offices),
            Section("受付期間", _PERIOD, "来庁する日から数えた日数です。0は当日です。"),
            Section("来庁者と持ち物", (*_PAPERS, *_visitors())),
            Section("お聞きすること", _ASKED, "聞かない項目は、予約サイトに出ません。"),
            *(_words(language) for language in OTHER_LANGUAGES),
        )
    )


_BASIC = (
    Field(
        "plain", "市民向けの見出し", required=True,
        hint="市民が選ぶときの言葉です。例：暗証番号を忘れた・変えたい",
    ),
    Field("name", "手続きの名前", hint="例：暗証番号再設定・変更", required=True),
    Field(
        "minutes", "窓口での時間", "number", unit="分", first="30分", required=True,
        hint="5分きざみで、240分まで。すでにある予約の長さは変わりません。例：15",
    ),
    Field("online", "ネットでの受付", "one", choices=ONLINE, first="受け付ける"),
    Field(
        "hidden", "この手続きの受付を終え、予約サイトに出さない", "flag",
        hint="すでにある予約は残ります。あとで元に戻せます。",
    ),
    Field("position", "並び順", "number", hint="小さい順に並びます。例：3", required=True),
)  # fmt: skip


def _lengths(offices: Iterable[Office]) -> Section:
    """Other lengths from a day on; the names of offices are as they are typed."""
    names = tuple((office.office_id, office.name) for office in offices)
    field = Field(
        "lengths", "日や場所で変わる時間", "lengths", choices=(("", EVERYWHERE), *names),
        hint=f"{_LINES}例：2027年4月1日から20分　大南支所。場所を書かないと、すべての場所です。"
        "場所を書いたものが優先します。すでにある予約の長さは変わりません。",
    )  # fmt: skip
    return Section("窓口での時間の変更", (field,))


def _rules(groups: Choices) -> tuple[Field, ...]:
    worked: Choices = tuple((code, OUTCOME[code]) for code in ("collected", "done", "applied"))
    return (
        Field(
            "needs_card", "取り込んだ対象者の名簿で、予約IDと生年月日を確かめる", "flag",
            hint="カードの交付で使います。ほかの手続きでは、氏名カナと生年月日をうかがいます。",
        ),
        Field(
            "any_office", "カードのある場所以外でも予約できる", "flag",
            hint="名簿で確かめない手続きは、この欄にかかわらず、枠のあるどの場所でも予約できます。",
        ),
        Field("outcomes", "窓口で記録する結果", "many", choices=worked, required=True),
        Field(
            "group", "二重予約を確かめる区分", "one", choices=groups, first=OWN_GROUP,
            hint="同じまとまりの手続きは、1人が同時に1つだけ予約できます。",
        ),
        Field(
            "joins", "ほかの手続きと一緒に行うとき", "one", choices=JOINS, first="時間を足す",
        ),
        Field(
            "party_limit", "一度に予約できる人数", "number", unit="人", first="4人", required=True,
            hint="1から4まで。例：4",
        ),
    )  # fmt: skip


_PERIOD = (
    Field(
        "opens_days_before", "予約の受付を始める日", "number", unit="日前から", first="45日前",
        required=True, hint="例：45",
    ),
    Field(
        "closes_days_before", "予約の締切", "number", unit="日前まで", first="1日前",
        required=True, hint="0は、当日の開始時刻まで。例：3",
    ),
    Field(
        "changes_days_before", "日時の変更の締切", "number", unit="日前まで", first="1日前",
        required=True, hint="取り消しは、締切のあとも開始時刻までできます。例：2",
    ),
)  # fmt: skip
_PAPERS = (
    Field(
        "documents", "持ち物（共通）", "lines",
        hint=f"{_LINES}例：マイナンバーカード",
    ),
    Field(
        "notes", "注意", "lines",
        hint=f"{_LINES}例：カードは後日、ご自宅へ郵送します。",
    ),
)  # fmt: skip
_ASKED = (
    Field("email", "メールアドレス", "one", choices=USES, first="任意"),
    Field("phone", "電話番号", "one", choices=USES, first="聞かない"),
    Field("asks_needs", "窓口でのお手伝い（車いす、筆談など）を聞く", "flag", first="聞く"),
    Field(
        "asks_inquiry", "代理の方に、照会書兼回答書があるかを聞く", "flag",
        hint="「ない」と答えた方は、電話へ案内します。",
    ),
    Field(
        "asks_cards", "カードの枚数を聞く", "flag",
        hint="家族の分をまとめて行う手続きで使います。",
    ),
)  # fmt: skip


def _groups(procedures: Iterable[Procedure], own_id: str) -> Choices:
    """A group of its own first; the others are named after the procedures in them."""
    names: dict[str, list[str]] = {}
    own = own_id
    for procedure in procedures:
        if procedure.procedure_id == own_id:
            own = procedure.group
        else:
            names.setdefault(procedure.group, []).append(procedure.name)
    if own in names:
        own = own_id if own_id not in names else f"{own_id}-alone"
    others = ((group, f"「{'」「'.join(found)}」と同じ") for group, found in names.items())
    return ((own, OWN_GROUP), *others)


def _visitors() -> tuple[Field, ...]:
    return tuple(field for visitor in VISITORS for field in _visitor(visitor))


def _visitor(visitor: Visitor) -> tuple[Field, ...]:
    who = VISITOR[visitor]
    return (
        Field(f"come.{visitor}", f"{who}が来る場合", "one", choices=COMES, first=COMES[0][1]),
        Field(f"rules.{visitor}.documents", f"{who}の場合に加わる持ち物", "lines", hint=_LINES),
        Field(
            f"rules.{visitor}.phone_reason",
            f"{who}を電話へ案内する理由",
            "long",
            hint="「電話へ案内する」を選んだときだけ使います。ほかを選ぶと消えます。",
        ),
    )


def _words(language: Language) -> Section:
    hint = f"{_LINES}日本語と同じ行数で書きます。"
    where = f"texts.{language}"
    fields = [
        Field(f"{where}.plain", "市民向けの見出し"),
        Field(f"{where}.name", "手続きの名前"),
        Field(f"{where}.documents", "持ち物", "lines", hint=hint),
        Field(f"{where}.notes", "注意", "lines", hint=hint),
    ]
    for visitor in VISITORS:
        rule, who = f"{where}.rules.{visitor}", VISITOR[visitor]
        fields.append(Field(f"{rule}.documents", f"{who}の場合に加わる持ち物", "lines", hint=hint))
        fields.append(Field(f"{rule}.phone_reason", f"{who}を電話へ案内する理由", "long"))
    return translated(language, fields)


def translated(language: Language, fields: Iterable[Field]) -> Section:
    """A folded group of words in another language."""
    tag = "ja" if language == "ja-easy" else language
    spoken = tuple(Field(**{**vars(field), "lang": tag}) for field in fields)
    hint = Markup("空欄のところは、日本語のまま表示されます。")
    more = _READINGS if language == "ja-easy" else ""
    return Section(f"ことば（{LANGUAGE[language]}）", spoken, hint + more, folded=True)


def new_procedure(position: int) -> Procedure:
    """What the form of a new one begins with."""
    return Procedure(
        procedure_id="",
        name="",
        plain="",
        group="",
        minutes=30,
        needs_card=False,
        outcomes=("done",),
        visitors=VISITORS,
        documents=(),
        notes=(),
        opens_days_before=45,
        closes_days_before=1,
        changes_days_before=1,
        position=position,
        version=0,
        online="paused",
    )
