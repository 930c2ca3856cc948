"""Journeys and faults across the running services."""
