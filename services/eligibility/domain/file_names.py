"""The name of an imported file as reports show it."""

import re

from .numbers import holds_individual_number

_LONGEST = 120


def shown_name(name: str) -> str:
    """The last part of the path without control characters; nothing that may be a person's."""
    last = re.split(r"[/\\]", name)[-1]
    printable = "".join(filter(str.isprintable, last)).strip()[:_LONGEST]
    return "(名前なし)" if not printable or holds_individual_number(name) else printable
