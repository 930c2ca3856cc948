"""Notify owns the mails to citizens: one delivery per booking version and kind, and their texts.

On the day before the visit it reminds whoever still comes.

It publishes what became of each mail (`notify.delivered`, `notify.failed`). It listens to booking:
bookings made, moved, cancelled or given another contact become mails where there is an address;
offices and procedures are kept to name them. An address stays sealed until the mail is written and
is forgotten as soon as the delivery is finished.
"""
