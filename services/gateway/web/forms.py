"""Form bodies: read with limits, decoded strictly, or refused."""

from urllib.parse import parse_qs

from starlette.requests import Request

from libs.common.errors import Malformed
from libs.common.web import read_limited

from .typed import harmless

BODY_LIMIT = 65536
MAX_FIELDS = 64
MAX_LENGTH = 400
_KIND = "application/x-www-form-urlencoded"


class Form:
    """The fields of a form. A field that was not sent is an empty text.

    Twelve digits are as good as nothing, whatever the field: they may be an individual number.
    """

    def __init__(self, values: dict[str, list[str]]) -> None:
        self._values = values

    def get(self, name: str) -> str:
        return harmless(self.typed(name))

    def all(self, name: str) -> list[str]:
        return [harmless(text) for text in self._values.get(name, [])]

    @property
    def names(self) -> tuple[str, ...]:
        """Of the fields that were sent."""
        return tuple(self._values)

    def every(self, name: str) -> list[str]:
        """All values as they were sent, for the same readers."""
        return self._values.get(name, [])

    def typed(self, name: str) -> str:
        """As it was sent: for passwords, and for readers who tell people about twelve digits."""
        return self._values.get(name, [""])[0]

    def renamed(self, name: str, other: str) -> "Form":
        """The form with one field under another name."""
        return Form({other if one == name else one: sent for one, sent in self._values.items()})

    def part(self, prefix: str) -> "Form":
        """The fields whose names begin like this, under the rest of their names."""
        return Form(
            {
                name.removeprefix(prefix): values
                for name, values in self._values.items()
                if name.startswith(prefix)
            }
        )


async def read_form(
    request: Request, limit: int = BODY_LIMIT, longest: int = MAX_LENGTH, most: int = MAX_FIELDS
) -> Form:
    """The form of a POST, with `most` fields at most. Raises TooLarge and Malformed.

    A field of more than `longest` characters is nothing a person types here.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _KIND:
        raise Malformed("A form is expected.")
    body = await read_limited(request, limit)
    try:
        values = parse_qs(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=most
        )
    except ValueError:
        raise Malformed("The form cannot be read.") from None
    if any(len(text) > longest or "\0" in text for field in values.values() for text in field):
        raise Malformed("A field is too long.")
    return Form(values)
