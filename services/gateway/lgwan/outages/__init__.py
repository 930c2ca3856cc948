"""全国システム障害: booking online stops, those waiting get the outcome, one press ends it."""
