"""The whole service on real parts: from a fact on the bus to a mail and a fact about it."""

import asyncio
import base64
from collections.abc import Callable
from uuid import uuid4

from aio_pika.abc import AbstractExchange
from aio_pika.exceptions import PublishError

from dev.mailsink import MailSink
from dev.testing import Database, VirtualHost
from libs.common import bus
from libs.common.facts import Fact
from libs.common.migrate import drift
from libs.common.ops import Readiness
from libs.common.settings import load
from services.notify.app import create_app
from services.notify.settings import Settings

from .factories import CONTACT_KEYS, cancelled, confirmed, eventually, office, procedure


async def test_a_confirmed_booking_on_the_bus_becomes_a_mail_and_is_published_as_delivered(
    database: Callable[[str], Database], vhost: VirtualHost, mail_sink: MailSink
) -> None:
    settings = _settings(database("notify").url, vhost.url("notify"), mail_sink.url)
    readiness = Readiness()
    app = create_app(settings, readiness)
    first = confirmed()
    second = cancelled(booking_id=first.booking_id)
    async with app.router.lifespan_context(app), bus.connected(vhost.url("operator")) as broker:
        channel = await broker.channel(on_return_raises=True)
        exchange = await channel.get_exchange("booking.facts", ensure=False)
        news = await channel.declare_queue(exclusive=True)
        await news.bind("notify.facts", "notify.delivered.v1")
        for fact in (first, second, first, procedure(), office()):
            await _publish(exchange, fact)
        mails = await mail_sink.wait_for(2)

        async def told() -> bool:
            return await news.get(no_ack=True, fail=False) is not None

        await eventually(told)
        assert await readiness.failing() == []
    subjects = sorted(str(mail["Subject"]) for mail in mails)
    assert subjects == ["【大分市】ご予約を受け付けました", "【大分市】予約を取り消しました"]
    assert len({mail["Message-ID"] for mail in mails}) == 2


def test_the_migrated_schema_equals_the_tables(database: Callable[[str], Database]) -> None:
    assert drift("services.notify", database("notify").owner_url) == []


def _settings(database_url: str, amqp_url: str, smtp_url: str) -> Settings:
    environ = {
        "OPS_PORT": "9000",
        "PORT": "9001",
        "DATABASE_URL": database_url,
        "AMQP_URL": amqp_url,
        "DOOR_PUBLIC_KEYS": f"lgwan:{_base64(bytes(32))}",
        "CONTACT_KEYS": f"1:{_base64(CONTACT_KEYS[1])}",
        "SMTP_URL": smtp_url,
        "MAIL_FROM": "大分市 <yoyaku@city.example.jp>",
        "PUBLIC_URL": "https://yoyaku.example.jp",
    }
    return load(Settings, environ)


async def _publish(exchange: AbstractExchange, fact: Fact) -> None:
    """As the relay does: again and again until a queue takes it."""
    message = bus.message(uuid4(), fact.name, fact.model_dump_json(), "0" * 32)
    async with asyncio.timeout(15):
        while True:
            try:
                await exchange.publish(message, fact.name)
                return
            except PublishError:
                await asyncio.sleep(0.05)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
