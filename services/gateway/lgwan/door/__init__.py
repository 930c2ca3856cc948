"""What every room stands on: who is signed in, the pages, the database, the words."""
