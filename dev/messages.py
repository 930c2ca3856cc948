"""`make messages`: the Japanese texts of pages and code, brought into the catalogs of languages."""

import io
import re
import sys
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from services.gateway.web.catalogs import VOICES, catalog_file

from .account import ROOT

GATEWAY = ROOT / "services" / "gateway"
FOLDERS = (GATEWAY / "web", GATEWAY / "internet")
_METHODS = [("**/tests/**", "ignore"), ("**.py", "python"), ("**/templates/**.html", "jinja2")]
_OPTIONS = {"**.html": {"newstyle_gettext": "true", "trimmed": "true"}}
_HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def found() -> Catalog:
    """Every marked text, with the files it stands in."""
    template = Catalog(charset="utf-8")
    for folder in FOLDERS:
        place = folder.relative_to(ROOT).as_posix()
        for name, _, text, _, _ in extract_from_dir(folder, _METHODS, _OPTIONS):
            template.add(text, None, [(f"{place}/{name}", 0)])
    return template


def written(template: Catalog, known: bytes) -> bytes:
    """A catalog with exactly the texts of `template` and the translations of `known`. A text that
    was changed keeps the translation of the one most like it as fuzzy, to be looked at: nobody is
    shown a sentence that may mean something else, and the tests count it as missing."""
    old = read_po(io.BytesIO(known), charset="utf-8")
    catalog = Catalog(charset="utf-8")
    gone = [str(text.id) for text in old if text.id and text.string and text.id not in template]
    for text in template:
        if text.id:
            translated, flags = old.get(text.id), set[str]()
            if translated is None or not translated.string:
                translated = next(map(old.get, get_close_matches(str(text.id), gone, 1)), None)
                flags = {"fuzzy"} if translated else flags
            elif translated.fuzzy:
                flags = {"fuzzy"}
            string = translated.string if translated else ""
            catalog.add(text.id, string, sorted(text.locations), flags=flags)
    file = io.BytesIO()
    write_po(file, catalog, width=0, omit_header=True, sort_by_file=True, include_lineno=False)
    return _HEADER.encode() + file.getvalue()


def missing(path: Path) -> list[str]:
    """Texts that the catalog does not translate, or whose translation is to be looked at."""
    with path.open("rb") as file:
        return [
            str(m.id) for m in read_po(file, charset="utf-8") if m.id and (not m.string or m.fuzzy)
        ]


def catalogs() -> Iterator[Path]:
    return (catalog_file(voice.code) for voice in VOICES if voice.code != "ja")


def main() -> None:
    template = found()
    for path in catalogs():
        path.write_bytes(written(template, path.read_bytes() if path.exists() else b""))
        left = missing(path)
        print(f"{path.relative_to(ROOT)}: {len(template)} texts, {len(left)} to translate")
        if "-v" in sys.argv:
            print("\n".join(re.sub(r"^", "    ", text) for text in left))


if __name__ == "__main__":
    main()
