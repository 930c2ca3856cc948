"""Settings as an operator types them."""

import base64

import pytest

from libs.common.settings import SettingError, load
from services.notify.domain.letter import MailFrom
from services.notify.settings import Settings, sender, smtp_server
from services.notify.smtp import MailServer

KEY = base64.b64encode(bytes(32)).decode()
ENVIRON = {
    "HOST": "127.0.0.1",
    "PORT": "8103",
    "OPS_PORT": "9103",
    "DATABASE_URL": "postgresql://notify@127.0.0.1/oita",
    "AMQP_URL": "amqp://127.0.0.1",
    "DOOR_PUBLIC_KEYS": f"lgwan:{KEY}",
    "CONTACT_KEYS": f"1:{KEY}",
    "MAIL_FROM": "yoyaku@example.jp",
    "PUBLIC_URL": "http://127.0.0.1:8000",
}


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


@pytest.mark.parametrize(
    ("smtp", "training", "starts"),
    [
        ("smtp://mail.city.example.jp", "1", False),
        ("smtp://mailpit:1025", "1", True),
        ("smtp://mail.city.example.jp", "0", True),
    ],
)
def test_no_mail_of_a_training_can_leave(smtp: str, training: str, starts: bool) -> None:
    given = {**ENVIRON, "SMTP_URL": smtp, "TRAINING": training}
    if starts:
        assert load(Settings, given).training is (training == "1")
        return
    with pytest.raises(SettingError, match="SMTP_URL has to name a mail trap"):
        load(Settings, given)
