"""Boards are what the table of panels makes, and ask for figures that exist."""

import json

import pytest
from prometheus_client import generate_latest

from dev.alerts import HERE
from dev.dashboards.__main__ import files
from dev.dashboards.panels import BOARDS, Board

from .series import families, labels, unknown

BOUNDED = {
    *("route", "method", "status"),
    *("fact", "result", "kind", "of", "what", "task", "reason"),
}
"""Labels whose values the code lists: no person, number, address or place from outside."""
PANELS = [panel for board in BOARDS for panel in board.panels]


def test_the_files_are_what_the_panels_make() -> None:
    made = dict(files())
    for path, text in made.items():
        assert path.read_text() == text, f"{path.name}: run `make dashboards`"
    assert set((HERE / "dashboards").iterdir()) | set((HERE / "consoles").iterdir()) == set(made)


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_a_board_has_each_panel_with_its_query(board: Board) -> None:
    written = json.loads((HERE / "dashboards" / f"{board.name}.json").read_text())
    shown = [(panel["title"], panel["targets"][0]["expr"]) for panel in written["panels"]]
    assert shown == [(panel.title, panel.query) for panel in board.panels]


def test_every_figure_of_a_panel_is_exported() -> None:
    assert len(PANELS) > 40
    assert not unknown(*(panel.query for panel in PANELS))


def test_our_figures_are_named_as_the_field_names_them() -> None:
    """A prefix, base units; how long something takes is a histogram `…_duration_seconds`."""
    ours = families()
    assert not [name for name in ours if not name.startswith("oita_")]
    histograms = {name for name, kind in ours.items() if kind == "histogram"}
    assert histograms
    assert not [name for name in histograms if not name.endswith("_duration_seconds")]


def test_no_figure_has_a_time_of_its_making_beside_it() -> None:
    families()
    assert b"_created" not in generate_latest()


def test_no_label_can_grow_with_people_or_name_one() -> None:
    used = {label for names in labels().values() for label in names}
    assert "fact" in used
    assert used <= BOUNDED, f"whose values are these? {used - BOUNDED}"
