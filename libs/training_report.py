"""`python -m libs.training_report`: 消去報告 as Markdown, from the lines that `erase-training` of
each service wrote."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from libs.contracts.times import JST, parse_zoned

SERVICES = {
    "booking": "予約",
    "eligibility": "交付対象者",
    "notify": "メール",
    "reporting": "集計",
    "gateway": "職員の画面",
}
_HEAD = """# 消去報告

研修で入力した人、予約、メール、集計、操作ログ、受付番号を消去しました。場所、手続き、枠、文面、アカウントは残しています。
"""
_SIGNED = """
## 承認

{approved}

確認した人　　　　　　　　　　　　　　　　確認した日　　　　年　　月　　日
"""


def report(lines: Iterable[str]) -> str:
    """The services come in the order of SERVICES; raises ValueError where one is missing."""
    found = {done["service"]: done for done in map(json.loads, lines)}
    if set(found) != set(SERVICES):
        missing = ", ".join(sorted(set(SERVICES) - set(found)))
        raise ValueError(f"not erased yet: {missing}")
    parts = [part for name in SERVICES for part in _service(SERVICES[name], found[name])]
    approved = "\n".join(f"- {name}" for name in found["booking"]["approved_by"])
    return "\n".join([_HEAD, *parts, _SIGNED.format(approved=approved)])


def _service(title: str, done: Mapping[str, Any]) -> Iterator[str]:
    at = parse_zoned(done["at"]).astimezone(JST)
    yield f"## {title}（{at:%Y年%m月%d日 %H時%M分%S秒}）\n"
    yield "| 消去した表 | 消去前（件） | 消去後（件） |\n|---|---:|---:|"
    for table, before in done["before"].items():
        yield f"| {table} | {before:,} | {done['after'][table]:,} |"
    yield "\n| 残した表 | 件 |\n|---|---:|"
    yield from (f"| {table} | {count:,} |" for table, count in done["kept"].items())
    yield ""


def main() -> None:
    try:
        sys.stdout.write(report(line for line in sys.stdin if line.strip()))
    except ValueError as wrong:
        sys.exit(f"This is no whole report: {wrong}.")


if __name__ == "__main__":
    main()
