"""Mails to those whom an outage met, and to those whose time holds again."""

from datetime import UTC, datetime, timedelta

import pytest

from libs.contracts.booking import BookingStopped, Language
from services.notify.domain.languages import shown_time
from services.notify.store import OpenStore

from .conftest import Sending
from .factories import TOMORROW, confirmed, eventually, prepare, rows, take, until_state
from .scripted import ScriptedServer

SUBJECTS: dict[Language, tuple[str, str]] = {
    "ja": (
        "【大分市・重要】システムの障害による、ご予約日時の変更のお願い",
        "【大分市】システムが直りました。ご予約の日時にお越しください",
    ),
    "en": (
        "[Oita City – Important] Please change your appointment because of a system failure",
        "[Oita City] The system works again. Please come at your appointment time",
    ),
}


def stopped(**given: object) -> BookingStopped:
    return BookingStopped.model_validate({**confirmed(version=2).model_dump(), **given})


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_the_mail_says_that_another_time_may_be_chosen_and_later_that_the_time_holds(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending, language: Language
) -> None:
    fact = stopped(language=language)
    await prepare(open_store, fact)
    async with sending(smtp.port):
        await until_state(open_store, fact.booking_id, "sent")
        again = fact.model_copy(update={"version": 3, "over": True})
        await take(open_store, again)

        async def both_left() -> bool:
            return len(smtp.kept) == 2

        await eventually(both_left)
    assert [str(mail["Subject"]) for mail in smtp.kept] == list(SUBJECTS[language])
    for mail in smtp.kept:
        assert shown_time(TOMORROW, language) in str(mail.get_content())


async def test_who_waited_in_vain_is_mailed_after_the_time_of_the_visit(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    past = datetime.now(UTC) - timedelta(hours=1)
    fact = stopped(starts_at=past, status="finished", outcome="outage")
    await prepare(open_store, fact)
    async with sending(smtp.port):
        await until_state(open_store, fact.booking_id, "sent")
    assert len(smtp.kept) == 1


async def test_nobody_is_reminded_of_a_time_that_an_outage_met(open_store: OpenStore) -> None:
    fact = stopped()
    await prepare(open_store, fact)
    (agenda,) = await rows(open_store, "SELECT displaced, contact FROM agenda")
    assert (agenda["displaced"], agenda["contact"]) == (True, None)
    await take(open_store, fact.model_copy(update={"version": 3, "over": True}))
    (agenda,) = await rows(open_store, "SELECT displaced, contact FROM agenda")
    assert (agenda["displaced"], agenda["contact"] is not None) == (False, True)
