"""全国システム障害: what is stopped where, as everybody has to know."""

from collections.abc import Sequence
from datetime import datetime

from services.gateway.web.language import _
from services.gateway.web.pages import Alert

from .catalog import CatalogView

STOPPED = _(
    "全国のシステムに障害が起きているため、次の手続きができません。"
    "ネットの予約と変更も止めています。取り消しはできます。"
)


def outage_alerts(catalog: CatalogView) -> Sequence[Alert]:
    """That something has stopped: of each outage the procedures and the offices."""
    found: dict[tuple[datetime, tuple[str, ...]], list[str]] = {}
    for office in catalog.offices():
        for outage in office.outages:
            found.setdefault((outage.since, outage.procedure_ids), []).append(office.name)
    names = {one.procedure_id: one.name for one in catalog.procedures()}
    lines = tuple(
        (tuple(names[one] for one in wanted if one in names), tuple(offices))
        for (_since, wanted), offices in found.items()
    )
    return [Alert(STOPPED, lines)] if lines else []
