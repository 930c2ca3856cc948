"""Reporting in memory: the counts of a day."""

from datetime import date

from libs.contracts.reporting import CountRow, DayCounts
from services.gateway.web.clients import ReportingClient
from services.gateway.web.link import Actor

from .city import today_at

WAITED = {"waits": 10, "wait_seconds": 3600, "longest_wait": 1260}


class FakeReporting(ReportingClient):
    """At the main office ten people were called for their cards, nobody for anything else."""

    def __init__(self) -> None:
        self.offices_known = True
        cards = a_count(
            "honcho", "本庁舎1階市民課", "issuance", "カードの交付", 24, 9, 2, 8, 1, 1, 3
        )
        self.rows = [
            cards.model_copy(update=WAITED),
            a_count(
                "honcho", "本庁舎1階市民課", "pin", "暗証番号再設定・変更", 9, 4, 1, 3, 0, 0, 1
            ),
            a_count("tsurusaki", "鶴崎支所", "issuance", "カードの交付", 12, 5, 1, 4, 0, 1, 1),
        ]

    async def counts(self, actor: Actor, day: date) -> DayCounts:
        return DayCounts(
            day=day,
            as_of=today_at(9, 41),
            rows=tuple(self.rows),
            mails_sent=41,
            mails_failed=2,
            offices_known=self.offices_known,
        )

    async def counts_csv(self, actor: Actor, day: date) -> bytes:
        return f"\ufeff来庁日,{day.isoformat()}\r\n".encode()


def a_count(
    office_id: str, office: str, procedure_id: str, procedure: str, *figures: int
) -> CountRow:
    names = ("booked", "waiting", "arrived", "finished", "unfinished", "missed", "cancelled")
    return CountRow.model_validate(
        {
            "office_id": office_id,
            "office_name": office,
            "procedure_id": procedure_id,
            "procedure_name": procedure,
            **dict(zip(names, figures, strict=True)),
        }
    )
