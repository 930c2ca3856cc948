"""What the rooms that work with bookings share: a row, its buttons, a person as staff type them."""
