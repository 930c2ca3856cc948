"""What a training leaves in booking, and what the city set up and keeps."""

from libs.common.training import TrainingTables

TRAINING_TABLES = TrainingTables(
    "booking",
    erased=frozenset(
        {
            "active_person",
            "address_use",
            "booking",
            "booking_history",
            "booking_link",
            "card",
            "cell",
            "displaced",
            "hold",
            "idempotency_key",
            "inbox",
            "inbox_retry",
            "laid_out",
            "miss_minute",
            "origin_time",
            "outage",
            "outage_visit",
            "outbox",
            "person_to_call",
            "preparation",
            "reception_count",
            "schedule_change",
            "search_index",
            "search_made",
            "spent_work",
            "unindexed_booking",
            "unlinked_booking",
            "visit",
            "wrong_try",
        }
    ),
    kept=frozenset(
        {
            "guidance",
            "national_stop",
            "office",
            "procedure",
            "series",
            "setting_change",
            "special_day",
            "went_live",
        }
    ),
)
