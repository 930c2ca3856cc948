"""Settings: a frozen dataclass filled once from the environment, or one sentence and the end."""

import base64
import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TypeVar

T = TypeVar("T")
_NONE = object()
FROM_FILE = "_FILE"
"""Behind a setting's name: the file that has its value."""


class SettingError(Exception):
    """A setting is missing or wrong; the text is the sentence for the operator."""


def setting(
    name: str,
    help: str,
    parse: Callable[[str], Any] = str,
    default: Any = _NONE,
    secret: bool = False,
) -> Any:
    """A dataclass field read from the environment variable `name`, or from the file that the
    variable `<name>_FILE` names; `help` goes into the docs. A `secret` belongs into a file."""
    metadata = {"name": name, "help": help, "parse": parse, "default": default, "secret": secret}
    if default is _NONE:
        return dataclasses.field(metadata=metadata)
    return dataclasses.field(default_factory=lambda: default, metadata=metadata)


def training() -> Any:
    """Of every process that people see something of: whether this is the instance for training."""
    words = "1 where staff are trained: pages and mails say so, and mails reach a mail trap only."
    return setting("TRAINING", words, flag, default=False)


def load(kind: type[T], environ: Mapping[str, str]) -> T:
    """Fill `kind` from `environ`. Raises SettingError with a sentence that names the variable."""
    values = {f.name: _value(f.metadata, environ) for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
    return kind(**values)


def describe(kind: type) -> list[tuple[str, str, str]]:
    """(name, default or 'required', help) of each setting, for the documentation and its test."""
    return [
        (f.metadata["name"], _default_text(f.metadata["default"]), f.metadata["help"])
        for f in dataclasses.fields(kind)
    ]


def secrets_of(kind: type) -> set[str]:
    """The names of the settings that are keys, passwords, or addresses with a password in them."""
    return {f.metadata["name"] for f in dataclasses.fields(kind) if f.metadata["secret"]}


def _default_text(default: Any) -> str:
    return "required" if default is _NONE else str(default)


def _value(metadata: Mapping[str, Any], environ: Mapping[str, str]) -> Any:
    name = metadata["name"]
    text = _text(name, environ)
    if not text:
        if metadata["default"] is _NONE:
            raise SettingError(f"The setting {name} is missing: {metadata['help']}")
        return metadata["default"]
    try:
        return metadata["parse"](text)
    except ValueError as wrong:
        raise SettingError(
            f"The setting {name} is wrong{_why(wrong)}: {metadata['help']}"
        ) from None


def _text(name: str, environ: Mapping[str, str]) -> str:
    """What the variable or its file says, without the line's end that editors leave in files."""
    text, path = environ.get(name, ""), environ.get(f"{name}{FROM_FILE}", "")
    if not path:
        return text
    if text:
        raise SettingError(f"The setting {name} is given twice: as {name} and {name}{FROM_FILE}.")
    try:
        return Path(path).read_text().strip()
    except (OSError, ValueError):
        raise SettingError(
            f"The setting {name}{FROM_FILE} names no file that can be read."
        ) from None


def _why(wrong: ValueError) -> str:
    """What the parser says. Where Python itself says it, the value is quoted, which may be a key:
    then nothing."""
    said = str(wrong)
    return "" if "'" in said or '"' in said else f" ({said})"


def log_level(text: str) -> str:
    if text not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("one of four words")
    return text


def tcp_port(text: str) -> int:
    number = int(text)
    if not 0 < number < 65536:
        raise ValueError("a port is a number from 1 to 65535")
    return number


def seconds(text: str) -> float:
    number = float(text)
    if not 0 <= number < 86400:
        raise ValueError("a time in seconds, less than a day")
    return number


def count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError("a whole number from 1")
    return number


def count_or_none(text: str) -> int:
    """A whole number from 0, which stands for none."""
    return 0 if text == "0" else count(text)


def flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError("0 or 1")
    return text == "1"


def url(*schemes: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if not text.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise ValueError(f"an address that starts with {' or '.join(schemes)}://")
        return text.rstrip("/")

    return parse


def key32(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    if len(raw) != 32:
        raise ValueError("32 bytes in base64")
    return raw


def versioned_keys(text: str) -> dict[int, bytes]:
    """`2:<base64>,1:<base64>`: the first key seals, all of them open."""
    pairs = [item.split(":", 1) for item in text.split(",")]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError("version:key, the newest first, separated by commas")
    return {int(version): key32(key) for version, key in pairs}


def named_keys(text: str) -> dict[str, bytes]:
    """`internet:<base64>,lgwan:<base64>`: one public key per name."""
    pairs = [item.split(":", 1) for item in text.split(",")]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError("name:key, separated by commas")
    return {name: key32(key) for name, key in pairs}


CONNECTIONS = "Connections to PostgreSQL for what is asked and taken in."


@dataclass(frozen=True, kw_only=True)
class ProcessSettings:
    """What every process reads."""

    host: str = setting("HOST", "Address to listen on.", default="127.0.0.1")
    port: int = setting("PORT", "TCP port of the service itself.", tcp_port)
    ops_port: int = setting("OPS_PORT", "TCP port of /healthz, /readyz and /metrics.", tcp_port)
    log_level: str = setting(
        "LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR.", log_level, default="INFO"
    )
    drain_seconds: float = setting(
        "DRAIN_SECONDS",
        "Seconds between 'not ready' and closing the port on SIGTERM, so that proxies notice.",
        seconds,
        default=0.0,
    )
    amqp_url: str = setting(
        "AMQP_URL", "RabbitMQ, with this process's user.", url("amqp", "amqps"), secret=True
    )
    beside_older_release: bool = setting(
        "BESIDE_OLDER_RELEASE",
        "1 believes facts of the exchange `facts` too, while a release that uses it still runs.",
        flag,
        default=False,
    )


@dataclass(frozen=True, kw_only=True)
class ServiceSettings(ProcessSettings):
    """What every service behind the doors reads."""

    database_url: str = setting(
        "DATABASE_URL",
        "PostgreSQL, with this service's login role.",
        url("postgresql"),
        secret=True,
    )
    door_public_keys: dict[str, bytes] = setting(
        "DOOR_PUBLIC_KEYS", "Ed25519 public keys of the doors: name:base64, …", named_keys
    )
    pool_size: int = setting("POOL_SIZE", CONNECTIONS, count, default=5)
    background: ClassVar[int] = 3
    """Connections beside those of requests: one sends facts, two take in, count and look."""


@dataclass(frozen=True)
class MigrateSettings:
    """What the migrate command of a service reads."""

    url: str = setting(
        "MIGRATE_DATABASE_URL",
        "PostgreSQL, with this service's owner role.",
        url("postgresql"),
        secret=True,
    )
    wait_seconds: float = setting(
        "MIGRATE_WAIT_SECONDS",
        "How long to wait for a PostgreSQL that does not answer yet.",
        seconds,
        default=60.0,
    )
