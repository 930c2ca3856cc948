"""Tests of what stands between the libraries and the services."""
