"""Secrets at rest: sealed before they are kept, opened only where they are used.

Law: what is sealed says so, by its first letters; what is not sealed is refused, never guessed.
The keys come from the setting `secret_keys` or, without it, from a file beside the database that
is made once and readable by its owner alone. The first key seals, every key opens: a new key is
put before the old ones, and `waypost db reseal` writes all secrets anew.
"""

import base64
import contextlib
import hashlib
import hmac
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from waypost.runtime.vault_error import VaultError

MARK = "sealed:"
KEY_FILE = "secret.key"
DERIVING = "waypost derives keys with "
"""Put before a key, so that what is derived tells nothing of what seals."""

HASHING = "waypost hashes what is erased with "
"""Put before a key, so that what hashes is not what seals."""

HASH_DIGITS = 32
MOST_OPENED = 8 * 1024 * 1024
"""Characters of sealed secrets that are remembered with what they hold."""

SHORTEST_KEY = 32
"""Characters of a key: enough that it was made by a machine."""


class Vault:
    """Seals and opens, with authenticated encryption (Fernet: AES-128-CBC and HMAC-SHA-256)."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Raises VaultError if there is no key, or one is too short."""
        if not keys or any(len(key) < SHORTEST_KEY for key in keys):
            raise VaultError(
                f"secret_keys needs keys of at least {SHORTEST_KEY} characters, with commas "
                "between; `openssl rand -hex 32` makes one."
            )
        self._fernet = MultiFernet([Fernet(_derive(key)) for key in keys])
        self._opened: dict[str, str] = {}
        self._opened_size = 0
        self._roots = tuple(hashlib.sha256(f"{DERIVING}{key}".encode()).digest() for key in keys)
        self._hashing = [hashlib.sha256(f"{HASHING}{key}".encode()).digest() for key in keys]

    def hashes(self, text: str) -> tuple[str, ...]:
        """A text's keyed hashes, one for each key, the first key's first: 32 hexadecimal digits.

        Equal texts have equal hashes; without a key nobody can tell which text it was.
        """
        return tuple(
            hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:HASH_DIGITS]
            for key in self._hashing
        )

    def derive(self, purpose: str) -> tuple[bytes, ...]:
        """Keys for a purpose of its own, one of each key: the first signs, every one verifies."""
        return tuple(
            hmac.new(root, purpose.encode(), hashlib.sha256).digest() for root in self._roots
        )

    def seal(self, secret: str) -> str:
        """The secret as it may be kept."""
        return MARK + self._fernet.encrypt(secret.encode()).decode()

    def reseal(self, sealed: str) -> str:
        """The same secret, sealed with the first key. Raises VaultError."""
        return self.seal(self.open(sealed))

    def open(self, sealed: str) -> str:
        """The secret. Raises VaultError for what none of the keys sealed.

        Secrets are few and used for every message: each is opened once and remembered, until they
        are more than MOST_OPENED together, for whoever changes them leaves the old ones behind.
        """
        secret = self._opened.get(sealed)
        if secret is None:
            if not sealed.startswith(MARK):
                raise VaultError("A secret lies unsealed in the database; restart the gateway.")
            try:
                secret = self._fernet.decrypt(sealed[len(MARK) :]).decode()
            except (InvalidToken, ValueError):  # the second: what was never ASCII
                raise VaultError(
                    "A secret in the database was sealed with another key. Put the key that "
                    "sealed it back: into secret_keys, or as the file secret.key in data_dir."
                ) from None
            self._opened_size += len(sealed)
            if self._opened_size > MOST_OPENED:
                self._opened, self._opened_size = {}, len(sealed)
            self._opened[sealed] = secret
        return secret


def is_sealed(text: str) -> bool:
    """Whether a text was sealed by a vault, whatever its key."""
    return text.startswith(MARK)


def open_vault(secret_keys: str, folder: Path) -> Vault:
    """The vault of a data folder: its keys from the setting, else from the folder's key file.

    Raises VaultError if the keys are unfit or the file cannot be read or made.
    """
    keys = [key.strip() for key in secret_keys.split(",") if key.strip()]
    return Vault(keys or [_read_or_make(folder / KEY_FILE)])


def _read_or_make(path: Path) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        return path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise VaultError(f"The key file {path} cannot be used: {error}.") from error


def _make(path: Path) -> None:
    """The file with a new key, whole or not at all; one that another process made meanwhile wins.

    Written beside and linked, on the disk before anything is sealed with it.
    """
    handle, name = tempfile.mkstemp(prefix=f"{KEY_FILE}.", dir=path.parent)  # its owner's alone
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{Fernet.generate_key().decode()}\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
    finally:
        Path(name).unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _derive(key: str) -> bytes:
    """A Fernet key of any text: the keys are long and made by chance, so one hash is enough."""
    return base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())
