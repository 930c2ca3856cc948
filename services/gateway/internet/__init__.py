"""The citizens' door: pages to book, find, change and cancel. No database, no staff route.

Owns nothing: answers of a booking in progress travel in a sealed cookie, free times come from the
board in memory. Listens live to `cells.changed`, `office.published` and `procedure.published`.
"""
