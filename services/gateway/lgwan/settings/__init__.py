"""Settings of offices and procedures as forms: what is asked, read, shown and compared."""
