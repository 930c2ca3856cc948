"""What help the counter should have ready, as both doors ask for it."""

from typing import get_args

from libs.contracts.booking import Need, Spoken

from .forms import Form


def read_needs(form: Form) -> tuple[tuple[Need, ...], Spoken | None]:
    """Whoever chooses a language needs an interpreter: it is one question."""
    chosen, wanted = form.get("interpreter"), set(form.all("needs"))
    interpreter = next((code for code in get_args(Spoken) if code == chosen), None)
    if interpreter:
        wanted.add("interpreter")
    return tuple(need for need in get_args(Need) if need in wanted), interpreter
