"""Guards of the house: what the pieces may know, say and read, and that the documents are true."""
