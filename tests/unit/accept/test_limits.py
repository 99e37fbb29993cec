"""An account's own limit: one second's worth at once, then the rate."""

from support.nouns import account
from waypost.accept.limits import RequestLimits
from waypost.model.refusal import Reason, Refusal


def test_an_account_without_a_limit_is_never_refused():
    limits = RequestLimits()

    assert [limits.check(account(), 0.0) for _ in range(1000)] == [None] * 1000


def test_a_seconds_worth_passes_and_one_more_must_wait():
    limits, limited = RequestLimits(), account(requests_per_s=3)

    assert [limits.check(limited, 0.0) for _ in range(3)] == [None] * 3
    assert limits.check(limited, 0.0) == Refusal(Reason.RATE, retry_after_s=1)
    assert limits.check(limited, 0.34) is None


def test_accounts_do_not_share_their_limits():
    limits = RequestLimits()
    assert limits.check(account(requests_per_s=1), 0.0) is None

    assert limits.check(account(requests_per_s=1), 0.0) is not None
    assert limits.check(account(account_id=2, requests_per_s=1), 0.0) is None


def test_a_limit_that_was_changed_counts_at_once():
    limits = RequestLimits()
    limits.check(account(requests_per_s=1), 0.0)

    assert limits.check(account(requests_per_s=2), 0.0) is None
    assert limits.check(account(requests_per_s=2), 0.0) is None
    assert limits.check(account(requests_per_s=2), 0.0) is not None
