"""Without Chromium the tests still run, and somebody is told what is missing."""

from pathlib import Path

import pytest

from dev.machine import chromium, want_browser


def test_chromium_is_found_under_the_names_that_systems_give_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert chromium() is None
    program = tmp_path / "chromium-browser"
    program.touch(mode=0o755)
    assert chromium() == str(program)
    without_windows = tmp_path / "chromium-headless-shell"
    without_windows.touch(mode=0o755)
    assert chromium() == str(without_windows)


def test_who_may_not_install_chromium_is_told_what_is_skipped_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    want_browser()
    said = capsys.readouterr().err
    assert "what needs a browser is skipped" in said
    assert "apt-get install chromium" in said
