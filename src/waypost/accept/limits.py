"""An account's own limit of requests: a token bucket of one second's worth. Told the time."""

from math import ceil

from waypost.model.account import Account
from waypost.model.refusal import Reason, Refusal
from waypost.model.throughput import Bucket, full_bucket


class RequestLimits:
    """The buckets of those accounts that have a limit."""

    def __init__(self) -> None:
        self._buckets: dict[int, Bucket] = {}

    def check(self, account: Account, now: float) -> Refusal | None:
        """Counts a request; a refusal with the seconds to wait if it is one too many."""
        rate = account.requests_per_s
        if rate is None:
            return None
        bucket = self._buckets.get(account.account_id)
        if bucket is None or bucket.rate != rate:
            bucket = self._buckets[account.account_id] = full_bucket(rate, rate, now)
        wait_s = bucket.wait_s(now)
        return None if wait_s == 0 else Refusal(Reason.RATE, retry_after_s=ceil(wait_s))
