"""電話する方: whom no mail reaches, whose time was closed, and who met an outage."""
