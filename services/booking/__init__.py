"""Booking owns offices, procedures, opening times, cells, holds and bookings with their history.

It publishes `office.published`, `procedure.published`, `cells.changed` and every `booking.*` fact,
and listens to `eligibility.*` (where a card is, and whether it may be collected) and
`notify.failed` (whose confirmation did not arrive).
"""
