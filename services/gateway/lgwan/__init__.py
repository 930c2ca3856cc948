"""The staff door.

Owns: staff accounts, their sessions, wrong sign-ins and the operation log.
Publishes: nothing yet. Listens to: nothing; each page asks the services that own the data.
"""
