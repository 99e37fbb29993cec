"""Reads only: what happened to a message."""
