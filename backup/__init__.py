"""Backup, journal and restore of the one PostgreSQL server that everybody's data are in.

`journal` receives every change as it is written and flushes it at once, on storage of its own. What
it has received goes sealed into the archive, a second place, where the daily base backups are. From
both `restore` makes a server as of any second, anywhere; `drill` does so each day and compares.
Receiving and base backups are PostgreSQL's own programs; what is here is what they do not have.
"""
