"""Meta's language; client.py holds the one socket to it."""
