"""The sheet of a day for the city's file: what was compared, what was found, who looked where."""

from collections.abc import Sequence
from datetime import date

from .database import Database
from .findings import Finding

OTHER_SOURCES = (
    ("JVN iPedia", "https://jvndb.jvn.jp/"),
    ("IPA 重要なセキュリティ情報", "https://www.ipa.go.jp/security/security-alert/"),
    ("国家サイバー統括室（旧NISC）", "https://www.cyber.go.jp/"),
)
"""These are read by a person: their words are about products and practice, not packages alone."""


def sheet(day: date, database: Database, findings: Sequence[Finding], images: int) -> str:
    """The sheet as Markdown. The lines for names are empty: a person signs."""
    open_ones = [one for one in findings if one.exemption is None]
    newest = f"{database.newest:%Y-%m-%d %H:%M} UTC" if database.newest else "なし"
    lines = [
        f"# 脆弱性情報の確認票（{day.year}年{day.month}月{day.day}日）",
        "",
        "| 情報源 | 確認した人 | 結果 |",
        "|---|---|---|",
        f"| OSV（{newest}まで） | 自動 | {_result(open_ones, images)} |",
        *(f"| [{name}]({link}) |  |  |" for name, link in OTHER_SOURCES),
        "",
        "## 対応が要るもの",
        "",
        *_table(open_ones),
        "",
        "## 影響がないと判断したもの",
        "",
        *_exempt([one for one in findings if one.exemption is not None]),
    ]
    if database.unreadable:
        lines += ["", "## 読めなかったもの", "", *(f"- {name}" for name in database.unreadable)]
    return "\n".join([*lines, ""])


def _result(open_ones: Sequence[Finding], images: int) -> str:
    return f"イメージ{images}個と照合。対応が要るもの{len(open_ones)}件"


def _table(findings: Sequence[Finding]) -> list[str]:
    if not findings:
        return ["ありません。"]
    head = ["| 番号 | 部品 | イメージ | 重大度 | 内容 |", "|---|---|---|---|---|"]
    return head + [
        f"| {'、'.join(one.numbers)} | {one.package.name} {one.package.version} "
        f"| {'、'.join(one.images)} | {one.advisory.severity} | {_cell(one.advisory.summary)} |"
        for one in findings
    ]


def _exempt(findings: Sequence[Finding]) -> list[str]:
    if not findings:
        return ["ありません。"]
    head = ["| 番号 | 部品 | 理由 | 判断した人 | 見直す日 |", "|---|---|---|---|---|"]
    return head + [
        f"| {'、'.join(one.numbers)} | {one.package.name} {one.package.version} "
        f"| {_cell(because.why)} | {because.decided_by} | {because.until} |"
        for one in findings
        if (because := one.exemption)
    ]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "／")
