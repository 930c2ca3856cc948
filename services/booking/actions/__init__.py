"""What people do at the counter's system: hold, book, change, cancel, tick, and lay out times."""
