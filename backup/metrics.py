"""The figures of backup, on the operators' port of each journal."""

from prometheus_client import Gauge

LAG = Gauge("oita_backup_journal_lag_seconds", "Age of the first change that this journal lacks.")
CONNECTED = Gauge("oita_backup_journal_connected", "1 while this journal receives.")
SYNCHRONOUS = Gauge(
    "oita_backup_journal_synchronous", "1 while bookings wait for this journal or another."
)
UNSEALED = Gauge("oita_backup_unsealed_files", "Whole files of the log that the archive lacks.")
MISSING = Gauge(
    "oita_backup_missing_files", "Files of the log since the newest base backup that nobody has."
)
BASE_AGE = Gauge("oita_backup_base_age_seconds", "Age of the newest base backup; -1 without one.")
DRILL_AGE = Gauge(
    "oita_backup_drill_age_seconds", "Age of the newest signed result of a drill; -1 without one."
)
DRILL_OK = Gauge("oita_backup_drill_ok", "1 if the newest drill brought everything back.")
