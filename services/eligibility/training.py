"""What a training leaves in eligibility. The list of people may be the real one already."""

from libs.common.training import TrainingTables

TRAINING_TABLES = TrainingTables(
    "eligibility",
    erased=frozenset(
        {
            "batch",
            "draft",
            "draft_chunk",
            "fault",
            "inbox",
            "inbox_retry",
            "known_office",
            "known_visit",
            "miss_minute",
            "origin_try",
            "outbox",
            "person",
            "pickup",
            "spent_work",
            "staged_row",
            "undo_row",
            "watermark",
            "wrong_try",
        }
    ),
    kept=frozenset({"list_revision", "profile", "went_live"}),
    listed=frozenset({"batch", "person", "undo_row"}),
)
