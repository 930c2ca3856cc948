"""What services say to each other: facts and HTTP bodies, one module per owner."""
