"""What is said of a secret that cannot be sealed or opened.

It stands apart from `vault` so that the command line knows it without waiting for cryptography.
"""


class VaultError(Exception):
    """A secret cannot be sealed or opened; the text says what to do."""
