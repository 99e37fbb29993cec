"""A password in a profile's URL once stood in the log of attempts, in lists and in refusals."""

import asyncio

import pytest

from support.endpoints import office
from support.nouns import ACCOUNT, PROFILE_ID, callback_profile
from waypost.model.callback import without_user
from waypost.runtime.addresses import ForbiddenAddressError, read_url

PASSWORD = "hunter2"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"https://shop:{PASSWORD}@shop.example/a?b#c", "https://shop.example/a?b#c"),
        (f"https://shop:{PASSWORD}@shop.example?to=a@b", "https://shop.example?to=a@b"),
        ("https://shop.example/a@b:c", "https://shop.example/a@b:c"),
        (f"https://a@{PASSWORD}@shop.example", "https://shop.example"),
        ("", ""),
    ],
)
def test_a_url_is_shown_without_what_opens_it(url, shown):
    assert without_user(url) == shown


@pytest.mark.parametrize("rest", ["shop.example/a b", "[::1/", "shop.example:99999/", "/x"])
def test_no_refusal_of_an_address_says_it(rest):
    with pytest.raises(ForbiddenAddressError) as refused:
        read_url(f"https://shop:{PASSWORD}@{rest}")

    assert PASSWORD not in str(refused.value)


@pytest.mark.parametrize("status", [200, 302])
def test_what_is_kept_and_shown_of_attempts_does_not_hold_it(tmp_path, status):
    async def body():
        url = f"http://shop:{PASSWORD}@shop1/hook?ref=<ref>"
        async with office(tmp_path) as desk:
            desk.endpoints.answer = lambda _: status
            await desk.keep(callback_profile(url=url))
            await desk.tell("A1.sent", profile_id=PROFILE_ID, message_id="A1")
            await desk.settle()
            events = await desk.store.read(lambda t: t.callbacks.of_message(ACCOUNT, "A1"))
            log = await desk.store.read(lambda t: t.callbacks.attempts_of(ACCOUNT, "A1.sent"))
            return desk.endpoints.called, events, log

    called, events, log = asyncio.run(body())

    assert PASSWORD in called[0].call.url
    assert [one.url for one in events] == ["http://shop1/hook?ref=<ref>"]
    assert [one.url for one in log] == ["http://shop1/hook?ref="]
    assert PASSWORD not in str((events, log))
