"""Whom a message is for: a phone number in E.164, or a business-scoped user id.

Since 2026 a recipient is no longer always a phone number
(reference: Meta, business-scoped user ids, 4.7).
"""

from msgspec import Struct


class Recipient(Struct, frozen=True):
    """One of the two is set; neither in a read receipt, which names a message and nobody.

    phone    E.164 digits, without the plus sign; never rewritten
    user_id  a business-scoped user id, `US.13491208655302741918`
    """

    phone: str | None = None
    user_id: str | None = None

    @property
    def address(self) -> str:
        """The one text a recipient is stored and looked up by: `+91…` or the user id; or empty."""
        return f"+{self.phone}" if self.phone is not None else self.user_id or ""


def parse_address(address: str) -> Recipient:
    """The recipient that `address` was printed from."""
    if not address:
        return Recipient()
    if address.startswith("+"):
        return Recipient(phone=address[1:])
    return Recipient(user_id=address or None)
