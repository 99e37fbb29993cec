"""A guesser of keys gets the documented answer later and later; customers notice nothing."""

import asyncio

from support.pair import documented, running, text
from waypost.model.audit import Actor


def test_a_guesser_waits_and_a_customer_at_the_same_address_does_not(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            for _ in range(5):
                await pair.send(text(), key="A" + "0" * 32)
            started = pair.clock.monotonic()
            guessing = asyncio.ensure_future(pair.send(text(), key="A" + "1" * 32))
            await pair.clock.wait_for_sleepers(1)
            accepted = await pair.send(text(), client="203.0.113.8")
            at_once = pair.clock.monotonic() - started
            await pair.until(guessing.done)
            return accepted, at_once, guessing.result(), pair.clock.monotonic() - started

    accepted, at_once, guessed, took = asyncio.run(body())
    assert (accepted.status, at_once) == (202, 0)
    assert (guessed.status, guessed.body) == (401, documented("credentials"))
    assert took >= 0.1


def test_the_right_key_from_a_slowed_address_is_let_in_at_once_and_clears_it(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            for _ in range(5):
                await pair.send(text(), key="A" + "0" * 32)
            accepted = await pair.send(text(), client="203.0.113.7")
            # None of them waits, or this would never end.
            again = [await pair.send(text(), key="A" + "0" * 32) for _ in range(5)]
            return [answer.status for answer in (accepted, *again)]

    assert asyncio.run(body()) == [202, 401, 401, 401, 401, 401]


def test_a_key_is_bound_to_the_address_that_a_trusted_proxy_tells(tmp_path):
    async def body():
        async with running(tmp_path, trusted_proxies="203.0.113.0/24") as pair:
            bound = await pair.gateway.registrar.make_key(
                pair.sid, ["198.51.100.9"], actor=Actor("operator")
            )
            pair.clock.advance(1)
            return [
                (
                    await pair.send(
                        text(), key=bound, client=peer, headers={"X-Forwarded-For": told}
                    )
                ).status
                for peer, told in (
                    ("203.0.113.7", "198.51.100.9"),
                    ("203.0.113.7", "198.51.100.8"),
                    ("203.0.113.7", "198.51.100.9, 198.51.100.8"),
                    ("192.0.2.1", "198.51.100.9"),
                )
            ]

    assert asyncio.run(body()) == [202, 401, 401, 401]
