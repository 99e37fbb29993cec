"""The callback profile that a request names must be one of the account's."""

import pytest

from support.nouns import PROFILE_ID, account
from waypost.accept.named_profile import check_named_profile
from waypost.model.recipient import Recipient
from waypost.model.submission import Content, References, Submission


def asked(profile_id):
    content = Content("text", b"{}", None, None)
    return Submission(
        (Recipient("919812345678"),), content, References(), callback_profile_id=profile_id
    )


@pytest.mark.parametrize("named", [None, PROFILE_ID])
def test_none_and_one_of_the_account_s_are_no_fault(named):
    assert check_named_profile(asked(named), account(callback_profiles={PROFILE_ID: ()})) == ()


def test_any_other_is_told_with_those_that_there_are():
    profiles = {f"IN_{number}": () for number in range(12)}

    (fault,) = check_named_profile(asked("IN_\ud800none"), account(callback_profiles=profiles))

    assert fault.path == "/extra_info/callback_profile_id"
    assert fault.code == "unknown_callback_profile"
    assert fault.message.startswith("IN_?none is no callback profile of this account; it has IN_0,")
    assert fault.message.endswith("IN_9 and 2 more.")
    fault.message.encode()
