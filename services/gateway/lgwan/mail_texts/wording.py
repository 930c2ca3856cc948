"""文面 in plain words: what stands for what, what is wrong with a text, what became of a test."""

from collections.abc import Mapping
from typing import Any

from libs.contracts.notify import (
    LONGEST_BODY,
    LONGEST_SUBJECT,
    OpenText,
    TextFault,
    TrialReply,
    TrialResult,
)

VARIABLES = {
    "number": "予約番号",
    "when": "予約の日時",
    "previous_when": "変更する前の日時",
    "proposed_when": "ご提案する日時",
    "proposed_office": "ご提案する場所の名前",
    "held_until": "ご提案する日時をお取りしておく期限",
    "office": "場所の名前",
    "office_address": "場所の住所",
    "office_phone": "場所の電話番号",
    "procedure": "手続きの名前",
    "guidance": "来庁日の案内（その日にあるとき。書かないときは本文の初めに入ります）",
    "documents": "持ち物の一覧",
    "notes": "手続きごとのお願いの一覧",
    "link_url": "本人の予約を開くリンク（番号の入力なし）",
    "change_until": "変更と取り消しの期限（1行）",
    "find_url": "「予約を探す」ページのアドレス",
    "site_url": "予約サイトのアドレス",
}
"""What stands for what; whatever is put in differs from mail to mail."""

_FIELDS = {"subject": "件名", "body": "本文"}
INDIVIDUAL_NUMBER = (
    "12桁の番号が入力されました。マイナンバーはメールに書けません。入力した番号は消しました。"
)
_FAULTS = {
    "missing": "{field}を入力してください。",
    "too-long": "{field}は{longest}文字までです。短くしてください。",
    "line-break": "{field}に改行は入れられません。1行にしてください。",
    "control": "{field}に、目に見えない記号か「=?」が入っています。消してください。",
    "braces": "波かっこは、「{{{{number}}}}」のような差し込みにだけ使えます。"
    "ほかの波かっこを消してください。",
    "variable": "{field}に差し込みは使えません。波かっこを消してください。",
    "unknown": "「{what}」という差し込みはありません。一覧のとおりに入力してください。",
    "not-here": "「{what}」は、このメールでは使えません。消してください。",
    "needed": "{what}を本文に入れてください。",
    "procedure": "{field}に「{what}」は使えません。通知の画面を人に見られても、"
    "何の手続きかわからないようにするためです。",
    "digits": INDIVIDUAL_NUMBER,
}
LONGEST = {"subject": LONGEST_SUBJECT, "body": LONGEST_BODY}

TRIALS: dict[TrialResult, str] = {
    "sent": "試験メールを送りました。届かないときは、迷惑メールのフォルダーもご確認ください。",
    "refused": "メールサーバーが受け付けませんでした（{reply}）。宛先をお確かめください。",
    "later": "メールサーバーがいま受け付けていません（{reply}）。"
    "少し待ってから、もう一度送ってください。",
}
TOO_MANY_TRIALS = "試験送信は、1人1時間に10通までです。時間をおいて、もう一度送ってください。"
BAD_ADDRESS = "このアドレスには送れません。入力をお確かめください。"


def fault_words(facts: Mapping[str, Any]) -> dict[str, str]:
    """The sentences of a refused text, by field."""
    found: dict[str, str] = {}
    for told in facts.get("faults", ()):
        fault = TextFault.model_validate(told)
        found[fault.field] = found.get(fault.field, "") + _sentence(fault)
    return found


def _sentence(fault: TextFault) -> str:
    names = fault.what
    if fault.reason in ("unknown", "not-here"):
        names = shown_variable(fault.what)
    elif fault.reason == "needed":
        names = "か".join(
            f"「{shown_variable(name)}」（{VARIABLES.get(name, name)}）" for name in names.split()
        )
    longest = f"{LONGEST[fault.field]:,}"
    return _FAULTS[fault.reason].format(field=_FIELDS[fault.field], what=names, longest=longest)


def shown_variable(name: str) -> str:
    return f"{{{{{name}}}}}"


def variable_rows(opened: OpenText) -> list[tuple[str, str, bool]]:
    """(as it is typed, what it stands for, whether the text needs it or its like), in the order of
    VARIABLES; those of a later release at the end."""
    needed = {name for group in opened.needed for name in group}
    names = [*VARIABLES, *(name for name in opened.variables if name not in VARIABLES)]
    return [
        (shown_variable(name), VARIABLES.get(name, name), name in needed)
        for name in names
        if name in opened.variables
    ]


def trial_words(reply: TrialReply) -> str:
    return TRIALS[reply.result].format(reply=reply.reply or "結果不明")
