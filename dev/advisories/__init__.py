"""What our images are made of, and which published vulnerabilities concern it.

`make bills` writes a bill of materials per image; `make advisories DB=all.zip` compares them with a
database of advisories that was carried in as a file, so that a machine without a way out can check.
"""
