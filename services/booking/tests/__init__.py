"""Tests of booking, on a real PostgreSQL."""
