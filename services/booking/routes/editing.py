"""What the LGWAN door asks for about settings of offices and procedures."""

from starlette.routing import Route

from libs.contracts.booking import OfficeChange, ProcedureChange
from services.booking.actions import editing

from .endpoints import checks, saves, shows

RIGHT = "settings.edit"
DEADLINES_RIGHT = "deadlines.edit"
"""Opens the procedures that are there; what may be changed of them, actions/editing.py says."""
LONGEST = 262_144
"""Bytes of one object with its words in all languages."""

add_office = saves(editing.add_office, OfficeChange, right=RIGHT, status=201, longest=LONGEST)
change_office = saves(
    editing.change_office, OfficeChange, right=RIGHT, longest=LONGEST, named_by="office_id"
)
check_office = checks(editing.check_office, OfficeChange, right=RIGHT, longest=LONGEST)
add_procedure = saves(
    editing.add_procedure, ProcedureChange, right=RIGHT, status=201, longest=LONGEST
)
change_procedure = saves(
    editing.change_procedure,
    ProcedureChange,
    right=DEADLINES_RIGHT,
    longest=LONGEST,
    named_by="procedure_id",
)
check_procedure = checks(
    editing.check_procedure, ProcedureChange, right=DEADLINES_RIGHT, longest=LONGEST
)
see_office = shows(editing.see_office, "office_id", right=RIGHT)
see_procedure = shows(editing.see_procedure, "procedure_id", right=DEADLINES_RIGHT)

ROUTES = [
    Route("/v1/staff/offices", add_office, methods=["POST"]),
    Route("/v1/staff/offices/{office_id}", see_office, methods=["GET"]),
    Route("/v1/staff/offices/{office_id}", change_office, methods=["POST"]),
    Route("/v1/staff/procedures", add_procedure, methods=["POST"]),
    Route("/v1/staff/procedures/{procedure_id}", see_procedure, methods=["GET"]),
    Route("/v1/staff/procedures/{procedure_id}", change_procedure, methods=["POST"]),
    Route("/v1/staff/checks/office", check_office, methods=["POST"]),
    Route("/v1/staff/checks/procedure", check_procedure, methods=["POST"]),
]
