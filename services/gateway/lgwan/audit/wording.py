"""What the codes of the operation log are called."""

from .chain import FaultKind

OBJECT = {
    "booking": "予約",
    "session": "サインイン",
    "staff": "利用者",
    "role": "組",
    "operation": "操作ログ",
    "export": "ファイル",
    "import": "取込",
    "note": "申し送り",
    "display": "待合の表示",
    "office": "場所",
    "procedure": "手続き",
    "text": "文面",
    "schedule": "枠",
    "outage": "全国システム障害",
    "guidance": "来庁日の案内",
    "list": "一覧",
}
_SUBJECT = {
    **OBJECT,
    "persons": "対象者",
    "card": "カード",
    "entry": "まとめ入力",
    "filter": "検索条件",
    "unsaved": "保存前の入力",
    "offline-list": "停止時用一覧",
    "password": "パスワード",
    "log": "操作ログ",
    "displaced": "日時変更のお願い",
    "people": "電話する方",
    "terminal": "端末の窓口",
    "sign-in": "サインイン",
    "sign-out": "サインアウト",
    "page": "画面",
}
_STEP = {
    "view": "見る",
    "see": "見る",
    "open": "開く",
    "add": "加える",
    "save": "保存",
    "change": "変える",
    "rights": "権限を変える",
    "suspend": "停止",
    "resume": "再開",
    "end": "終了",
    "password": "初回パスワード票",
    "lend": "応援",
    "lend-end": "応援の終わり",
    "export": "ファイルに保存",
    "verify": "連鎖の検証",
    "heads": "署名を書き出す",
    "erase": "消去",
    "cancel": "取消",
    "arrive": "受付",
    "call": "呼出",
    "finish": "完了",
    "miss": "来庁なし",
    "undo": "元に戻す",
    "book": "予約",
    "move": "日時の変更",
    "find": "さがす",
    "number": "製造管理番号を表示",
    "numbers": "製造管理番号の一覧",
    "import": "反映",
    "delete": "削除",
    "reset": "登録し直す",
    "receive": "今日・ここで受付",
    "correct": "結果の訂正",
    "contact": "連絡先の変更",
    "replace": "差替え",
    "swap": "時間の入れ替え",
}
RESULT = {
    "done": "済",
    "wrong-password": "職員ID・パスワード違い",
    "locked": "使用停止中",
    "not-allowed": "権限なし",
    "not-found": "見つからない・担当外",
    "gone": "もうない",
    "not-saved": "入力の誤り",
    "changed-meanwhile": "ほかの職員が先に変更",
    "version-conflict": "ほかの職員が先に変更",
    "last-administrator": "最後の管理者",
    "foreign-form": "別の画面の入力",
    "unreachable": "つながらない",
    "failed": "失敗",
    "interrupted": "中断",
    "faults": "異常あり",
    "no-reason": "理由なし",
}
FAULT: dict[FaultKind, str] = {
    "edited": "内容が書き換えられています",
    "deleted": "行が消されています",
    "broken": "連鎖が合いません（書き換え・順序の入れ替え）",
    "missing": "番号が抜けています",
    "cut": "この番号までの署名がありますが、連鎖がありません（切り取り）",
}


def what_words(what: str) -> str:
    """予約：取消; codes that have no words are shown as they are."""
    subject, _, step = what.partition(".")
    if not step:
        return _SUBJECT.get(subject, what)
    return f"{_SUBJECT.get(subject, subject)}：{_STEP.get(step, step)}"


def object_words(kind: str, object_id: str) -> str:
    return f"{OBJECT.get(kind, kind)} {object_id}".strip()


def result_words(result: str) -> str:
    return RESULT.get(result, result)
