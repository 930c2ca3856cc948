"""A database that was restored: what waited then, and reminders that may have left since."""

from datetime import UTC, datetime, timedelta

from libs.contracts.booking import BookingWatermark
from services.notify.reminders import remind
from services.notify.restored import end_waiting
from services.notify.store import OpenStore

from .conftest import Sending
from .factories import confirmed, prepare, published, rows, take, until_state
from .scripted import ScriptedServer
from .test_reminders import HOUR, MORNING, booked


async def test_what_waited_before_is_not_sent_again_and_what_comes_after_is(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    waited, new = confirmed(), confirmed(email="new@example.jp")
    await prepare(open_store, waited)
    restored = datetime.now(UTC)
    assert await end_waiting(open_store, restored, restored) == 1
    assert await end_waiting(open_store, restored, restored) == 0
    await take(open_store, new)
    async with sending(smtp.port):
        await until_state(open_store, new.booking_id, "sent")
    assert [to for _, to in smtp.envelopes] == ["new@example.jp"]
    (row,) = await rows(open_store, "SELECT * FROM delivery WHERE last_reply = 'restored'")
    assert (row["booking_id"], row["contact"]) == (waited.booking_id, None)
    assert [name for name, _ in await published(open_store)] == ["notify.delivered.v1"]


async def test_nobody_is_reminded_twice_because_the_database_forgot_the_first_time(
    open_store: OpenStore,
) -> None:
    await prepare(open_store, booked())
    now = MORNING + timedelta(minutes=10)
    await end_waiting(open_store, now, now)
    await take(open_store, BookingWatermark(at=now))
    await remind(open_store, HOUR, lambda: now)
    assert await rows(open_store, "SELECT 1 FROM delivery WHERE kind = 'reminder'") == []
