"""Which e-mail addresses can be written to, and how they are spelled for SMTP.

The doors, booking and notify ask here, so that none takes what another would refuse or read
differently.
"""

import re

DOT_ODDITY_DOMAINS = frozenset({"docomo.ne.jp", "ezweb.ne.jp"})
"""Carriers that once gave out addresses such as `a..b@` and `ab.@`, which are still in use."""

_LONGEST, _LONGEST_LOCAL = 254, 64
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_DOT_ATOM = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_ANY_DOTS = re.compile(rf"(?:{_ATOM}|\.)+")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_TOP = r"(?:[A-Za-z]{2,63}|[Xx][Nn]--[A-Za-z0-9-]{1,58}[A-Za-z0-9])"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+{_TOP}")


class NotMailable(ValueError):
    """No mail can go to this address. The text never quotes the address."""


def mailbox(address: str) -> str:
    """`address` as it goes into the envelope and the To header. Raises NotMailable.

    A local part with dots out of place is quoted, which means the same to the server.
    """
    local, _, domain = address.rpartition("@")
    if len(address) > _LONGEST or len(local) > _LONGEST_LOCAL:
        raise NotMailable("the address is too long")
    if not _DOMAIN.fullmatch(domain):
        raise NotMailable("the part after @ is not the name of a domain")
    if "=?" in address:
        raise NotMailable("the address looks like an encoded word")
    if _DOT_ATOM.fullmatch(local):
        return address
    if domain.lower() in DOT_ODDITY_DOMAINS and _ANY_DOTS.fullmatch(local):
        return f'"{local}"@{domain}'
    raise NotMailable("the part before @ cannot be mailed")


def masked(address: str) -> str:
    """h•••@gmail.com: enough to recognise one's own, not enough to write to somebody else's."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"
