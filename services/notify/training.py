"""What a training leaves in notify; the city's own texts stay."""

from libs.common.training import TrainingTables

TRAINING_TABLES = TrainingTables(
    "notify",
    erased=frozenset(
        {
            "agenda",
            "delivery",
            "inbox",
            "inbox_retry",
            "office",
            "outbox",
            "procedure",
            "trial",
            "watermark",
        }
    ),
    kept=frozenset({"own_text", "went_live"}),
)
