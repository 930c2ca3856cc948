"""What style sheets may not say, because an engine that no test here starts takes it otherwise."""

import re

from dev.account import ROOT

RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


def test_no_table_of_fixed_layout_is_as_wide_as_its_content() -> None:
    """Firefox makes such a table 17,895,414 px wide."""
    sheets = sorted((ROOT / "services" / "gateway").rglob("static/*.css"))
    assert sheets
    rules = [rule for sheet in sheets for rule in RULE.findall(sheet.read_text())]
    endless = [
        name.strip() for name, body in rules if "table-layout: fixed" in body and "-content" in body
    ]
    assert not endless


def test_no_two_rooms_of_a_door_call_a_template_or_a_file_alike() -> None:
    """All rooms of a door are one place to look for templates, so the second would not be seen."""
    for door in ("internet", "lgwan"):
        for kind in ("templates", "static"):
            folders = (ROOT / "services" / "gateway" / door).glob(f"*/{kind}")
            names = [str(f.relative_to(d)) for d in folders for f in d.rglob("*.*")]
            assert len(names) == len(set(names)), (door, kind)
