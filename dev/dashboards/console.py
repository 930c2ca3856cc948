"""All boards as one page that Prometheus itself serves (console templates), for who has no
Grafana: each panel's lines as they are now."""

from collections.abc import Iterator
from html import escape

from .panels import BOARDS, Panel, Unit

_HEAD = """<!DOCTYPE html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="30">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>予約システムの様子</title>
<style>
body { margin: 1rem; color: #1b2028; font: 1rem/1.5 "Noto Sans JP", Meiryo, sans-serif; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(22rem, 1fr)); gap: 0 2rem; }
h2 { grid-column: 1 / -1; margin: 1.5rem 0 .5rem; border-bottom: 2px solid #1b3fa5; }
table { width: 100%; margin-bottom: 1rem; border-collapse: collapse; }
caption { text-align: left; font-weight: 700; }
th, td { padding: .1rem .5rem; border-bottom: 1px solid #d8dde4; text-align: left; }
th { font-weight: 400; }
td { text-align: right; font-variant-numeric: tabular-nums; }
.none { color: #545d6b; }
</style>
</head>
<body>
<h1>予約システムの様子</h1>
<p>30秒ごとに新しくなります。「なし」は、いま値がないことを表します。</p>
<nav>LINKS</nav>
<main>
"""
_FOOT = "</main>\n</body>\n</html>\n"
_SHOWN: dict[Unit, str] = {
    "short": "humanize",
    "s": "humanizeDuration",
    "reqps": 'printf "%.2f"',
    "percentunit": "humanizePercentage",
    "d": 'printf "%.0f"',
    "bool": 'printf "%.0f"',
}


def as_page() -> str:
    links = "　".join(f'<a href="#{board.name}">{board.title}</a>' for board in BOARDS)
    parts = [_HEAD.replace("LINKS", links)]
    for board in BOARDS:
        parts.append(f'<h2 id="{board.name}">{escape(board.title)}</h2>\n')
        parts += [part for panel in board.panels for part in _table(panel)]
    return "".join([*parts, _FOOT])


def _table(panel: Panel) -> Iterator[str]:
    yield f"<table>\n<caption>{escape(panel.title)}</caption>\n"
    yield f"{{{{ range query `{panel.query}` | sortByLabel `job` }}}}"
    value = f"{{{{ .Value | {_SHOWN[panel.unit]} }}}}"
    yield f"<tr><th>{_legend(panel.legend)}</th><td>{value}</td></tr>\n"
    yield '{{ else }}<tr><td class="none">なし</td></tr>\n{{ end }}</table>\n'


def _legend(text: str) -> str:
    """`{{job}} {{status}}` in the words of console templates."""
    return text.replace("{{", "{{ .Labels.").replace("}}", " }}")
