"""An error that quoted a control character once broke the emulator's answer: HTTP 500, no body."""

import asyncio

import pytest

from support.emulated import emulated, template, text


@pytest.mark.parametrize("word", ["\0", "a\r\nb", "\x7f", "é\u2028", "x" * 100_000])
def test_a_challenge_is_a_short_printable_line_whatever_the_error_quotes(word):
    component = {"type": word, "parameters": [text("a"), text("b")]}
    answer = asyncio.run(emulated().send(template("order_update", component)))

    assert answer.status == 400
    challenge = answer.headers["www-authenticate"]
    assert challenge.isascii()
    assert challenge.isprintable()
    assert len(challenge) < 1200
