"""An error without a code was once taken for Meta's, and its message sent again: maybe twice."""

import asyncio

import pytest

from support.nouns import SEALED_TOKEN, VAULT
from waypost.meta.client import read_answer
from waypost.meta.graph import GraphCall, GraphClient
from waypost.meta.outcome import Lost
from waypost.runtime.http import AnswerLostError, HttpAnswer


class Answering:
    """Meta, always with the same answer."""

    def __init__(self, answer):
        self.answer = answer

    async def request(self, *_):
        return self.answer


@pytest.mark.parametrize(
    "body",
    [
        b'{"error":{"message":"bad gateway"}}',
        b'{"error":{"code":"190"}}',
        b'{"error":{}}',
        b'{"error":"bad gateway"}',
        b'{"error":null}',
        b"[]",
        b"\xff",
        b'"\xff"',
        b"[" * 100_000,
    ],
)
@pytest.mark.parametrize("status", [200, 400, 502])
def test_an_answer_that_is_not_metas_leaves_the_outcome_unknown(status, body):
    assert isinstance(read_answer(HttpAnswer(status, {}, body)), Lost)


@pytest.mark.parametrize(("status", "body"), [(502, b"<html>"), (200, b"[]"), (500, b'"\xff"')])
def test_a_list_of_templates_that_is_none_is_an_answer_that_was_lost(status, body):
    graph = GraphClient(Answering(HttpAnswer(status, {}, body)), "http://meta", "v25.0", 1, VAULT)

    with pytest.raises(AnswerLostError):
        asyncio.run(graph.ask(GraphCall("GET", "1/message_templates", SEALED_TOKEN)))
