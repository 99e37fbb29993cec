"""What an error of Meta's means for its message: again, and when, or never. Pure.

One rule for both roads: for a refusal in the answer to a send, and for a `failed` that a webhook
brings after Meta had taken it (`reference` 3.3). The row of the code says what is done; what the
account wants, how often the message was given to Meta and how it names its media decide the rest.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from waypost.model.account import CappedPolicy, TemplatePolicy
from waypost.model.message import Dispatchable, Policies
from waypost.model.meta_error import ErrorRow, RetryRule
from waypost.queue.retry import RetryPolicy

REFUSALS = RetryPolicy(first_s=1.0, factor=2.0, longest_s=300.0)
THROTTLED = RetryPolicy(first_s=1.0, factor=2.0, longest_s=60.0)
PAIR = RetryPolicy(first_s=1.0, factor=4.0, longest_s=1024.0)
"""Meta's advice after 131056: 4^X seconds, X from 0 (`reference` 5)."""

SLOWLY = timedelta(minutes=10)
DAY = timedelta(hours=24)
TEMPLATE_LOOK = timedelta(minutes=5)
"""How long a message of a stopped template waits before its template is looked at again."""

FEW = 3
"""How often a message is given to Meta at most, where more would hardly help."""

THROTTLES = frozenset(
    {RetryRule.SLOW_SENDER, RetryRule.SLOW_WABA, RetryRule.SLOW_APP, RetryRule.SLOW_PAIR}
)
COUNTED = frozenset(
    {RetryRule.RETRY, RetryRule.RETRY_FEW, RetryRule.RETRY_LINK, RetryRule.RETRY_SLOWLY}
)
"""Rules under which an attempt is used up; all others wait for as long as the message is good."""


class Circumstances(Struct, frozen=True):
    """What a verdict hangs on besides the code.

    attempt            how often the message was given to Meta, this time included
    most_attempts      how often that may be
    is_template_known  whether its template is known here: one that never was is no stopped one
    names_link         whether it names media by link: Meta may fetch it better another time
    """

    attempt: int
    most_attempts: int
    policies: Policies = Policies()
    is_template_known: bool = True
    names_link: bool = False


class Verdict(Struct, frozen=True):
    """What is done with the message.

    retry_at    when it is to be given to Meta again; None: it has failed
    is_counted  whether the attempt is used up
    """

    retry_at: datetime | None
    is_counted: bool = True


ENDED = Verdict(None)


def circumstances_of(message: Dispatchable, attempt: int, most_attempts: int) -> Circumstances:
    """Those of one message at one attempt."""
    return Circumstances(
        attempt,
        most_attempts,
        message.policies,
        is_template_known=message.template_status is not None,
        names_link=b'"link"' in message.content.json,
    )


def judge(row: ErrorRow, case: Circumstances, now: datetime, jitter: float) -> Verdict:
    """What is done with a message whose attempt ended with this error; jitter is in [0, 1)."""
    if row.rule in COUNTED:
        return _counted(row.rule, case, now, jitter)
    if row.rule in THROTTLES:
        policy = PAIR if row.rule is RetryRule.SLOW_PAIR else THROTTLED
        gap_s = policy.delay_s(case.attempt, jitter)
        return Verdict(now + timedelta(seconds=gap_s), is_counted=False)
    if row.rule is RetryRule.HOLD_SENDER:
        return Verdict(now, is_counted=False)
    if row.rule is RetryRule.WAIT_A_DAY and case.policies.capped is CappedPolicy.WAIT:
        # An hour's spread: those who were held back together do not come back at once.
        return Verdict(now + DAY + timedelta(hours=jitter), is_counted=False)
    waits = case.policies.template is TemplatePolicy.HOLD and case.is_template_known
    if row.rule is RetryRule.HOLD_TEMPLATE and waits:
        return Verdict(now + TEMPLATE_LOOK, is_counted=False)
    return ENDED


def _counted(rule: RetryRule, case: Circumstances, now: datetime, jitter: float) -> Verdict:
    most = case.most_attempts
    if rule in (RetryRule.RETRY_FEW, RetryRule.RETRY_LINK):
        most = min(most, FEW)
    if case.attempt >= most or (rule is RetryRule.RETRY_LINK and not case.names_link):
        return ENDED
    if rule is RetryRule.RETRY_SLOWLY:
        return Verdict(now + SLOWLY)
    return Verdict(now + timedelta(seconds=REFUSALS.delay_s(case.attempt, jitter)))
