"""Reads the fields of a form one by one and collects what is wrong with them."""

from datetime import date

from libs.rules.personal_numbers import has_individual_number

from .forms import Form
from .typed import INDIVIDUAL_NUMBER, Mistyped, TypedDate, read_birth

Errors = dict[str, str]
"""Sentences by the name of their field."""


class Reading:
    """Collects the sentences while a form is read."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self.errors: Errors = {}

    def text(self, name: str, field: str | None = None) -> str:
        """What was typed; an individual number is dropped and noted on the spot."""
        typed = self._form.typed(name).strip()
        if has_individual_number(typed):
            self.errors[field or name] = INDIVIDUAL_NUMBER
            return ""
        return typed

    def birth(self, today: date) -> tuple[TypedDate, date | None]:
        parts = [self.text(f"born-{part}", "born") for part in ("year", "month", "day")]
        typed = TypedDate(self.text("born-era", "born"), *parts)
        if "born" in self.errors:
            return typed, None
        try:
            return typed, read_birth(typed, today)
        except Mistyped as wrong:
            self.errors["born"] = str(wrong)
            return typed, None
