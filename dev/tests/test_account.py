"""Where the data of private servers are: always where they were."""

import os
from pathlib import Path

import pytest

from dev import account
from dev.account import Account, server_account, server_home
from dev.errors import CannotStart

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root has servers of another account")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout that everybody can pass; what moves elsewhere stays in this test."""
    for way in (tmp_path, *tmp_path.parents):
        if way.stat().st_uid == os.geteuid() and way not in map(Path, ("/", "/tmp", "/root")):
            way.chmod(0o755)
    monkeypatch.setattr(account, "FALLBACK", tmp_path)
    return tmp_path / "checkout" / "var" / "postgres"


def used(place: Path, at: float = 0) -> Path:
    """As a server leaves it: private, and not empty."""
    server_account().owns(place)
    (place / "data").mkdir(exist_ok=True)
    if at:
        os.utime(place / "data", (at, at))
    return place


def test_a_second_start_finds_the_data_of_the_first(home: Path) -> None:
    first = used(server_home(home))
    assert first == home
    assert server_home(home) == first


@ROOT_ONLY
def test_a_directory_that_was_closed_meanwhile_is_named_and_nothing_begins_anew(home: Path) -> None:
    used(server_home(home))
    home.parent.chmod(0o700)
    with pytest.raises(CannotStart, match=r"chmod o\+x .*/checkout/var\)"):
        server_home(home)
    home.parent.chmod(0o755)
    assert server_home(home) == home


@ROOT_ONLY
def test_data_that_are_elsewhere_stay_there_when_the_way_is_opened(home: Path) -> None:
    home.mkdir(parents=True)
    home.parent.chmod(0o700)
    elsewhere = used(server_home(home))
    assert elsewhere != home
    home.parent.chmod(0o755)
    assert server_home(home) == elsewhere


@ROOT_ONLY
def test_of_two_the_one_that_was_used_last_goes_on(home: Path) -> None:
    home.mkdir(parents=True)
    home.parent.chmod(0o700)
    elsewhere = used(server_home(home), at=2e9)
    home.parent.chmod(0o755)
    used(home, at=1e9)
    assert server_home(home) == elsewhere
    used(home, at=2.1e9)
    assert server_home(home) == home


def test_an_ordinary_account_stays_where_it_is(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    home.mkdir(parents=True)
    home.parent.chmod(0o700)
    assert server_home(home) == home
    assert Account() == server_account()
