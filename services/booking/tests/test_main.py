"""The words that operators type after `python -m services.booking`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dev.account import ROOT
from dev.docs import settings_of
from dev.environment import Ports, Servers, environment
from dev.keys import new_keys
from libs.common.settings import describe

SEED = ROOT / "deploy" / "seed" / "oita.json"
NOBODY = "postgresql://booking:hunter2@127.0.0.1:1/oita"


def seed(file: Path) -> tuple[int, str]:
    return booking("seed", str(file))


def booking(*words: str) -> tuple[int, str]:
    """The exit code and all that a command says, where neither database nor broker answers."""
    servers = Servers(lambda _: NOBODY, lambda _: "amqp://127.0.0.1:1", "smtp://127.0.0.1:1")
    known = {name for name, _, _ in describe(settings_of("booking"))}
    given = environment(Ports.development(), servers, new_keys())["booking"]
    done = subprocess.run(
        [sys.executable, "-m", "services.booking", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], **{name: given[name] for name in known & set(given)}},
    )
    return done.returncode, done.stdout + done.stderr


def test_a_database_that_does_not_answer_is_said_in_a_sentence() -> None:
    code, said = seed(SEED)
    assert code == 1
    assert said.startswith("The database refused (ConnectionRefusedError).")
    assert said.count("\n") == 1
    assert "hunter2" not in said


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read: No such file or directory."),
        ("製造管理番号,生年月日", "is no catalog. The request cannot be read"),
        (
            '{"offices": [], "procedures": 3}',
            "is no catalog. The request cannot be read: procedures",
        ),
    ],
)
def test_a_file_that_is_no_catalog_is_said_in_a_sentence(
    tmp_path: Path, content: str | None, sentence: str
) -> None:
    file = tmp_path / "city.json"
    if content is not None:
        file.write_text(content)
    code, said = seed(file)
    assert code == 1
    assert said.startswith(f"{file} {sentence}")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--since", "yesterday"), "Say when as 2026-12-01T09:00."),
        (("--since", "2020-01-01T09:00"), "Say a moment of the last 6 days"),
        (("--from", "tomorrow"), "Say from which day on as 2026-12-01."),
        ((), "The database or the broker refused"),
    ],
)
def test_what_cannot_be_said_again_is_told_in_a_sentence(
    words: tuple[str, ...], sentence: str
) -> None:
    code, said = booking("republish", *words)
    assert code == 1
    assert said.startswith(sentence)
    assert said.count("\n") == 1
