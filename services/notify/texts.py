"""The city's texts: a folder for each language, in it a file for each kind of mail."""

from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from libs.contracts.booking import Language
from libs.contracts.notify import MailKind

from .domain.languages import LANGUAGES
from .domain.letter import Templates
from .domain.template import Template

_FOLDER = Path(__file__).parent / "templates"


def load_templates() -> Templates:
    """Raises BadTemplate or OSError, so that a wrong text stops the process at start."""
    return {language: _in_language(language) for language in LANGUAGES}


def _in_language(language: Language) -> Mapping[MailKind, Template]:
    kinds: tuple[MailKind, ...] = get_args(MailKind)
    files = {kind: _FOLDER / language / f"{kind}.txt" for kind in kinds}
    return {kind: Template.parse(file.read_text("utf-8")) for kind, file in files.items()}
