"""What a member of staff reads aloud at the end of a call."""

from collections.abc import Sequence
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


def sentences(
    starts_at: datetime, office: str, procedure: str, number: str, documents: Sequence[str],
    has_email: bool,
) -> list[str]:  # fmt: skip
    """One after the other; what there is nothing to say about is left out."""
    said = [
        f"{spoken_time(starts_at)}、{office}で、{procedure}のご予約をお取りしました。",
        f"予約番号は、{spoken_number(number)}、です。",
    ]
    if documents:
        said.append(f"お持ちいただくものは、{'、'.join(documents)}、です。")
    if has_email:
        said.append("同じ内容を、メールでもお送りします。")
    said.append("日時の変更や取り消しは、この予約番号と生年月日で、予約サイトかお電話でできます。")
    return said
