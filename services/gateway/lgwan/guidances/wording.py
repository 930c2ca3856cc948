"""来庁日の案内 in plain words: its days, and what is wrong with one."""

from collections.abc import Iterable, Sequence
from datetime import date

from libs.contracts.booking import (
    LONGEST_GUIDANCE,
    LONGEST_PERIOD,
    GuidanceFault,
    GuidanceProblem,
    GuidanceVersion,
)
from services.gateway.lgwan.door.words import LANGUAGE
from services.gateway.web.times import weekday

WEEKDAYS = tuple("月火水木金土日")
HOLIDAYS = "祝日・年末年始"
MOST_DAYS = 10
"""So many days are named one by one."""

FAULTS: dict[GuidanceFault, str] = {
    "no-office": "場所を、1つ以上選んでください。",
    "no-text": "日本語の案内を入力してください。空いているほかの言語でも、日本語で案内します。",
    "too-long": f"長すぎます。日本語は{LONGEST_GUIDANCE}文字まで、ほかの言語はその3倍までです。",
    "control": "目に見えない記号が入っています。消して、入力し直してください。",
    "no-period": "日を、カレンダーから選んでください。",
    "period": "終わりの日が、始まりの日より前になっています。",
    "long-period": f"期間は{LONGEST_PERIOD}日までです。短くしてください。",
    "no-day": "この期間に、選んだ曜日の日がありません。",
    "past": "もう過ぎた日だけになっています。",
    "digits": "12桁の番号が入力されました。マイナンバーは案内に書けません。消してください。",
    "readings": "波かっこは、やさしい日本語の読みがなだけに使えます。",
}
MEANWHILE = "ほかの職員が先に変更していました。いまの内容を見て、直してから保存してください。"


def sentences(problems: Iterable[GuidanceProblem]) -> dict[str, str]:
    """By the field of the form. A text is named, because it may stand in a closed part."""
    return {problem.field: _named(problem.field) + FAULTS[problem.reason] for problem in problems}


def _named(field: str) -> str:
    language = field.removeprefix("texts.")
    found = next((name for code, name in LANGUAGE.items() if code == language), "")
    return f"{found}：" if found and language != "ja" else ""


def day_text(day: date) -> str:
    """12月1日（火）"""
    return f"{day.month}月{day.day}日（{weekday(day)}）"


def days_text(days: Sequence[date]) -> str:
    """Each of a few days, of many the number beside the first and the last."""
    if not days:
        return "なし"
    if len(days) <= MOST_DAYS:
        return "、".join(map(day_text, days))
    return f"{day_text(days[0])}から{day_text(days[-1])}までの{len(days)}日"


def rule_text(state: GuidanceVersion) -> str:
    """12月1日から12月24日までの土・日"""
    if state.from_day is None or state.until_day is None:
        return ""
    chosen = [WEEKDAYS[day] for day in state.weekdays] + [HOLIDAYS] * state.holidays
    only = f"の{'・'.join(chosen)}" if chosen else ""
    first, last = state.from_day, state.until_day
    if first == last:
        return day_text(first)
    return f"{first.year}年{day_text(first)}から{last.year}年{day_text(last)}まで{only}"
