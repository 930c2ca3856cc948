"""The columns of the figures, for pages, paper and files, and what each of them counts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from libs.contracts.reporting import Figures

Kind = Literal["count", "share", "minutes", "days"]
Number = int | float | None


@dataclass(frozen=True)
class FigureColumn:
    """`value` is a real number, or None where there is nothing to count."""

    heading: str
    value: Callable[[Figures], Number]
    kind: Kind = "count"

    def text(self, figures: Figures) -> str:
        """As people read it: 1,612 / 5.3% / 8分."""
        value = self.value(figures)
        if value is None:
            return "－"
        match self.kind:
            case "count":
                return f"{value:,}"
            case "share":
                return f"{value:.1%}"
            case "minutes":
                return f"{round(value)}分" if value >= 1 else "1分未満"
            case "days":
                return f"{value:.1f}日"


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 60, 1)


MAIN = (
    FigureColumn("予約（件）", lambda f: f.bookings),
    FigureColumn("人", lambda f: f.people),
    FigureColumn("手続き数", lambda f: f.procedures),
    FigureColumn("予約済", lambda f: f.waiting),
    FigureColumn("受付済", lambda f: f.arrived),
    FigureColumn("完了", lambda f: f.finished),
    FigureColumn("完了できず", lambda f: f.unfinished),
    FigureColumn("来庁なし", lambda f: f.missed),
    FigureColumn("来庁なし率", lambda f: f.missed_share, "share"),
    FigureColumn("取消", lambda f: f.cancelled),
    FigureColumn("待ち 中央", lambda f: _minutes(f.median_wait), "minutes"),
    FigureColumn("待ち 95%", lambda f: _minutes(f.high_wait), "minutes"),
    FigureColumn("待ち 最長", lambda f: _minutes(f.longest_wait), "minutes"),
)
MORE = (
    FigureColumn("書類不足", lambda f: f.papers),
    FigureColumn("本人確認できず", lambda f: f.identity),
    FigureColumn("システム障害", lambda f: f.outage),
    FigureColumn("取消 ご本人", lambda f: f.cancelled - f.cancelled_by_staff),
    FigureColumn("取消 職員", lambda f: f.cancelled_by_staff),
    FigureColumn("変更 ご本人", lambda f: f.moves - f.moves_by_staff),
    FigureColumn("変更 職員", lambda f: f.moves_by_staff),
    FigureColumn("呼出した件数", lambda f: f.waits),
    FigureColumn("待ち 平均", lambda f: _minutes(f.average_wait), "minutes"),
    FigureColumn("呼出から完了 平均", lambda f: _minutes(f.average_serve), "minutes"),
    FigureColumn(
        "申込から来庁 平均", lambda f: f.lead_days / f.bookings if f.bookings else None, "days"
    ),
)
"""Why visits ended in vain, by whom bookings were changed, how long it all took."""
BRIEF = tuple(column for column in MAIN if column.heading not in ("予約済", "受付済"))
"""For cuts that are shown beside each other."""

DEFINITIONS = (
    ("予約（件）", "予約番号の数です。取消も含みます（「取消を除く」を選んだときを除きます）。"),
    (
        "人",
        "手続きをするご本人の数です。付き添いの方や代理の方は数えません。カードの枚数を聞く手続きでは、枚数を人数とします。",
    ),
    (
        "手続き数",
        "1回の来庁で行うすべての手続きの数です。手続きごとの表では、それぞれの手続きに数えます。件と人は、最初の手続きに数えます。",
    ),
    ("予約 ＝", "予約済 ＋ 受付済 ＋ 完了 ＋ 完了できず ＋ 来庁なし ＋ 取消。"),
    ("結果未入力", "過ぎた日の「予約済」と「受付済」は、結果が入力されていない予約です。"),
    ("来庁なし率", "来庁なし ÷（完了 ＋ 完了できず ＋ 来庁なし）。"),
    (
        "待ち",
        "受付から最初の呼出までです。受付と呼出を両方記録した件だけで計算します。あとから直した時刻で計算します。95%は、待ちの短い順に並べて95%の方がこれ以内だったという値です。",
    ),
    ("呼出から完了", "最初の呼出から完了までです。"),
    ("変更", "予約の日時や場所を変えた回数です。"),
    ("窓口", "最後に呼び出した窓口番号です。呼出をしていない予約は、どの窓口にも入りません。"),
    ("申込日", "予約を受け付けた日です。変更しても変わりません。"),
)
"""What each report says about its own words."""
