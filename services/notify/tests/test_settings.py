"""Settings as an operator types them."""

import pytest

from services.notify.domain.letter import MailFrom
from services.notify.settings import sender, smtp_server
from services.notify.smtp import MailServer


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("smtp://mail.example.jp", MailServer("mail.example.jp", 25)),
        ("smtp://127.0.0.1:1025", MailServer("127.0.0.1", 1025)),
        ("smtps://mail.example.jp", MailServer("mail.example.jp", 465, "always")),
        (
            "smtp://u%40x:p%3Aw@mail.example.jp?starttls",
            MailServer("mail.example.jp", 587, "starttls", "u@x", "p:w"),
        ),
    ],
)
def test_a_mail_server_is_read_from_one_address(text: str, server: MailServer) -> None:
    assert smtp_server(text) == server


@pytest.mark.parametrize(
    "text", ["mail.example.jp:25", "http://mail.example.jp", "smtp://x?tls", "smtp://x:port"]
)
def test_a_wrong_mail_server_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        smtp_server(text)


def test_a_password_does_not_show_where_the_server_is_printed() -> None:
    assert "secret" not in repr(smtp_server("smtp://user:secret@mail.example.jp"))


def test_a_sender_has_an_address_and_may_have_a_name() -> None:
    assert sender("a@example.jp") == MailFrom("", "a@example.jp")
    assert sender("大分市 <a@example.jp>") == MailFrom("大分市", "a@example.jp")


@pytest.mark.parametrize("text", ["大分市", "a@localhost", "=?utf-8?q?x?= <a@example.jp>"])
def test_a_wrong_sender_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        sender(text)
