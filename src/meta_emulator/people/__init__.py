"""Recipients: what they write, tap and order."""
