"""Free times: overview, month, week and day."""
