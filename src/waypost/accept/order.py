"""An order: one request, understood and examined, of an account, from a sender."""

from msgspec import Struct

from waypost.accept.checks import is_free_form
from waypost.accept.idempotency import IdempotencyKey
from waypost.model.account import Account, CheckMode
from waypost.model.medium import Medium
from waypost.model.rate import Estimate
from waypost.model.refusal import Fault
from waypost.model.sender import Sender
from waypost.model.submission import Submission


class Order(Struct, frozen=True):
    """What is to be kept, if nothing speaks against it.

    estimates        what each of its messages is expected to cost, in the order of recipients
    findings         what was found and did not refuse it: noted with its messages
    is_marketing     whether opt-outs concern it
    media            those of its media that are known here
    template_status  of its template, as it is known here; None if it has none, or it is not known
    """

    account: Account
    sender: Sender
    submission: Submission
    estimates: tuple[Estimate, ...]
    idempotency: IdempotencyKey | None = None
    findings: tuple[Fault, ...] = ()
    is_marketing: bool = False
    media: tuple[Medium, ...] = ()
    template_status: str | None = None

    @property
    def needs_window(self) -> bool:
        """Whether its recipients must have written within the last 24 hours."""
        return self.account.check_mode is not CheckMode.OFF and is_free_form(self.submission)

    @property
    def category(self) -> str:
        """What Meta will probably bill its messages as; empty for a read receipt."""
        return self.estimates[0].category

    @property
    def total_minor(self) -> int:
        """The price of all its messages."""
        return sum(one.price_minor for one in self.estimates)
