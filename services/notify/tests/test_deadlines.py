"""Until when one may change: from booking's word about a procedure into the mail."""

import pytest
from sqlalchemy import text

from services.notify.store import OpenStore

from .conftest import Sending
from .factories import confirmed, office, procedure, take, until_state
from .scripted import ScriptedServer


@pytest.mark.parametrize(
    ("days", "said"),
    [(2, "取り消しは予約の時刻まで"), (0, "日時の変更と取り消しは、予約の時刻まで")],
)
async def test_the_strictest_procedure_of_a_visit_decides(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending, days: int, said: str
) -> None:
    pin = procedure(procedure_id="pin", name="暗証番号", changes_days_before=0)
    fact = confirmed(also=("pin",))
    await take(open_store, office(), procedure(changes_days_before=days), pin, fact)
    async with sending(smtp.port):
        await until_state(open_store, fact.booking_id, "sent")
    assert said in str(smtp.kept[0].get_content())


async def test_before_booking_has_said_it_the_mail_names_no_deadline(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    fact = confirmed()
    await take(open_store, office(), procedure(changes_days_before=2), fact)
    async with open_store() as store:
        await store.session.execute(text("UPDATE procedure SET changes_days_before = NULL"))
    async with sending(smtp.port):
        await until_state(open_store, fact.booking_id, "sent")
    assert "予約の時刻まで" not in str(smtp.kept[0].get_content())
