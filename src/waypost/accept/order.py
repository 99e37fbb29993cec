"""An order: one request, understood and examined, of an account, from a sender."""

from msgspec import Struct

from waypost.accept.checks import is_free_form
from waypost.accept.idempotency import IdempotencyKey
from waypost.model.account import Account, CheckMode
from waypost.model.medium import Medium
from waypost.model.refusal import Fault
from waypost.model.sender import Sender
from waypost.model.submission import Submission


class Order(Struct, frozen=True):
    """What is to be kept, if nothing speaks against it.

    price_minor   of each of its messages
    findings      what was found and did not refuse it: noted with its messages
    is_marketing  whether opt-outs concern it
    media         those of its media that are known here
    """

    account: Account
    sender: Sender
    submission: Submission
    price_minor: int
    idempotency: IdempotencyKey | None = None
    findings: tuple[Fault, ...] = ()
    is_marketing: bool = False
    media: tuple[Medium, ...] = ()

    @property
    def needs_window(self) -> bool:
        """Whether its recipients must have written within the last 24 hours."""
        return self.account.check_mode is not CheckMode.OFF and is_free_form(self.submission)

    @property
    def total_minor(self) -> int:
        """The price of all its messages."""
        return self.price_minor * len(self.submission.recipients)
