"""A failure that Meta told once more stopped its template once more, though it had been mended.

Meta sends a webhook again for up to seven days.
"""

from support.dispatching import Desk
from support.nouns import (
    ACCOUNT,
    NOW,
    WABA_ID,
    content,
    later,
    new_message,
    new_submission,
    refused,
    template,
)
from support.stored import opened
from waypost.model.lifecycle import Fact


def keep(stored):
    """A message of a template that is good for a minute: what comes back later has failed."""
    named = content(kind="template", template_name="order_update", template_language="en_US")

    async def change(transaction):
        await transaction.templates.save(ACCOUNT, WABA_ID, [template()], NOW)
        await transaction.messages.insert_submissions(
            [new_submission(submission_id="A1", content=named)]
        )
        await transaction.messages.insert(
            [new_message(message_id="A1", submission_id="A1", expires_at=later(60))]
        )

    stored.do(change)


def status(stored):
    (kept,) = stored.ask(lambda t: t.templates.of_waba(ACCOUNT, WABA_ID))
    return kept.status


def test_a_template_that_was_mended_stays_so(tmp_path):
    with opened(tmp_path) as stored:
        desk = Desk(stored)
        keep(stored)
        failed = {"message_id": "A1", "failure": refused(132015).failure}
        desk.tell(Fact.TAKEN, message_id="A1")
        desk.tell(Fact.FAILED, **failed)
        assert status(stored) == "PAUSED"
        stored.do(lambda t: t.templates.save(ACCOUNT, WABA_ID, [template()], NOW))

        desk.tell(Fact.FAILED, **failed)

        assert status(stored) == "APPROVED"
