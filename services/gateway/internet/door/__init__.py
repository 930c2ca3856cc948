"""What every page of a citizen stands on: the session, the draft, forms, holds and refusals."""
