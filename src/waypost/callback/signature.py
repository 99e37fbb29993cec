"""Standard Webhooks signatures. Pure.

Signed is `id.timestamp.body`, with HMAC-SHA256 and each secret that has not expired, so that a
receiver goes on while its secret is exchanged. Source: the Standard Webhooks specification 1.0.0.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from waypost.model.callback import SigningSecret

MARK = "whsec_"
VERSION = "v1"


def sign(
    secrets: Sequence[SigningSecret], event_id: str, at: datetime, body: bytes
) -> dict[str, str]:
    """The three headers of an attempt at this time; no signature without a secret that is alive.

    Raises ValueError for a secret that is not `whsec_` and base64.
    """
    timestamp = str(int(at.timestamp()))
    signed = b".".join((event_id.encode(), timestamp.encode(), body))
    headers = {"webhook-id": event_id, "webhook-timestamp": timestamp}
    alive = [one for one in secrets if one.expires_at is None or at < one.expires_at]
    if alive:
        headers["webhook-signature"] = " ".join(
            f"{VERSION},{_mac(one.secret, signed)}" for one in alive
        )
    return headers


def _mac(secret: str, signed: bytes) -> str:
    try:
        key = base64.b64decode(secret.removeprefix(MARK), validate=True)
    except binascii.Error as error:
        raise ValueError(f"a signing secret is {MARK} and base64: {error}") from None
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
