"""A missing or wrong setting is one sentence that names it."""

import base64
import dataclasses
from pathlib import Path

import pytest

from libs.common import settings
from libs.common.settings import ServiceSettings, SettingError, describe, load, secrets_of

KEY = base64.b64encode(b"k" * 32).decode()
GOOD = {
    "PORT": "8001",
    "OPS_PORT": "9001",
    "AMQP_URL": "amqp://localhost/",
    "DATABASE_URL": "postgresql://localhost/oita",
    "DOOR_PUBLIC_KEYS": f"internet:{KEY},lgwan:{KEY}",
}


def test_settings_come_from_the_environment_with_their_defaults() -> None:
    loaded = load(ServiceSettings, GOOD)
    assert (loaded.port, loaded.host, loaded.log_level) == (8001, "127.0.0.1", "INFO")
    assert loaded.door_public_keys == {"internet": b"k" * 32, "lgwan": b"k" * 32}


@pytest.mark.parametrize("name", GOOD)
def test_each_missing_setting_is_named(name: str) -> None:
    with pytest.raises(SettingError, match=f"^The setting {name} is missing: "):
        load(ServiceSettings, {**GOOD, name: ""})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "eighty"),
        ("OPS_PORT", "65536"),
        ("AMQP_URL", "http://localhost"),
        ("DATABASE_URL", "mysql://localhost"),
        ("DOOR_PUBLIC_KEYS", KEY),
        ("DOOR_PUBLIC_KEYS", "lgwan:short"),
        ("DRAIN_SECONDS", "-1"),
        ("DRAIN_SECONDS", "nan"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_each_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=f"^The setting {name} is wrong[: ]"):
        load(ServiceSettings, {**GOOD, name: value})


def test_the_sentence_never_shows_a_password_or_a_key() -> None:
    wrong = {"DATABASE_URL": "mysql://u:hunter2@db/x", "DOOR_PUBLIC_KEYS": "lgwan:hunter2"}
    for name, value in wrong.items():
        with pytest.raises(SettingError) as refused:
            load(ServiceSettings, {**GOOD, name: value})
        assert "hunter2" not in str(refused.value)


def test_settings_cannot_be_changed_later() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        load(ServiceSettings, GOOD).port = 1  # type: ignore[misc]


def test_the_newest_of_several_keys_comes_first() -> None:
    other = base64.b64encode(b"o" * 32).decode()
    assert list(settings.versioned_keys(f"2:{KEY},1:{other}").items()) == [
        (2, b"k" * 32),
        (1, b"o" * 32),
    ]
    with pytest.raises(ValueError, match="version:key"):
        settings.versioned_keys(KEY)


@pytest.mark.parametrize(("text", "value"), [("0", False), ("1", True)])
def test_a_flag_is_0_or_1(text: str, value: bool) -> None:
    assert settings.flag(text) is value
    with pytest.raises(ValueError, match="0 or 1"):
        settings.flag("yes")


def test_a_count_starts_at_one() -> None:
    assert settings.count("1") == 1
    with pytest.raises(ValueError, match="from 1"):
        settings.count("0")


def test_every_setting_is_described_for_the_documentation() -> None:
    lines = {name: (default, about) for name, default, about in describe(ServiceSettings)}
    assert lines["PORT"][0] == "required"
    assert lines["HOST"][0] == "127.0.0.1"
    assert all(about for _, about in lines.values())


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    """As an editor or an orchestrator leaves it: with a line's end."""
    file = tmp_path / "DATABASE_URL"
    file.write_text("postgresql://booking:hunter2@db/oita\n")
    loaded = load(ServiceSettings, {**GOOD, "DATABASE_URL": "", "DATABASE_URL_FILE": str(file)})
    assert loaded.database_url == "postgresql://booking:hunter2@db/oita"


def test_a_file_that_is_wrong_is_named_and_not_shown(tmp_path: Path) -> None:
    wrong, binary = tmp_path / "wrong", tmp_path / "binary"
    wrong.write_text("mysql://u:hunter2@db/x")
    binary.write_bytes(b"\xff\xfe")
    for path, sentence in (
        (wrong, "The setting DATABASE_URL is wrong"),
        (binary, "The setting DATABASE_URL_FILE names no file that can be read."),
        (tmp_path / "absent", "The setting DATABASE_URL_FILE names no file that can be read."),
    ):
        with pytest.raises(SettingError, match=sentence) as refused:
            load(ServiceSettings, {**GOOD, "DATABASE_URL": "", "DATABASE_URL_FILE": str(path)})
        assert "hunter2" not in str(refused.value)
    with pytest.raises(SettingError, match="is given twice"):
        load(ServiceSettings, {**GOOD, "DATABASE_URL_FILE": str(wrong)})
    wrong.write_text("\n")
    with pytest.raises(SettingError, match="The setting DATABASE_URL is missing"):
        load(ServiceSettings, {**GOOD, "DATABASE_URL": "", "DATABASE_URL_FILE": str(wrong)})


def test_what_has_a_password_or_a_private_key_in_it_is_a_secret() -> None:
    assert secrets_of(ServiceSettings) == {"AMQP_URL", "DATABASE_URL"}
