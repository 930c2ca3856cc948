"""The two documents as Markdown, each a title and one chapter per section."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from libs.contracts.times import JST

from .requirements import Requirement, sections
from .results import FAILED, PASSED, SKIPPED, Results

TESTED_NOT = "試験なし"
RAN_NOT = "未実施"


def definition(requirements: Sequence[Requirement]) -> list[str]:
    """The chapters of 要件定義書: per line who meets it, where, and by how many tests."""
    states = Counter(one.state for one in requirements)
    summary = "、".join(f"{state} {count}件" for state, count in states.items())
    first = (
        "# この文書について\n\n"
        "仕様書の項目ごとに、だれが満たすか、システムのどこで満たすか、何で確かめるかを示します。"
        "「運用者」は、運用する事業者と市が行うことです。\n\n"
        f"項目は{len(requirements)}件です（{summary}）。\n"
    )
    return [first, *_by_section(requirements, _head("場所", "試験"), _definition_row)]


def report(requirements: Sequence[Requirement], results: Results) -> list[str]:
    """The chapters of 動作試験報告書: the run as a whole, each line, and what did not pass."""

    def row(one: Requirement) -> str:
        told = _told(one, results)
        return f"| {one.id} | {one.asked} | {one.state} | {len(one.tests)} | {told} |\n"

    table = _by_section(requirements, _head("試験", "結果"), row)
    return [_run(results), *table, _problems(results)]


def _head(*last: str) -> str:
    names = ["番号", "求められていること", "満たすもの", *last]
    return f"| {' | '.join(names)} |\n|{'---|' * len(names)}\n"


def _by_section(
    requirements: Iterable[Requirement], head: str, row: Callable[[Requirement], str]
) -> list[str]:
    everything = list(requirements)
    return [
        f"# {name}\n\n{head}" + "".join(row(one) for one in everything if one.id[0] == letter)
        for letter, name in sections().items()
    ]


def _definition_row(one: Requirement) -> str:
    places = "<br>".join(f"`{place}`" for place in one.places) or "－"
    tests = f"{len(one.tests)}" if one.tests else "－"
    return f"| {one.id} | {one.asked} | {one.state} | {places} | {tests} |\n"


def _told(one: Requirement, results: Results) -> str:
    if not one.tests:
        return TESTED_NOT
    ran_not = Counter({RAN_NOT: 1})
    cases = sum((results.outcomes.get(test, ran_not) for test in one.tests), Counter[str]())
    return "、".join(
        f"{outcome} {cases[outcome]}件"
        for outcome in (PASSED, FAILED, SKIPPED, RAN_NOT)
        if cases[outcome]
    )


def _run(results: Results) -> str:
    began, total = min(results.began).astimezone(JST), results.total
    return (
        "# 試験の概要\n\n"
        "| 項目 | 内容 |\n|---|---|\n"
        f"| 始めた日時 | {began:%Y-%m-%d %H:%M} |\n"
        f"| 試験したもの（版） | {'、'.join(sorted(results.revisions))} |\n"
        f"| かかった時間 | {results.seconds / 60:.0f}分 |\n"
        f"| 合格 | {total[PASSED]}件 |\n"
        f"| 不合格 | {total[FAILED]}件 |\n"
        f"| 見送り | {total[SKIPPED]}件 |\n\n"
        "試験は、本物のデータベース（PostgreSQL）、メッセージの中継（RabbitMQ）、メールサーバー、"
        "ブラウザーを使い、すべて自動で行いました。\n"
    )


def _problems(results: Results) -> str:
    if not results.problems:
        return "# 合格しなかった試験\n\nありません。\n"
    rows = "".join(
        f"| `{name}` | {outcome} | {why.replace('|', '／')} |\n"
        for name, outcome, why in sorted(results.problems)
    )
    return "# 合格しなかった試験\n\n| 試験 | 結果 | 理由 |\n|---|---|---|\n" + rows
