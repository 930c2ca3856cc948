"""Texts that can be filled: the supplied ones, a file for each language and kind, and the city's
own."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from libs.common.logs import fields
from libs.contracts.booking import Language
from libs.contracts.notify import MailKind, MailText, TextPlace

from .domain.languages import LANGUAGES
from .domain.letter import Templates
from .domain.template import VARIABLES, Template

log = logging.getLogger(__name__)

_FOLDER = Path(__file__).parent / "templates"


def load_templates() -> Templates:
    """Raises BadTemplate or OSError, so that a wrong text stops the process at start."""
    return {language: _in_language(language) for language in LANGUAGES}


def parsed(own: Mapping[TextPlace, MailText]) -> dict[TextPlace, Template]:
    """Those that this release can fill. A text of a later or older one with other variables is
    passed over: a mail with the next wider text is better than none."""
    made = {place: Template(text.subject, text.body) for place, text in own.items()}
    wrong = [place for place, text in made.items() if not text.variables <= VARIABLES]
    for place in wrong:
        where = f"{place.language}/{place.procedure_id}/{place.office_id}/{place.series_id}"
        log.error("a text has unknown variables", extra=fields(kind=place.kind, place=where))
    return {place: text for place, text in made.items() if place not in wrong}


def _in_language(language: Language) -> Mapping[MailKind, Template]:
    kinds: tuple[MailKind, ...] = get_args(MailKind)
    files = {kind: _FOLDER / language / f"{kind}.txt" for kind in kinds}
    return {kind: Template.parse(file.read_text("utf-8")) for kind, file in files.items()}
