"""Messages whose outcome nobody knows, settled by a person's word."""

import asyncio

from meta_emulator.faults import Faults
from support.pair import running, text, wrapped
from waypost.model.account import UnknownPolicy
from waypost.model.alarm import AlarmKind
from waypost.model.audit import Actor
from waypost.status.resolver import Resolution, Word

HOLDING = {"unknown_policy": UnknownPolicy.HOLD}
STATUSES = ("sent", "delivered", "read")
OPERATOR = Actor("operator")


async def lost(pair):
    """A message that Meta answered with nothing to, parked for a person."""
    pair.emulator.disorder.faults = Faults(drop=1.0)
    message_id = await pair.accepted(text())
    await pair.until_state(message_id, "unknown")
    pair.emulator.disorder.faults = Faults()
    await pair.pass_time(20)
    seen = await pair.accepted(text())  # its statuses show that webhooks flow
    await pair.until_told(seen, *STATUSES)
    await pair.pass_time(30)
    (waiting,) = await pair.ask(lambda t: t.reports.unknown(1, "", 10))
    assert (waiting.message_id, waiting.due_at) == (message_id, None)
    return message_id


async def resolve(pair, resolution, *message_ids):
    word = Word(1, message_ids, resolution, OPERATOR)
    return await pair.gateway.tools.resolver.resolve(word)


def in_pair(folder, body, **options):
    async def run():
        async with running(folder, account=HOLDING, unknown_window_s=30, **options) as pair:
            await body(pair)

    asyncio.run(run())


async def alarms(pair):
    return {one.kind for one in await pair.ask(lambda t: t.alarms.open(None, 10))}


def test_a_message_that_a_person_has_resent_is_given_to_meta_again(tmp_path):
    async def body(pair):
        message_id = await lost(pair)
        assert AlarmKind.UNKNOWN_HELD in await alarms(pair)
        (resolved,) = await resolve(pair, Resolution.RESEND, message_id)
        assert (resolved.is_done, resolved.said) == (True, "is given to Meta again")
        await pair.until_told(message_id, *STATUSES)
        assert await pair.facts(message_id) == ["lost", "returned", "taken", *STATUSES]
        assert AlarmKind.UNKNOWN_HELD not in await alarms(pair)

    in_pair(tmp_path, body)


def test_a_message_that_counts_as_sent_is_submitted_and_still_hears_its_statuses(tmp_path):
    async def body(pair):
        message_id = await lost(pair)
        await resolve(pair, Resolution.SENT, message_id)
        report = await pair.report(message_id)
        assert (report.state, report.wamid) == ("submitted", None)
        assert (await pair.wallet()).held_minor == 100
        assert await pair.ask(lambda t: t.reports.queue_item(1, message_id)) is None

    in_pair(tmp_path, body)


def test_a_message_that_counts_as_not_sent_has_failed_and_its_money_is_back(tmp_path):
    async def body(pair):
        message_id = await lost(pair)
        await resolve(pair, Resolution.NOT_SENT, message_id)
        await pair.until_told(message_id, "failed")
        (status,) = pair.callback(message_id, "failed")["meta_object"]["value"]["statuses"]
        assert status["errors"][0]["code"] == "WAV2105"
        assert (await pair.wallet()).held_minor == 0
        await pair.pass_time(200)
        assert len(pair.arrived()) == 1  # the one whose statuses were seen

    in_pair(tmp_path, body)


def test_what_is_not_unknown_is_left_as_it_is_and_told(tmp_path):
    async def body(pair):
        message_id = await lost(pair)
        await resolve(pair, Resolution.SENT, message_id)
        again, nobody = await resolve(pair, Resolution.NOT_SENT, message_id, "A404")
        assert (again.is_done, again.said) == (False, "is submitted: its outcome is known")
        assert (nobody.is_done, nobody.said) == (False, "is no message of this account")
        assert (await pair.report(message_id)).state == "submitted"

    in_pair(tmp_path, body)


def test_what_is_no_longer_valid_is_not_sent_again(tmp_path):
    async def body(pair):
        pair.emulator.disorder.faults = Faults(drop=1.0)
        message_id = await pair.accepted(wrapped(text(), validity_period=60))
        await pair.until_state(message_id, "unknown")
        await pair.pass_time(70)
        (resolved,) = await resolve(pair, Resolution.RESEND, message_id)
        assert not resolved.is_done
        assert "was valid until" in resolved.said
        assert (await pair.report(message_id)).state == "unknown"

    in_pair(tmp_path, body)


def test_a_resolution_is_told_to_the_audit_log(tmp_path):
    async def body(pair):
        message_id = await lost(pair)
        await resolve(pair, Resolution.SENT, message_id)
        (entry, *_) = await pair.ask(lambda t: t.audit.entries(None, 10, None))
        assert (entry.act, entry.target) == ("unknown.resolved", message_id)
        assert entry.detail == {"as": "sent", "messages": [message_id]}

    in_pair(tmp_path, body)
