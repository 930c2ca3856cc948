"""What a notify process reads from its environment."""

from dataclasses import dataclass
from email.utils import parseaddr
from typing import Literal
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from libs.common.settings import (
    CONNECTIONS,
    ServiceSettings,
    SettingError,
    count,
    seconds,
    setting,
    training,
    url,
    versioned_keys,
)
from libs.contracts.notify import mailbox

from .domain.letter import MailFrom
from .domain.reminders import CALL_HOUR
from .smtp import MailServer

Tls = Literal["none", "starttls", "always"]
TRAPS = frozenset({"mailpit", "localhost", "127.0.0.1", "::1"})
"""Where mails of a training go: a mail trap beside this process, that sends nothing on."""
_PORTS: dict[Tls, int] = {"none": 25, "starttls": 587, "always": 465}


def smtp_server(text: str) -> MailServer:
    """`smtp://user:password@host:port`, with `?starttls` or as `smtps://` for TLS."""
    parts = urlsplit(text)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("an address that starts with smtp:// or smtps://")
    tls = _tls(parts)
    return MailServer(
        host=parts.hostname,
        port=parts.port or _PORTS[tls],
        tls=tls,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def _tls(parts: SplitResult) -> Tls:
    options = set(parse_qs(parts.query, keep_blank_values=True))
    if options - {"starttls"}:
        raise ValueError("the only option is ?starttls")
    if parts.scheme == "smtps":
        return "always"
    return "starttls" if options else "none"


def sender(text: str) -> MailFrom:
    """`address`, or `name <address>`."""
    name, address = parseaddr(text)
    if "=?" in name or not name.isprintable():
        raise ValueError("the name has control characters or an encoded word")
    return MailFrom(name, mailbox(address))


def reminder_hour(text: str) -> int:
    hour = int(text)
    if not 0 <= hour < CALL_HOUR:
        raise ValueError(f"an hour from 0 to {CALL_HOUR - 1}")
    return hour


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """Keys are 32 bytes in base64."""

    contact_keys: dict[int, bytes] = setting(
        "CONTACT_KEYS",
        "Keys that open e-mail addresses, shared with booking.",
        versioned_keys,
        secret=True,
    )
    smtp_server: MailServer = setting(
        "SMTP_URL",
        "Mail server: smtp://user:password@host:port, ?starttls, smtps://",
        smtp_server,
        secret=True,
    )
    training: bool = training()
    mail_from: MailFrom = setting("MAIL_FROM", "Sender of all mails: name <address>.", sender)
    public_url: str = setting(
        "PUBLIC_URL", "Where citizens reach the booking site.", url("http", "https")
    )
    mail_seconds: float = setting(
        "MAIL_SECONDS",
        "Seconds the mail server may take to connect, and for each mail.",
        seconds,
        default=15.0,
    )
    pool_size: int = setting("POOL_SIZE", CONNECTIONS, count, default=6)
    mail_connections: int = setting(
        "MAIL_CONNECTIONS", "Connections to the mail server, kept open.", count, default=4
    )
    reminder_hour: int = setting(
        "REMINDER_HOUR",
        f"Hour in Japan from which, until {CALL_HOUR}, those who come tomorrow are reminded.",
        reminder_hour,
        default=10,
    )

    def __post_init__(self) -> None:
        """Raises SettingError: no mail of a training leaves."""
        if self.training and self.smtp_server.host not in TRAPS:
            raise SettingError(
                "In training (TRAINING=1) SMTP_URL has to name a mail trap, not a mail server: "
                f"{', '.join(sorted(TRAPS))}."
            )
