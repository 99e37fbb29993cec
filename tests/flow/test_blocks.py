"""Users are blocked at Meta one by one, and it is written down who was."""

import asyncio
import json
from types import SimpleNamespace

import pytest

from support.asgi import call
from support.nouns import SENDER_ID
from support.pair import running
from support.watched_meta import watch
from waypost.directory.blocks import BlockReport
from waypost.model.audit import Actor
from waypost.model.errors import MetaRefusedError
from waypost.runtime.http import HttpError

CUSTOMER = Actor("key:Aabcde", "203.0.113.7")
WROTE = "+919876543210"
SILENT = "+919876500000"


async def writes(pair, phone):
    """A recipient writes to the sender."""
    order = {"from": phone, "text": "hello"}
    answered = await call(
        pair.emulator.app, "POST", "/_emulator/inbound", body=json.dumps(order).encode()
    )
    assert answered.status == 200, answered.body


async def acts(pair):
    entries = await pair.ask(lambda t: t.audit.entries(1, 100, None))
    return [
        (one.actor.name, one.act, one.target, one.detail)
        for one in reversed(entries)
        if one.act.startswith("users.")
    ]


def flow(folder, body):
    async def run():
        async with running(folder) as pair:
            account = await pair.gateway.registrar.find(pair.sid)
            at = SimpleNamespace(
                pair=pair,
                meta=watch(pair),
                whom=(account, account.senders[SENDER_ID]),
                blocks=pair.gateway.tools.blocks,
                blocked=next(iter(pair.emulator.state.numbers.values())).blocked,
            )
            await writes(pair, WROTE)
            return await body(at)

    return asyncio.run(run())


def test_a_user_who_wrote_is_blocked_and_may_write_again_and_both_are_written_down(tmp_path):
    async def body(at):
        blocked = await at.blocks.block(*at.whom, [WROTE, WROTE], CUSTOMER)
        during = set(at.blocked)
        unblocked = await at.blocks.unblock(*at.whom, [WROTE], CUSTOMER)
        return blocked, during, unblocked, set(at.blocked), await acts(at.pair)

    blocked, during, unblocked, after, written = flow(tmp_path, body)
    for report in (blocked, unblocked):
        (user,) = report.users
        assert (user.user, user.wa_id, user.failure) == (WROTE, WROTE[1:], None)
    assert (during, after) == ({WROTE[1:]}, set())
    assert written == [
        ("key:Aabcde", "users.blocked", SENDER_ID, {"users": [WROTE]}),
        ("key:Aabcde", "users.unblocked", SENDER_ID, {"users": [WROTE]}),
    ]


def test_each_user_has_a_result_of_their_own_in_the_order_they_were_named(tmp_path):
    async def body(at):
        return await at.blocks.block(*at.whom, [SILENT, WROTE], CUSTOMER), await acts(at.pair)

    report, ((_, act, _, detail),) = flow(tmp_path, body)
    assert isinstance(report, BlockReport)
    silent, wrote = report.users
    assert (silent.user, wrote.user) == (SILENT, WROTE)
    assert silent.failure.code == "131047"
    assert silent.failure.next_step
    assert wrote.failure is None
    assert (act, detail) == ("users.blocked", {"users": [WROTE]})


def test_a_refusal_as_a_whole_still_tells_of_each_user_and_nothing_is_written_down(tmp_path):
    async def body(at):
        return await at.blocks.block(*at.whom, [SILENT], CUSTOMER), await acts(at.pair)

    report, written = flow(tmp_path, body)
    assert [one.failure.code for one in report.users] == ["131047"]
    assert written == []


def test_a_refusal_that_tells_of_nobody_is_metas_own(tmp_path):
    async def body(at):
        with pytest.raises(MetaRefusedError, match="phone number"):
            await at.blocks.block(*at.whom, ["12"], CUSTOMER)
        at.meta.status = 503
        with pytest.raises(HttpError):
            await at.blocks.block(*at.whom, [WROTE], CUSTOMER)
        return await acts(at.pair)

    assert flow(tmp_path, body) == []


@pytest.mark.parametrize(
    ("users", "paths"),
    [
        ([], ["/block_users"]),
        ([str(10**9 + n) for n in range(1001)], ["/block_users"]),
        ([WROTE, " ", "x" * 129, "a\nb"], [f"/block_users/{n}/user" for n in (1, 2, 3)]),
    ],
    ids=["nobody", "too many", "no users"],
)
def test_a_list_that_is_none_is_told_and_not_given_to_meta(tmp_path, users, paths):
    async def body(at):
        return await at.blocks.block(*at.whom, users, CUSTOMER), at.meta.calls

    faults, calls = flow(tmp_path, body)
    assert [fault.path for fault in faults] == paths
    assert all(fault.mend for fault in faults)
    assert calls == []
