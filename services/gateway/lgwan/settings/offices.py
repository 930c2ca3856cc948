"""The form of an office."""

from libs.contracts.booking import MOST_LATER, OTHER_LANGUAGES, Language, Office
from services.gateway.lgwan.door.words import LANGUAGE

from .fields import Field, Section, SettingForm
from .procedures import translated

_BASIC = (
    Field("name", "場所の名前", hint="例：鶴崎支所", required=True),
    Field("kana", "ふりがな", hint="例：つるさき", required=True),
    Field("address", "住所", hint="例：大分市東鶴崎一丁目2番3号", required=True),
    Field(
        "phone", "電話番号", hint="ハイフンを入れて。例：097-534-6111", required=True, folded=True
    ),
    Field("position", "並び順", "number", hint="小さい順に並びます。例：3", required=True),
    Field(
        "hidden", "この場所の受付を終え、予約サイトに出さない", "flag",
        hint="すでにある予約は残ります。あとで元に戻せます。",
    ),
)  # fmt: skip


def office_sheet() -> SettingForm:
    return SettingForm(
        (
            Section("基本", _BASIC),
            *(_move(number) for number in range(1, MOST_LATER + 1)),
            *(_words(language) for language in OTHER_LANGUAGES),
        )
    )


def _move(number: int) -> Section:
    """Another address from a day on."""
    where = f"later.{number}"
    fields = [
        Field(
            f"{where}.from_day", "新しい住所になる日", "day",
            hint="この日に来庁する方から、新しい住所が案内されます。消すときは空にします。",
        ),
        Field(f"{where}.address", "新しい住所", hint="例：大分市荷揚町2番31号"),
    ]  # fmt: skip
    fields += [
        Field(
            f"{where}.texts.{language}",
            f"新しい住所（{LANGUAGE[language]}）",
            lang="ja" if language == "ja-easy" else language,
        )
        for language in OTHER_LANGUAGES
    ]
    return Section(f"移転（{number}回目）", tuple(fields), folded=True)


def _words(language: Language) -> Section:
    where = f"texts.{language}"
    fields = [Field(f"{where}.name", "場所の名前"), Field(f"{where}.address", "住所")]
    return translated(language, fields)


def new_office(position: int) -> Office:
    """What the form of a new one begins with."""
    return Office(
        office_id="",
        name="",
        kana="",
        address="",
        phone="",
        series=(),
        position=position,
        version=0,
    )
