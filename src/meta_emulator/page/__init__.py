"""The web page: its files, and the pictures that are drawn for it."""
