"""The city's texts, one file per kind of mail beside this module."""

from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from libs.contracts.notify import MailKind

from .domain.template import Template

_FOLDER = Path(__file__).parent / "templates"


def load_templates() -> Mapping[MailKind, Template]:
    """Raises BadTemplate or OSError, so that a wrong text stops the process at start."""
    kinds: tuple[MailKind, ...] = get_args(MailKind)
    return {kind: Template.parse((_FOLDER / f"{kind}.txt").read_text("utf-8")) for kind in kinds}
