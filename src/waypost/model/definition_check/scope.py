"""What kind of template a definition makes, as far as it changes the rules for its parts."""

from msgspec import Struct

AUTHENTICATION = "authentication"
MARKETING = "marketing"
UTILITY = "utility"
CATEGORIES = (MARKETING, UTILITY, AUTHENTICATION)

LONGEST_BODY = 1024
LONGEST_OFFER_BODY = 600
LONGEST_CARD_BODY = 160
LONGEST_CODE = 20
LONGEST_OFFER_CODE = 15
"""In characters; the offer's where the template is a limited-time offer. Of the two documented
lengths of a coupon's code, 15 and 20, the younger holds (reference 7.2 and 13)."""


class Scope(Struct, frozen=True):
    """What holds for every part of one definition.

    category      in lower case; empty if the definition does not say one that exists
    is_named      placeholders have names, not numbers
    longest_body  in characters, outside of cards
    longest_code  in characters, of a copy-code button's example
    """

    category: str
    is_named: bool
    longest_body: int = LONGEST_BODY
    longest_code: int = LONGEST_CODE

    @property
    def is_authentication(self) -> bool:
        """Whether Meta words the body itself, and the one button carries the code."""
        return self.category == AUTHENTICATION
