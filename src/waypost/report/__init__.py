"""Reads only: what happened to messages, one and all."""
