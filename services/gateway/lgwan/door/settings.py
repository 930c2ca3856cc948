"""What the staff door reads from its environment."""

from dataclasses import dataclass
from datetime import time
from typing import ClassVar

from libs.common.settings import (
    CONNECTIONS,
    ProcessSettings,
    SettingError,
    count,
    count_or_none,
    flag,
    key32,
    setting,
    training,
    url,
)
from services.gateway.web.addresses import Network, networks

from .password_rules import PasswordRules, read_blocked

SHORTEST_PASSWORD = 12
"""Of the lists for an outage."""


def clock_time(text: str) -> time:
    """Raises ValueError."""
    return time.fromisoformat(text.zfill(5))


@dataclass(frozen=True, kw_only=True)
class Settings(ProcessSettings):
    """Keys are 32 bytes in base64."""

    database_url: str = setting(
        "DATABASE_URL",
        "PostgreSQL, with this service's login role.",
        url("postgresql"),
        secret=True,
    )
    pool_size: int = setting("POOL_SIZE", CONNECTIONS, count, default=5)
    background: ClassVar[int] = 1
    """Readiness looks at the database by itself."""
    door_private_key: bytes = setting(
        "DOOR_PRIVATE_KEY",
        "Ed25519 key that signs what this door asks the services.",
        key32,
        secret=True,
    )
    log_key: bytes = setting(
        "LOG_KEY",
        "Chains the operation log: whoever has it could forge the log.",
        key32,
        secret=True,
    )
    log_days: int = setting(
        "LOG_DAYS",
        "Days for which lines of the operation log are kept; 0: for ever.",
        count_or_none,
        default=1826,
    )
    trusted_proxies: tuple[Network, ...] = setting(
        "TRUSTED_PROXIES",
        "Networks of the edge, whose X-Forwarded-For says where staff come from; none: whoever "
        "connects is the terminal.",
        networks,
        default=(),
    )
    booking_url: str = setting("BOOKING_URL", "Where booking answers.", url("http", "https"))
    eligibility_url: str = setting(
        "ELIGIBILITY_URL", "Where eligibility answers.", url("http", "https")
    )
    notify_url: str = setting("NOTIFY_URL", "Where notify answers.", url("http", "https"))
    reporting_url: str = setting("REPORTING_URL", "Where reporting answers.", url("http", "https"))
    public_url: str = setting(
        "PUBLIC_URL",
        "The address staff type; forms are taken from there only.",
        url("http", "https"),
    )
    citizens_url: str = setting(
        "CITIZENS_URL",
        "The address that citizens type, for what is printed for them; empty: it is left out.",
        url("http", "https"),
        default="",
    )
    training: bool = training()
    secure_cookies: bool = setting(
        "SECURE_COOKIES", "1 behind HTTPS, 0 for plain HTTP on one machine.", flag, default=True
    )
    idle_minutes: int = setting(
        "IDLE_MINUTES", "Minutes without a request until staff are signed out.", count, default=60
    )
    admin_idle_minutes: int = setting(
        "ADMIN_IDLE_MINUTES",
        "The same for accounts that may change settings (管理者).",
        count,
        default=15,
    )

    sessions_at_once: int = setting(
        "SESSIONS_AT_ONCE",
        "How many browsers an account is signed in to at once; another ends the oldest.",
        count,
        default=3,
    )
    password_length: int = setting(
        "PASSWORD_LENGTH", "Least characters of a password that staff choose.", count, default=15
    )
    password_kinds: int = setting(
        "PASSWORD_KINDS",
        "How many of small letters, capitals, digits and signs a password needs, 1 to 4.",
        count,
        default=1,
    )
    password_days: int = setting(
        "PASSWORD_DAYS",
        "Days until a password has to be changed; 0: never.",
        count_or_none,
        default=0,
    )
    password_blocklist: str = setting(
        "PASSWORD_BLOCKLIST",
        "File with more passwords that nobody may choose, one a line, beside those supplied.",
        default="",
    )
    offline_dir: str = setting(
        "OFFLINE_DIR",
        "Folder of the offices' share for the lists of an outage; none are written if empty.",
        default="",
    )
    offline_password: str = setting(
        "OFFLINE_PASSWORD",
        f"What opens these lists, {SHORTEST_PASSWORD} characters or more; none without it.",
        default="",
        secret=True,
    )
    offline_morning: time = setting(
        "OFFLINE_MORNING", "When the lists of the day are written.", clock_time, default=time(8)
    )
    offline_evening: time = setting(
        "OFFLINE_EVENING",
        "When the lists of the next day are written.",
        clock_time,
        default=time(18, 30),
    )

    offline_ask: time = setting(
        "OFFLINE_ASK",
        "From when on 今日 asks staff to save the list of the next day by their browser.",
        clock_time,
        default=time(16, 30),
    )

    def __post_init__(self) -> None:
        """Raises SettingError: nobody writes lists that anybody can open, and a list of passwords
        that cannot be read blocks nothing."""
        if self.password_kinds > 4:
            raise SettingError("The setting PASSWORD_KINDS is from 1 to 4.")
        try:
            read_blocked(self.password_blocklist)
        except (OSError, UnicodeError):
            raise SettingError("The setting PASSWORD_BLOCKLIST names no file of text.") from None
        wanted = self.offline_dir or self.offline_password
        if wanted and len(self.offline_password) < SHORTEST_PASSWORD:
            raise SettingError(
                f"The setting OFFLINE_PASSWORD needs {SHORTEST_PASSWORD} characters or more."
            )

    @property
    def password_rules(self) -> PasswordRules:
        blocked = read_blocked(self.password_blocklist)
        return PasswordRules(self.password_length, self.password_kinds, self.password_days, blocked)


@dataclass(frozen=True)
class LogSettings:
    """What `verify-log` and `erase-log-of` read."""

    database_url: str = setting(
        "DATABASE_URL",
        "PostgreSQL, with this service's login role.",
        url("postgresql"),
        secret=True,
    )
    log_key: bytes = setting("LOG_KEY", "The key of the log's chain.", key32, secret=True)


@dataclass(frozen=True)
class AccountSettings:
    """What `add-staff` reads."""

    database_url: str = setting(
        "DATABASE_URL",
        "PostgreSQL, with this service's login role.",
        url("postgresql"),
        secret=True,
    )
    password: str = setting(
        "STAFF_PASSWORD",
        "The account's password; one is made up and printed if empty.",
        default="",
        secret=True,
    )
    password_length: int = setting(
        "PASSWORD_LENGTH", "Least characters of this password.", count, default=15
    )
