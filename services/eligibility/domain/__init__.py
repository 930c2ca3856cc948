"""The rules of the list of eligible persons, without database, HTTP or keys."""
