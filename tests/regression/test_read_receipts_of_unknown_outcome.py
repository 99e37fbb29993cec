"""A read receipt whose answer was lost once waited for a status, and in the end for a person.

Meta tells nothing of a read receipt, and one that is given twice is as good as given once.
"""

import pytest

from support.dispatching import POLICY
from support.nouns import NOW, content, dispatchable, lease, sender
from waypost.dispatch.prepare import Prepared, prepare
from waypost.model.account import UnknownPolicy
from waypost.model.lifecycle import State
from waypost.model.message import Policies
from waypost.model.submission import READ_RECEIPT

RECEIPT = content(kind=READ_RECEIPT, json=b'{"messaging_product":"whatsapp","status":"read"}')


@pytest.mark.parametrize("policy", UnknownPolicy)
@pytest.mark.parametrize("heard_at", [None, NOW])
def test_it_is_given_again_whatever_the_account_wants_and_hears(policy, heard_at):
    message = dispatchable(
        content=RECEIPT,
        state=State.UNKNOWN,
        sender=sender(heard_at=heard_at),
        policies=Policies(unknown=policy),
    )

    assert prepare(lease(), message, NOW, POLICY.window) == Prepared(lease(), message)
