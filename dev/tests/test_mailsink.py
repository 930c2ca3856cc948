"""The mail sink keeps what it gets and shows it without believing it."""

import time
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
from starlette.testclient import TestClient

from dev.mailsink import MailSink, create_page, store


def mail(subject: str = "【大分市】ご予約を受け付けました", text: str = "髙﨑①") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "yoyaku@example.jp"
    message["To"] = "citizen@example.jp"
    message["Subject"] = subject
    message.set_content(text)
    return message


async def test_a_received_mail_is_decoded(mail_sink: MailSink) -> None:
    await aiosmtplib.send(mail(), hostname=mail_sink.host, port=mail_sink.port)
    (received,) = await mail_sink.wait_for(1)
    assert received["Subject"] == "【大分市】ご予約を受け付けました"
    assert received.get_content().strip() == "髙﨑①"


async def test_a_sink_with_a_directory_writes_one_file_per_mail(tmp_path: Path) -> None:
    async with MailSink(tmp_path / "mail").serving() as sink:
        for subject in ("first", "second"):
            await aiosmtplib.send(mail(subject), hostname=sink.host, port=sink.port)
    files = sorted((tmp_path / "mail").iterdir())
    assert [path.suffix for path in files] == [".eml", ".eml"]
    assert b"Subject: first" in files[0].read_bytes()


def test_the_page_lists_the_newest_mail_first(tmp_path: Path) -> None:
    store(tmp_path, bytes(mail("older")))
    store(tmp_path, bytes(mail("newer")))
    page = TestClient(create_page(tmp_path)).get("/").text
    assert 0 < page.index("newer") < page.index("older")


def test_thousands_of_mails_are_shown_page_by_page_at_once(tmp_path: Path) -> None:
    """As a first look at it decides whether `make dev` has started."""
    content = bytes(mail("many"))
    for number in range(1, 6001):
        (tmp_path / f"{number:020d}.eml").write_bytes(content)
    client = TestClient(create_page(tmp_path))
    begin = time.process_time()
    assert client.get("/ready").status_code == 200
    first = client.get("/").text
    assert time.process_time() - begin < 1
    assert first.count("<tr><td>") == 200
    assert 'href="/before/5801"' in first
    second = client.get("/before/5801").text
    assert (second.count("<tr><td>"), 'href="/5800"' in second) == (200, True)
    assert "もっと前" not in client.get("/before/200").text


def test_the_page_escapes_what_a_mail_says(tmp_path: Path) -> None:
    path = store(tmp_path, bytes(mail("<b>bold</b>", "<script>alert(1)</script>")))
    client = TestClient(create_page(tmp_path))
    for page in (client.get("/").text, client.get(f"/{int(path.stem)}").text):
        assert "<b>bold" not in page
        assert "&lt;b&gt;bold" in page
        assert "<script>" not in page


def test_an_unknown_mail_is_not_found(tmp_path: Path) -> None:
    assert TestClient(create_page(tmp_path)).get("/1").status_code == 404
