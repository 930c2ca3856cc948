"""A text that staff change on their page is the text of the next mails, and of no others."""

import time
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from datetime import time as hour

import pytest

from dev.walk import Citizen, Staff
from libs.common.database import engine, store_opener
from libs.contracts.times import JST
from services.notify.reminders import remind
from services.notify.store import OpenStore, Store

from .crowd import AnyStack
from .ledger import CONFIRMED, as_superuser, mail_to, mails_since, settled
from .people import new_person
from .test_journeys import book_pin_visit
from .test_privacy import logs, tables
from .test_reminders import SUBJECT, forget_watermark, say_watermark

OFFICE = "honcho"
PAGE = f"/texts/confirmed/ja?procedure=pin&office={OFFICE}"
TAKEN_BACK = """
    INSERT INTO notify.own_text
        (edition, kind, language, procedure_id, office_id, series_id, changed_by, key)
    SELECT newest + row_number() OVER (), place.*, 'test', gen_random_uuid()::text
    FROM (SELECT DISTINCT kind, language, procedure_id, office_id, series_id
            FROM notify.own_text) AS place,
        (SELECT max(edition) AS newest FROM notify.own_text) AS last
"""
"""Editions go on: a sender that knows one reads no text of the same number again."""
FORM, OWN = "/texts/preview", "【大分市】日曜窓口のご予約を承りました"


@pytest.fixture
async def open_store(stack: AnyStack) -> AsyncIterator[OpenStore]:
    """Transactions of the running notify."""
    source = engine(stack.servers.database_url("notify"), 2)
    yield store_opener(source, Store, lambda: None)
    await source.dispose()


@pytest.fixture
async def texts_as_supplied(stack: AnyStack) -> AsyncIterator[None]:
    yield
    async with as_superuser(stack) as connection:
        await connection.execute(TAKEN_BACK)


@pytest.mark.usefixtures("texts_as_supplied")
async def test_a_text_changed_by_staff_goes_out_with_the_next_confirmation_alone(
    stack: AnyStack, citizen: Citizen, staff: Staff, quiet_day: date, open_store: OpenStore
) -> None:
    before, here, elsewhere = time.time_ns(), new_person(), new_person()
    await staff.open(PAGE)
    body = staff.page.form(FORM).fields["body"] + "\n日曜は西口からお入りください。"
    await staff.send(FORM, {"subject": OWN, "body": body}, to="/texts/save")
    assert "saved=own" in staff.path
    number = await book_pin_visit(citizen, here, OFFICE, quiet_day)
    await book_pin_visit(citizen, elsewhere, "akeno", quiet_day)
    _, mail = await mail_to(stack, here.email, OWN, before)
    told = str(mail.get_content())
    assert number in told
    assert told.rstrip().endswith("日曜は西口からお入りください。")
    _, other = await mail_to(stack, elsewhere.email, CONFIRMED, before)
    assert "西口" not in str(other.get_content())
    await reminded_as_supplied(stack, here.email, quiet_day, open_store)


@pytest.mark.usefixtures("texts_as_supplied")
async def test_a_text_of_one_series_goes_out_to_who_books_in_it_alone(
    stack: AnyStack, citizen: Citizen, staff: Staff, far_day: date
) -> None:
    before, short, long = time.time_ns(), new_person(), new_person()
    await staff.open("/texts?office=akeno&series=akeno-15")
    await staff.open("/texts/confirmed/ja?office=akeno&series=akeno-15")
    body = staff.page.form(FORM).fields["body"] + "\n15分の枠は2番の受付へ。"
    await staff.send(FORM, {"subject": OWN, "body": body}, to="/texts/save")
    assert "saved=own" in staff.path
    await book_pin_visit(citizen, short, "akeno", far_day)
    await book_pin_visit(citizen, long, "akeno", far_day, procedure="application_at_office")
    _, mail = await mail_to(stack, short.email, OWN, before)
    assert str(mail.get_content()).rstrip().endswith("15分の枠は2番の受付へ。")
    _, other = await mail_to(stack, long.email, CONFIRMED, before)
    assert "2番の受付" not in str(other.get_content())


async def reminded_as_supplied(
    stack: AnyStack, email: str, day: date, open_store: OpenStore
) -> None:
    since = time.time_ns()
    morning = datetime.combine(day - timedelta(days=1), hour(10, 5), JST)
    await settled(stack)
    await say_watermark(stack, morning)
    await remind(open_store, 10, lambda: morning)
    _, mail = await mail_to(stack, email, SUBJECT, since)
    assert "西口" not in str(mail.get_content())
    await forget_watermark(stack)


async def test_a_test_mail_arrives_marked_and_its_address_is_in_no_table_and_no_log(
    stack: AnyStack, staff: Staff
) -> None:
    before, address = time.time_ns(), new_person().email
    await staff.open(PAGE)
    await staff.send(FORM, {"to": address}, to="/texts/trial")
    assert any("試験メールを送りました" in told.text for told in staff.page.all("p"))
    _, mail = await mail_to(stack, address, "【試験】", before)
    assert mail["Subject"] == f"【試験】{CONFIRMED}"
    assert [m["To"] for _, m in mails_since(stack, before)] == [address]
    kept = {**await tables(stack), **logs(stack)}
    assert not [place for place, text in kept.items() if address in text]
    assert any("/v1/texts/trial" in text for text in logs(stack).values())
