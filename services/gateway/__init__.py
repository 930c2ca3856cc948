"""The gateway: two doors in one image, each an application of its own.

Owns nothing that booking, eligibility, notify or reporting own; it asks them over HTTP and shows
pages. `internet` is the citizens' door: no database, the availability board in memory, fed by
`cells.changed`, `office.published` and `procedure.published`. `lgwan` is the staff's door:
accounts, sessions and the operation log. `web` is what both share: layout, components, clients.
"""
