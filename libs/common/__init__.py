"""Machinery that every service shares; not a word of the domain."""
