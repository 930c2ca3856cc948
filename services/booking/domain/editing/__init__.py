"""What may be set: combinations that cannot be, and what is to be known before saving."""

from .offices import office_problems, office_warnings
from .procedures import procedure_problems, procedure_warnings
from .surroundings import Surroundings

__all__ = [
    "Surroundings",
    "office_problems",
    "office_warnings",
    "procedure_problems",
    "procedure_warnings",
]
