"""Why booking refuses a change, as sentences under the fields that are wrong."""

from collections.abc import Mapping, Sequence

from pydantic import TypeAdapter, ValidationError

from libs.contracts.booking import Fault, FaultReason
from services.gateway.web.link import Refused

SLUG = "bad-schedule"
_FAULTS = TypeAdapter(tuple[Fault, ...])
_FIELDS = {
    "office_id": "office",
    "office_ids": "office",
    "weekdays": "weekday",
    "unit_minutes": "unit",
    "procedure_ids": "procedure",
    "breaks": "break1_starts",
    "published_from": "published_day",
}
_NAMES = {
    "office": "場所",
    "weekday": "曜日",
    "opens": "始めの時刻",
    "closes": "終わりの時刻",
    "unit": "1枠の長さ",
    "windows": "窓口",
    "staff_windows": "職員だけが予約できる窓口",
    "procedure": "手続き",
    "valid_from": "最初の日",
    "valid_until": "最後の日",
    "break1_starts": "休憩",
    "published_day": "公開する日",
    "series_id": "枠",
    "day": "日",
    "last_day": "最後の日",
    "week": "もとの週",
    "to": "写す先",
    "first_day": "いつから",
    "kind": "すること",
    "starts": "止まる時刻",
    "ends": "再開する時刻",
    "reason": "理由",
}
SENTENCES: dict[FaultReason, str] = {
    "missing": "{what}を入力してください。",
    "backwards": "{what}は、始めより後にしてください。",
    "past": "{what}は、もう過ぎています。今日か、それより後にしてください。",
    "grid": "{what}は、5分きざみの時刻にしてください。例：9:00、9:05",
    "unit": "始めから終わりまでの時間が、1枠の長さでちょうど割り切れません。"
    "1枠の長さか、終わりの時刻を変えてください。",
    "short": "始めから終わりまでの時間より長くかかる手続きがあります。"
    "時間を長くするか、その手続きを外してください。",
    "outside-hours": "休憩は、枠の始めから終わりまでの間に入れてください。",
    "overlap": "休憩どうしが重なっています。1つにまとめるか、時刻を変えてください。",
    "windows": "窓口の番号は1から、それぞれ1回だけ入力してください。"
    "同じ番号を「だれでも」と「職員だけ」の両方には入れられません。",
    "too-many": "{what}が多すぎます。減らしてください。",
    "unknown": "{what}が見つかりません。選び直してください。",
    "link-closed": "全国のシステムが20:00に止まるため、手続きは20:00までに終える必要があります。"
    "終わりの時刻を早めてください。",
    "taken": "この枠は、別の場所のものです。枠の表から選び直してください。",
    "not-monday": "{what}は、月曜日から始まる週を選んでください。",
    "same": "もとと写す先が同じです。ほかを選んでください。",
}


SPECIAL: dict[tuple[str, FaultReason], str] = {
    ("breaks", "windows"): "休憩の間も開ける窓口は、この枠の窓口の番号から選んでください。",
    ("breaks", "backwards"): "休憩の終わりは、休憩の始めより後にしてください。",
    ("valid_until", "past"): "最後の日が、もう過ぎています。今日か、それより後の日にしてください。",
    ("to", "missing"): "写す先を、1つ以上選んでください。",
    ("kind", "unknown"): "この日は点検日ではないので、「止まらない」と決める必要はありません。",
    ("series_id", "unknown"): "この枠は、もうありません。枠の表から選び直してください。",
}
"""Where the sentence for a reason would not be plain enough."""


def faults_of(refused: Refused) -> tuple[Fault, ...]:
    """What is wrong with a change. Raises the refusal where it says nothing about that."""
    if refused.slug != SLUG:
        raise refused
    try:
        return _FAULTS.validate_python(refused.facts.get("faults"))
    except ValidationError:
        raise refused from None


def at_fields(faults: Sequence[Fault], first: int, shown: Mapping[str, object]) -> dict[str, str]:
    """Sentences by field, for the steps from `first` on, which are those of the form at hand.

    What is about a field that the form does not have, or about an earlier step, is about `form`.
    """
    errors: dict[str, str] = {}
    for fault in faults:
        field = _FIELDS.get(fault.field.split(".")[-1], fault.field.split(".")[-1])
        what = _NAMES.get(field, "入力した内容")
        plain = SPECIAL.get((fault.field, fault.reason), SENTENCES[fault.reason])
        text = plain.format(what=what)
        if fault.step < first:
            text = f"先に加えた変更の{fault.step + 1}番目：{text}"
            field = "form"
        errors.setdefault(field if field in shown else "form", text)
    return errors


def in_words(faults: Sequence[Fault]) -> list[str]:
    """The same where no form is shown."""
    return list(at_fields(faults, 1 + max((f.step for f in faults), default=0), {}).values())
