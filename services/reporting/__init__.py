"""Reporting owns the counts: one row per booking version, mail and card, without a person in them.

It publishes nothing. It listens to booking (offices, procedures and every step of a booking), to
notify (what became of each mail) and to eligibility (where cards wait and which were collected). It
holds no key: it can open nothing that is sealed, and it keeps neither booking numbers nor contacts.
"""
