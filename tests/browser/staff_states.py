"""The registry of the staff door: every state of every page, one module per subject."""

from . import (
    staff,
    staff_accounts,
    staff_cards,
    staff_corrections,
    staff_counter,
    staff_family,
    staff_finding,
    staff_guidances,
    staff_imports,
    staff_lent,
    staff_log,
    staff_outages,
    staff_phone,
    staff_schedules,
    staff_settings,
    staff_texts,
    staff_today,
    staff_unsaved,
)
from .staff import DeskState

STATES: tuple[DeskState, ...] = (
    *staff.STATES,
    *staff_imports.STATES,
    *staff_counter.STATES,
    *staff_corrections.STATES,
    *staff_settings.STATES,
    *staff_phone.STATES,
    *staff_family.STATES,
    *staff_finding.STATES,
    *staff_today.STATES,
    *staff_texts.STATES,
    *staff_guidances.STATES,
    *staff_schedules.STATES,
    *staff_outages.STATES,
    *staff_unsaved.STATES,
    *staff_lent.STATES,
    *staff_cards.STATES,
    *staff_accounts.STATES,
    *staff_log.STATES,
)
