"""Meta's signature of a webhook: HMAC-SHA256 over the raw bytes, keyed by the app secret.

Source: Meta, webhooks, create a webhook endpoint (`reference` 4.2). The body is never parsed
and written again before it is verified: Meta signs its own escaping.
"""

import hashlib
import hmac

PREFIX = "sha256="


def sign(body: bytes, app_secret: str) -> str:
    """The value of `X-Hub-Signature-256` for this body."""
    return PREFIX + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def is_signed(body: bytes, app_secret: str, signature: str) -> bool:
    """Whether this is Meta's signature of this body; takes the same time for every wrong one."""
    return hmac.compare_digest(sign(body, app_secret).encode(), signature.strip().encode())
