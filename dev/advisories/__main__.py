"""`python -m dev.advisories bills DIRECTORY`, or `… check OSV.zip [SHEET.md]`.

`check` ends with 0 where nothing is open, 1 where something has to be done, 2 where it could not be
told: the database is too old, or something in it was not understood.
"""

import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from libs.contracts.times import day_of

from .bills import bill
from .database import read
from .findings import compare, exemptions
from .packages import IMAGES, locked
from .sheet import sheet

OLDEST = timedelta(days=3)
"""Something is published every day: a database without news for so long was not renewed."""


def bills(folder: Path) -> int:
    """Write one bill per image."""
    folder.mkdir(parents=True, exist_ok=True)
    for image, lock in IMAGES.items():
        packages = locked(lock)
        (folder / f"{image}.cdx.json").write_text(bill(image, packages, exemptions()))
        print(f"{image}: {len(packages)} packages")
    return 0


def check(path: Path, paper: Path | None, now: datetime) -> int:
    """Compare every image with the database."""
    images = {image: locked(lock) for image, lock in IMAGES.items()}
    names = {package.name for packages in images.values() for package in packages}
    try:
        database = read(path, names)
    except (zipfile.BadZipFile, OSError) as error:
        print(f"{path} is no export of OSV: {error}")
        return 2
    today = day_of(now)
    findings = compare(images, database, exemptions(), today)
    text = sheet(today, database, findings, len(images))
    if paper:
        paper.parent.mkdir(parents=True, exist_ok=True)
        paper.write_text(text)
    print(text)
    if database.newest is None or now - database.newest > OLDEST:
        print(f"The database is older than {OLDEST.days} days: carry in a new one.")
        return 2
    if any(one.exemption is None for one in findings):
        return 1
    return 2 if database.unreadable else 0


def main(words: list[str]) -> int:
    match words:
        case ["bills", folder]:
            return bills(Path(folder))
        case ["check", path, *paper] if len(paper) <= 1:
            return check(Path(path), Path(paper[0]) if paper else None, datetime.now(UTC))
        case _:
            print(__doc__)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
