"""The callback profile that a request names for the statuses of its messages. Pure."""

from waypost.model.account import Account
from waypost.model.refusal import Fault
from waypost.model.submission import Submission

UNKNOWN_PROFILE = "unknown_callback_profile"
MOST_NAMED = 10
LONGEST_SHOWN = 100


def check_named_profile(submission: Submission, account: Account) -> tuple[Fault, ...]:
    """A fault for a profile that is none of the account's."""
    named = submission.callback_profile_id
    if named is None or named in account.callback_profiles:
        return ()
    shown = named[:LONGEST_SHOWN].encode("utf-8", "replace").decode()
    known = list(account.callback_profiles)
    has = ", ".join(known[:MOST_NAMED]) or "none"
    more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
    return (
        Fault(
            "/extra_info/callback_profile_id",
            UNKNOWN_PROFILE,
            f"{shown} is no callback profile of this account; it has {has}{more}.",
            mend="Name one of the account's profiles, or leave callback_profile_id out.",
        ),
    )
