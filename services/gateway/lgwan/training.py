"""What a training leaves at the staff door; accounts, roles and saved filters stay."""

from libs.common.training import TrainingTables

TRAINING_TABLES = TrainingTables(
    "gateway",
    erased=frozenset(
        {
            "display",
            "export",
            "export_part",
            "familiar",
            "found",
            "handover_note",
            "operation",
            "operation_head",
            "operation_link",
            "saved_list",
            "sign_in_attempt",
            "staff_session",
            "unsaved",
        }
    ),
    kept=frozenset({"saved_filter", "staff", "staff_loan", "staff_role", "went_live"}),
)
