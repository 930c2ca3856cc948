"""The name of an imported file as reports show it."""

import re

from libs.rules.personal_numbers import redacted

_LONGEST = 120


def shown_name(name: str) -> str:
    """The last part of the path without control characters; nothing that may be a person's."""
    last = re.split(r"[/\\]", redacted(name))[-1]
    return "".join(filter(str.isprintable, last)).strip()[:_LONGEST] or "(名前なし)"
