"""What an error of Meta's asks of us: its class, what is done about it, and whose fault it is.

The rows themselves stand in `model/meta_error_table.py`; dispatch, webhooks, the timeline,
callbacks and the page docs/reference/meta-errors.md all read the same ones.
"""

from dataclasses import dataclass
from enum import StrEnum


class ErrorClass(StrEnum):
    """What kind of trouble a code tells of."""

    THROTTLE = "throttle"
    """Too fast, or too much: it is no fault of the message."""
    TRANSIENT = "transient"
    """Meta's trouble: try again, with a limit."""
    ACCOUNT = "account"
    """A credential or the account is at fault: a person must act, and the sender waits."""
    TEMPLATE = "template"
    """The template cannot be sent now."""
    RECIPIENT = "recipient"
    """This recipient cannot be reached; others can."""
    PERMANENT = "permanent"
    """This message will never be taken as it is."""


class RetryRule(StrEnum):
    """What is done with the message, and with those behind it."""

    SLOW_SENDER = "slow_sender"
    """It waits, and its sender goes more slowly."""
    SLOW_WABA = "slow_waba"
    """It waits, and every sender of its WABA goes more slowly."""
    SLOW_APP = "slow_app"
    """It waits, and every sender goes more slowly."""
    SLOW_PAIR = "slow_pair"
    """It waits, and so does whatever this sender has for this recipient."""
    RETRY = "retry"
    """It is tried again, with growing gaps, up to `dispatch_attempts`."""
    RETRY_FEW = "retry_few"
    """It is tried again, three times in all: more will hardly help."""
    RETRY_LINK = "retry_link"
    """As RETRY_FEW if the message names its media by link; else it ends."""
    RETRY_SLOWLY = "retry_slowly"
    """It is tried again every ten minutes, up to `dispatch_attempts`."""
    HOLD_SENDER = "hold_sender"
    """The sender is held with an alarm; its messages wait, and none of them fails."""
    WAIT_A_DAY = "wait_a_day"
    """It waits a day, or ends, as the account's `capped_policy` says."""
    HOLD_TEMPLATE = "hold_template"
    """The template is stopped; its messages wait, or end, as `template_policy` says."""
    END = "end"
    """The message has failed."""


class Party(StrEnum):
    """Whose fault it is."""

    CUSTOMER = "customer"
    OPERATOR = "operator"
    OWNER = "account owner"
    RECIPIENT = "recipient"
    META = "Meta"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One code.

    title      what it means, in plain words
    fault      whose it is
    next_step  whose turn it is and what to do
    """

    title: str
    error_class: ErrorClass
    rule: RetryRule
    fault: Party
    next_step: str
