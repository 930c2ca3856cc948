"""集計: how many bookings there were."""
