"""What this service does: check a person, import a file, follow what happens at the counter."""
