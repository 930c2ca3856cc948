"""The figures every process shows to Prometheus."""

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

HTTP_SECONDS = Histogram(
    "oita_http_request_duration_seconds",
    "Time to answer, by route.",
    ["route", "method", "status"],
    buckets=_FAST,
)
FACTS_PUBLISHED = Counter("oita_facts_published_total", "Facts confirmed by the broker.", ["fact"])
FACTS_REFUSED = Counter("oita_facts_refused_total", "Publishes that the broker refused.", ["fact"])
FACTS_HANDLED = Counter(
    "oita_facts_handled_total", "Facts taken in, by what came of it.", ["fact", "result"]
)
FACT_SECONDS = Histogram(
    "oita_fact_handling_duration_seconds", "Time to handle a fact.", ["fact"], buckets=_FAST
)
OUTBOX_BACKLOG = Gauge("oita_outbox_backlog", "Facts not yet confirmed by the broker.")
OUTBOX_AGE = Gauge("oita_outbox_oldest_seconds", "Age of the oldest fact not yet confirmed.")
OUTBOX_PARKED = Gauge("oita_outbox_parked", "Facts that the broker did not take in ten tries.")
RETRIES_WAITING = Gauge("oita_inbox_retries_waiting", "Facts that failed and wait for another try.")
DEAD_LETTERS = Gauge("oita_inbox_dead_letters", "Facts given up on; `redrive` brings them back.")
PROJECTION_ROWS = Gauge(
    "oita_projection_rows",
    "Rows kept of what others publish; 0 asks for `republish`.",
    ["of"],
)
FACTS_FOREIGN = Counter(
    "oita_facts_foreign_total", "Facts refused because they did not come from their owner."
)
BROKER_MISSES = Gauge(
    "oita_broker_misses",
    "1 while a queue or an exchange that the process needs is missing.",
    ["what"],
)
CLOCK_OFFSET = Gauge(
    "oita_clock_offset_seconds",
    "How far this door's clock is ahead of booking's, to about a second.",
)
RUN_AGAIN = Counter(
    "oita_transactions_run_again_total",
    "Transactions run again because others were at the same rows.",
)
TASK_RESTARTS = Counter(
    "oita_task_restarts_total", "Background tasks that ended and were restarted.", ["task"]
)
WRONG_TRIES_HOUR = Gauge(
    "oita_wrong_tries_last_hour",
    "Wrong tries to identify a card or to find a booking, of everybody.",
)
