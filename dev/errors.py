"""The one error of the development tools: a sentence for the person at the terminal."""


class CannotStart(Exception):
    """Something the stack needs is missing or failed; the message says what to do."""
