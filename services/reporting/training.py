"""What a training leaves in reporting: all that it counted."""

from libs.common.training import TrainingTables

TRAINING_TABLES = TrainingTables(
    "reporting",
    erased=frozenset(
        {
            "booking_now",
            "booking_version",
            "card",
            "closed_month",
            "inbox",
            "inbox_retry",
            "mail",
            "office",
            "outbox",
            "procedure",
            "wait",
        }
    ),
    kept=frozenset({"went_live"}),
)
