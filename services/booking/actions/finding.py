"""The keys under which people are found again, one for each thing they say of themselves."""

from dataclasses import dataclass

from libs.common.seal import BlindIndex
from libs.rules.contacts import fold_email, fold_phone
from libs.rules.names import fold_name


@dataclass(frozen=True)
class SearchKeys:
    """Digests for search alone. None of them equals a digest of anything else that is kept, or one
    of another kind, so the tables do not say that a name is somebody's address."""

    _names: BlindIndex
    _phones: BlindIndex
    _emails: BlindIndex

    @classmethod
    def of(cls, key: bytes) -> "SearchKeys":
        """Each key is derived from the one that the service is given."""
        names, phones, emails = (
            BlindIndex.derived(key, f"search {kind}") for kind in ("name", "phone", "email")
        )
        return cls(names, phones, emails)

    def name(self, name: str) -> str:
        return self._names.digest(fold_name(name))

    def phone(self, number: str) -> str:
        return self._phones.digest(fold_phone(number))

    def email(self, address: str) -> str:
        return self._emails.digest(fold_email(address))
