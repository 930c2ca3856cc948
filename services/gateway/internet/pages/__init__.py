"""The entrance, and pages that are the same for everybody."""
