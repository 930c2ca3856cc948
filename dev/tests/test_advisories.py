"""Bills of materials equal the locks, and no advisory about them is passed over."""

import json
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.model.impact_analysis import ImpactAnalysisJustification

from dev.account import ROOT
from dev.advisories import __main__ as command
from dev.advisories.bills import bill
from dev.advisories.database import read
from dev.advisories.findings import Exemption, compare, exemptions
from dev.advisories.packages import IMAGES, Package, locked
from dev.advisories.packages import read as read_lock

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
TODAY = date(2026, 12, 1)
OURS = {"oita-lgwan": [Package("jinja2", "3.1.6")], "oita-booking": [Package("uvicorn", "0.54.0")]}


def record(number: str, package: str, **more: Any) -> dict[str, Any]:
    affected = {"package": {"ecosystem": "PyPI", "name": package}, **more.pop("affected", {})}
    return {
        "id": number,
        "modified": "2026-11-30T10:00:00Z",
        "summary": "A template | runs code",
        "affected": [affected],
        **more,
    }


def ranged(*events: tuple[str, str]) -> dict[str, Any]:
    return {"ranges": [{"type": "ECOSYSTEM", "events": [{kind: at} for kind, at in events]}]}


def export(path: Path, *records: dict[str, Any] | bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, one in enumerate(records):
            text = one if isinstance(one, bytes) else json.dumps(one).encode()
            archive.writestr(f"{number}.json", text)
    return path


def numbers(path: Path, exempt: list[Exemption] | None = None) -> list[str]:
    """The open ones."""
    database = read(path, {"jinja2", "uvicorn"})
    found = compare(OURS, database, exempt or [], TODAY)
    return [one.advisory.id for one in found if one.exemption is None]


@pytest.mark.parametrize("image", sorted(IMAGES))
def test_a_bill_lists_exactly_what_the_lock_installs(image: str) -> None:
    lock = (ROOT / "requirements" / f"{IMAGES[image]}.txt").read_text().splitlines()
    pinned = {line.partition("==")[0].partition("[")[0] for line in lock if "==" in line}
    not_here = {line.partition("==")[0] for line in lock if "sys_platform == 'win32'" in line}
    text = bill(image, locked(IMAGES[image]))
    assert {part["name"] for part in json.loads(text)["components"]} == pinned - not_here
    assert text == bill(image, locked(IMAGES[image]))


def test_a_lock_is_read_with_its_markers_hashes_and_extras() -> None:
    first, second = "a" * 64, "b" * 64
    lock = f"""\
# a comment
Foo_Bar[extra]==1.2.3 ; sys_platform != 'win32' \\
    --hash=sha256:{first} \\
    --hash=sha256:{second}
    # via something
only-there==1 ; sys_platform == 'win32' \\
    --hash=sha256:{first}
"""
    assert list(read_lock(lock)) == [Package("foo-bar", "1.2.3", (first, second))]
    with pytest.raises(ValueError, match="not one exact version"):
        list(read_lock("loose>=1\n"))


@pytest.mark.parametrize(
    ("affected", "concerns"),
    [
        (ranged(("introduced", "0"), ("fixed", "3.1.7")), True),
        (ranged(("introduced", "0"), ("fixed", "3.1.6")), False),
        (ranged(("introduced", "0"), ("last_affected", "3.1.6")), True),
        (ranged(("introduced", "0"), ("last_affected", "3.1.5")), False),
        (ranged(("introduced", "3.1.7")), False),
        (ranged(("fixed", "3.0"), ("introduced", "2.0"), ("introduced", "3.1")), True),
        (ranged(("introduced", "2"), ("fixed", "3"), ("introduced", "3.1.6rc1")), True),
        ({"versions": ["3.1.5", "3.1.6"]}, True),
        ({"versions": ["3.1.60", "not a version"]}, False),
        ({"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}, False),
    ],
)
def test_a_version_is_affected_as_the_schema_says(
    tmp_path: Path, affected: dict[str, Any], concerns: bool
) -> None:
    path = export(tmp_path / "all.zip", record("PYSEC-1", "Jinja2", affected=affected))
    assert numbers(path) == (["PYSEC-1"] if concerns else [])


def test_what_is_withdrawn_or_about_others_is_left_out(tmp_path: Path) -> None:
    everything = ranged(("introduced", "0"))
    elsewhere = {**everything, "package": {"ecosystem": "npm", "name": "jinja2"}}
    path = export(
        tmp_path / "all.zip",
        record("A", "jinja2", affected=everything, withdrawn="2026-11-01T00:00:00Z"),
        record("B", "jinja22", affected=everything),
        record("C", "jinja2", affected=elsewhere),
    )
    assert numbers(path) == []


def test_who_decided_that_it_does_not_concern_us_is_asked_again_when_the_day_has_come(
    tmp_path: Path,
) -> None:
    all_of_them = ranged(("introduced", "0"))
    path = export(
        tmp_path / "all.zip", record("GHSA-1", "jinja2", affected=all_of_them, aliases=["CVE-1"])
    )
    exempt = Exemption(
        id="CVE-1",
        package="jinja2",
        justification=ImpactAnalysisJustification.CODE_NOT_REACHABLE,
        why="利用者の書いたテンプレートは動かしません。",
        decided_by="大分",
        until=TODAY,
    )
    assert numbers(path, [exempt]) == []
    assert numbers(path, [exempt.model_copy(update={"until": TODAY - timedelta(days=1)})])
    assert numbers(path, [exempt.model_copy(update={"package": "uvicorn"})])
    written = json.loads(bill("oita-lgwan", OURS["oita-lgwan"], [exempt]))
    (told,) = written["vulnerabilities"]
    assert told["affects"] == [{"ref": "pkg:pypi/jinja2@3.1.6"}]
    assert told["analysis"]["state"] == "not_affected"


def test_every_exemption_is_about_a_package_that_we_have() -> None:
    ours = {package.name for lock in IMAGES.values() for package in locked(lock)}
    assert {one.package for one in exemptions()} <= ours


@pytest.mark.parametrize(
    ("records", "code"),
    [
        ([record("A", "jinja2", affected=ranged(("introduced", "999")))], 0),
        ([record("A", "jinja2", affected=ranged(("introduced", "0")))], 1),
        ([record("A", "other", modified="2026-11-01T00:00:00Z")], 2),
        ([], 2),
        ([record("A", "other"), b"{half"], 2),
        ([record("A", "other"), record("B", "jinja2", affected=ranged(("introduced", "?")))], 2),
        ([record("A", "other"), {"id": "C"}], 2),
    ],
)
def test_the_command_says_whether_all_is_well_something_is_open_or_it_cannot_tell(
    tmp_path: Path, records: list[Any], code: int
) -> None:
    paper = tmp_path / "deep" / "sheet.md"
    assert command.check(export(tmp_path / "all.zip", *records), paper, NOW) == code
    text = paper.read_text()
    assert "2026年12月1日" in text
    assert "JVN iPedia" in text
    assert ("A template ／ runs code" in text) == (code == 1)


def test_what_is_no_export_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = tmp_path / "all.zip"
    wrong.write_bytes(b"not a zip")
    assert command.check(wrong, None, NOW) == 2
    assert command.check(tmp_path / "missing.zip", None, NOW) == 2
    assert capsys.readouterr().out.count("is no export of OSV") == 2


def test_bills_are_written_for_each_image(tmp_path: Path) -> None:
    assert command.main(["bills", str(tmp_path / "bills")]) == 0
    names = {path.name.removesuffix(".cdx.json") for path in (tmp_path / "bills").iterdir()}
    assert names == set(IMAGES)
