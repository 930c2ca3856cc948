"""The end of a visit for several procedures: a choice for each of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from libs.contracts.booking import Outcome, StaffBooking
from services.gateway.lgwan.counter.rows import good_outcomes
from services.gateway.lgwan.door.auth import FormData
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.lgwan.door.words import NOT_DONE, outcome_words

_OUTCOME = TypeAdapter(Outcome)
MISSING = "{}の結果を選んでください。"


@dataclass(frozen=True)
class Choice:
    """`field` is its name in the form; `options` are codes and words."""

    procedure_id: str
    field: str
    procedure: str
    options: tuple[tuple[Outcome, str], ...]
    chosen: str = ""

    @property
    def words(self) -> str:
        """What was chosen, as the pages say it."""
        return next((text for code, text in self.options if code == self.chosen), "")


def choices_of(
    booking: StaffBooking, catalog: CatalogIndex, form: FormData | None = None
) -> list[Choice]:
    """One for each procedure, the leading one first, with what `form` chose."""
    return [
        Choice(
            procedure_id=procedure_id,
            field=f"outcome-{place}",
            procedure=catalog.procedure(procedure_id),
            options=tuple(
                (one, outcome_words(one))
                for one in (*good_outcomes(procedure_id, catalog), *NOT_DONE)
            ),
            chosen=form.get(f"outcome-{place}") if form else "",
        )
        for place, procedure_id in enumerate((booking.procedure_id, *booking.also), 1)
    ]


def read_outcomes(choices: list[Choice]) -> tuple[dict[str, Outcome], Mapping[str, str]]:
    """The outcome of each procedure, and by field what is missing."""
    outcomes: dict[str, Outcome] = {}
    errors = {}
    for choice in choices:
        try:
            outcomes[choice.procedure_id] = _OUTCOME.validate_python(choice.chosen)
        except ValidationError:
            errors[choice.field] = MISSING.format(choice.procedure)
    return outcomes, errors
