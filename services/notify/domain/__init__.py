"""The rules of mail: who can be written to, what a letter says, what a server's answer means."""
