"""Where a run of tests has its files."""

import os
from pathlib import Path

from dev.testing import run_home

NOBODY = 2**31 - 1
"""A process id that no system gives."""


def test_a_run_has_a_directory_of_its_own_as_long_as_it_lasts(tmp_path: Path) -> None:
    with run_home(tmp_path) as home:
        assert home == tmp_path / str(os.getpid())
        assert home.is_dir()
    assert not home.exists()


def test_what_a_run_that_died_left_behind_is_removed_and_that_of_a_living_one_kept(
    tmp_path: Path,
) -> None:
    dead, living = tmp_path / str(NOBODY), tmp_path / str(os.getppid())
    for left in (dead, living):
        left.mkdir()
    with run_home(tmp_path):
        assert not dead.exists()
        assert living.exists()
