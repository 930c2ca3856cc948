"""Tests of the citizens' door."""
