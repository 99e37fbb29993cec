"""A token of a query or a body stands neither in a proxy's errors nor in a recorded answer."""

import asyncio

import pytest

from meta_emulator.proxy.recorder import asked_of
from meta_emulator.proxy.secrets import clean
from meta_emulator.runtime.http import NetworkHttp, UnreachableError

TOKEN = "EAAGm0PX4ZCpsBAA"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/v25.0/1", "http://nobody.invalid/v25.0/1", "no address"]
)
def test_an_api_that_cannot_be_reached_is_told_without_the_token(url):
    async def said() -> str:
        async with NetworkHttp() as http:
            with pytest.raises(UnreachableError) as raised:
                await http.exchange("GET", f"{url}?access_token={TOKEN}", [], b"", 5)
            return str(raised.value)

    told = asyncio.run(said())
    assert told
    assert TOKEN not in told


@pytest.mark.parametrize(
    "body",
    [f'{{"access_token": "{TOKEN}"}}'.encode(), f"a=b&access_token={TOKEN}&c=d".encode()],
)
def test_a_token_of_a_body_is_hidden_in_the_answer_too(body):
    asked, secrets = asked_of("POST", "/v25.0/1/messages", "", [], body)
    assert TOKEN not in asked.body.text
    answer = f'{{"error": {{"message": "Malformed access token {TOKEN}"}}}}'
    assert TOKEN not in clean(answer.encode(), secrets).decode()


def test_a_token_of_the_next_page_is_hidden_however_its_address_is_escaped():
    page = f'{{"next": "https:\\/\\/graph.real\\/v25.0\\/1?limit=1\\u0026access_token={TOKEN}"}}'
    assert TOKEN not in clean(page.encode(), []).decode()
