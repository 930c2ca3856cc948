"""What every form of staff brings along: the version that was shown, and the key of the form."""

import re

from libs.common.errors import Malformed

from .auth import FormData

_VERSION = re.compile(r"[0-9]{1,9}")
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


def read_version(text: str) -> int:
    """Raises Malformed."""
    if not _VERSION.fullmatch(text):
        raise Malformed("A version is a number.")
    return int(text)


def read_key(form: FormData) -> str:
    """The key of the rendered form. Raises Malformed."""
    key = form.get("key")
    if not _KEY.fullmatch(key):
        raise Malformed("The form has no key.")
    return key
