"""The keys of the staff door, as each page lists them; the scripts answer to the same ones."""

from dataclasses import dataclass

from .staff import Staff


@dataclass(frozen=True)
class KeyList:
    """The keys of one place, for whoever has its right; each with what it does."""

    where: str
    right: str
    keys: tuple[tuple[tuple[str, ...], str], ...]


_KEYS = (
    KeyList(
        "どの画面でも",
        "bookings.read",
        (
            (("／",), "予約を探す欄へ"),
            (("?",), "この一覧を開く、閉じる"),
            (("Esc",), "開いたものを閉じる、行から欄へ戻る"),
        ),
    ),
    KeyList(
        "予約の行",
        "bookings.read",
        (
            (("↓",), "欄から行へ"),
            (("↑", "↓"), "前の行、次の行"),
            (("Enter",), "予約を開く"),
        ),
    ),
    KeyList(
        "今日の行、予約の詳細",
        "bookings.tick",
        (
            (("U",), "受付"),
            (("Y",), "呼出、もう一度呼ぶ"),
            (("K",), "完了、結果を入力"),
            (("N",), "来庁なし"),
            (("Z",), "元に戻す"),
            (("W",), "予約のない方を受け付ける"),
        ),
    ),
    KeyList("前日準備の行", "bookings.tick", ((("スペース",), "準備済にする、元に戻す"),)),
    KeyList(
        "電話予約・窓口受付",
        "bookings.make",
        (
            (("1", "…", "9"), "手続きを選ぶ、外す"),
            (("↑", "↓", "←", "→"), "日と時刻を選ぶ"),
            (("数字",), "その時刻へ（1030は10時30分）"),
            (("PgUp", "PgDn"), "前の日、次の日"),
            (("Enter",), "時刻を取り、次の欄へ"),
            (("Alt", "P"), "もう1人加える"),
            (("Ctrl", "Enter"), "この内容で予約する"),
        ),
    ),
)


def keys_of(member: Staff) -> list[KeyList]:
    return [one for one in _KEYS if member.may(one.right)]
