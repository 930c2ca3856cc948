"""One's own booking: found, shown, moved and cancelled."""
