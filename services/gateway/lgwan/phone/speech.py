"""What a member of staff reads aloud at the end of a call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.gateway.web.times import clock, local, weekday_name

_GROUP = 5


def spoken_time(starts_at: datetime) -> str:
    """12月3日 木曜日、10時30分"""
    at = local(starts_at)
    return f"{at.month}月{at.day}日 {weekday_name(at)}、{clock(at)}"


def spoken_number(number: str) -> str:
    """8・K・2・M・4、7・Q・X・3・P"""
    plain = number.replace("-", "")
    groups = (plain[:_GROUP], plain[_GROUP:])
    return "、".join("・".join(group) for group in groups)


@dataclass(frozen=True)
class Spoken:
    """What is said of one visit."""

    starts_at: datetime
    procedure: str
    number: str
    documents: Sequence[str]
    word: str = ""
    """By which a family tells it apart."""


def sentences(
    visits: Sequence[Spoken], office: str, has_email: bool, guided: Sequence[str] = ()
) -> list[str]:
    """One after the other, for one person or for all of a family; what there is nothing to say
    about is left out. `guided` is what holds on the day."""
    said = _of_one(visits[0], office) if len(visits) == 1 else _of_all(visits, office)
    said += [f"当日のご案内です。{text}" for text in guided]
    if has_email:
        said.append("同じ内容を、メールでもお送りします。")
    which = "この予約番号と" if len(visits) == 1 else "それぞれの予約番号と、その方の"
    said.append(f"日時の変更や取り消しは、{which}生年月日で、予約サイトかお電話でできます。")
    return said


def _of_one(visit: Spoken, office: str) -> list[str]:
    return [
        f"{spoken_time(visit.starts_at)}、{office}で、{visit.procedure}のご予約をお取りしました。",
        f"予約番号は、{spoken_number(visit.number)}、です。",
        *_to_bring("お持ちいただくものは", visit.documents),
    ]


def _of_all(visits: Sequence[Spoken], office: str) -> list[str]:
    first = min(visit.starts_at for visit in visits)
    said = [f"{spoken_time(first)}から、{office}で、{len(visits)}人分のご予約をお取りしました。"]
    alike = len({tuple(visit.documents) for visit in visits}) == 1
    for number, visit in enumerate(visits, 1):
        who = f"{visit.word}の方は" if visit.word else f"{number}人目の方は"
        time = clock(local(visit.starts_at))
        said.append(f"{who}、{time}に、{visit.procedure}です。")
        said.append(f"予約番号は、{spoken_number(visit.number)}、です。")
        if not alike:
            said += _to_bring("お持ちいただくものは", visit.documents)
    return said + (
        _to_bring("お持ちいただくものは、みなさま", visits[0].documents) if alike else []
    )


def _to_bring(begin: str, documents: Sequence[str]) -> list[str]:
    return [f"{begin}、{'、'.join(documents)}、です。"] if documents else []
