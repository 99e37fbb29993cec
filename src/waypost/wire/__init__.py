"""The customer's language: bodies, envelope, codes. Pure: bytes in, values out."""
