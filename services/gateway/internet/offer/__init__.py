"""What may be booked and what is free: the catalog and the board, in memory."""
