"""Accounts of staff: signing in and out, and what the commands for accounts do."""
