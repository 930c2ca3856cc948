"""Texts of mails: `{{name}}` variables from a fixed list, and no logic."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

VARIABLES = frozenset(
    {
        "number",
        "when",
        "previous_when",
        "proposed_when",
        "proposed_office",
        "held_until",
        "office",
        "office_address",
        "office_phone",
        "procedure",
        "guidance",
        "documents",
        "notes",
        "link_url",
        "change_until",
        "find_url",
        "site_url",
    }
)
_VARIABLE = re.compile(r"\{\{(.*?)\}\}")


class BadTemplate(ValueError):
    """A text that cannot be used; says why."""


@dataclass(frozen=True)
class Template:
    """One kind of mail. The subject is fixed: it must not tell what the visit is for."""

    subject: str
    body: str

    @classmethod
    def parse(cls, text: str) -> "Template":
        """The first line is the subject, the body follows a blank line. Raises BadTemplate."""
        subject, _, body = text.partition("\n\n")
        if not subject or "\n" in subject or "{{" in subject or not body.strip():
            raise BadTemplate("a subject without variables, a blank line and a body are needed")
        if unknown := set(_VARIABLE.findall(body)) - VARIABLES:
            raise BadTemplate(f"unknown variables: {', '.join(sorted(unknown))}")
        return cls(subject, body)

    @property
    def variables(self) -> frozenset[str]:
        """What the body says of a visit."""
        return frozenset(_VARIABLE.findall(self.body))

    def fill(self, values: Mapping[str, str]) -> str:
        """The body with its variables. A line of nothing but empty variables is left out."""
        lines = (_fill(line, values) for line in self.body.splitlines())
        return "\n".join(line for line in lines if line is not None) + "\n"


def _fill(line: str, values: Mapping[str, str]) -> str | None:
    filled = _VARIABLE.sub(lambda found: values[found[1]], line)
    return None if line and not filled else filled
