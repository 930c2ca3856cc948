"""Journeys through a real browser across the running services."""
