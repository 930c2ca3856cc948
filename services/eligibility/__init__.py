"""Eligibility owns the persons whose card waits at a counter: who they are, and where the card is.

It takes them from the CSV of the residents' systems, keeps numbers and dates of birth sealed, and
answers whether a card waits for a number and a date of birth, with a signed ticket. It publishes
`eligibility.imported` (new or changed persons) and `eligibility.moved` (the card is at another
office now), and listens to `booking.finished` and `booking.reopened` (a card was handed over, or
not after all) and `office.published` (the offices that an imported row may name).
"""
