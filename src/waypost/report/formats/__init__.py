"""Rows of an export as bytes: one file for each format."""
