"""The committed JSON Schemas are those of the code, and a known fact only grows."""

import copy
from pathlib import Path

import pytest

from libs.contracts import schemas

DOCUMENTS = schemas.documents()
CONFIRMED = DOCUMENTS["booking.confirmed.v1.json"]
PUBLISHED = DOCUMENTS["office.published.v1.json"]


def test_each_contract_has_its_committed_schema_and_no_other_is_there() -> None:
    committed = {file.name for file in schemas.FOLDER.glob("*.json")}
    assert committed == set(DOCUMENTS), "run `make docs`"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_schema_is_what_the_code_says(name: str) -> None:
    committed = (schemas.FOLDER / name).read_text()
    assert committed == schemas.text(DOCUMENTS[name]), "run `make docs`, it refuses what breaks"


def test_an_optional_field_and_other_words_break_nothing() -> None:
    grown = copy.deepcopy(CONFIRMED)
    grown["properties"]["channel"]["description"] = "How it was made."
    grown["properties"]["weather"] = {"type": "string"}
    assert not schemas.breaks(CONFIRMED, grown)


def test_a_field_that_is_asked_for_anew_breaks() -> None:
    stricter = copy.deepcopy(CONFIRMED)
    stricter["properties"]["weather"] = {"type": "string"}
    stricter["required"].append("weather")
    assert schemas.breaks(CONFIRMED, stricter) == ["weather is asked for now"]


def test_a_field_that_goes_or_may_be_missing_breaks() -> None:
    less = copy.deepcopy(CONFIRMED)
    less["required"].remove("minutes")
    assert schemas.breaks(CONFIRMED, less) == ["minutes is no longer there for certain"]
    del less["properties"]["minutes"]
    assert "minutes has another form" in schemas.breaks(CONFIRMED, less)


def test_other_values_break_also_inside() -> None:
    other = copy.deepcopy(PUBLISHED)
    other["$defs"]["Series"]["properties"]["opens"] = {"type": "integer"}
    assert schemas.breaks(PUBLISHED, other) == ["Series.opens has another form"]
    del other["$defs"]["Series"]
    assert schemas.breaks(PUBLISHED, other) == ["Series is gone"]


def test_a_fact_that_would_break_is_not_written_over(tmp_path: Path) -> None:
    assert schemas.write(tmp_path) == []
    assert schemas.write(tmp_path) == []
    known = copy.deepcopy(CONFIRMED)
    known["required"].append("weather")
    file = tmp_path / "booking.confirmed.v1.json"
    file.write_text(schemas.text(known))
    sentence = "booking.confirmed.v1: weather is no longer there for certain"
    assert schemas.write(tmp_path) == [sentence]
    assert file.read_text() == schemas.text(known)
