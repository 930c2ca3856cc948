"""A board as Grafana's JSON: two panels a row, six hours, renewed every half minute."""

import json

from grafana_foundation_sdk.builders import dashboard, prometheus, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from .panels import Board, Panel

HEIGHT, WIDTH = 8, 12


def as_json(board: Board) -> str:
    made = (
        dashboard.Dashboard(board.title)
        .uid(f"oita-{board.name}")
        .tags(["oita"])
        .refresh("30s")
        .time("now-6h", "now")
        .timezone("Asia/Tokyo")
    )
    for panel in board.panels:
        made = made.with_panel(_panel(panel))
    written = JSONEncoder(sort_keys=True).encode(made.build())
    return json.dumps(json.loads(written), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _panel(panel: Panel) -> timeseries.Panel:
    target = prometheus.Dataquery().expr(panel.query).legend_format(panel.legend).ref_id("A")
    shown = timeseries.Panel().title(panel.title).unit(panel.unit).height(HEIGHT).span(WIDTH)
    return shown.with_target(target)
