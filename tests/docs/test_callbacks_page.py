"""The page of callbacks prints bodies that are JSON, and a signature that is genuine."""

import base64
import hashlib
import hmac
import json
import re
from pathlib import Path

import pytest

from waypost.model.callback import EventKind
from waypost.wire.variables import KNOWN

PAGE = (Path(__file__).parents[2] / "docs" / "callbacks.md").read_text(encoding="utf-8")
BODIES = [
    text if text.startswith("{") else f"{{{text}}}"
    for block in re.findall(r"^```json\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    for text in re.split(r"\n(?=\{)", block.strip())
]


@pytest.mark.parametrize("text", BODIES)
def test_a_body_of_the_page_is_json(text):
    assert json.loads(text)


def test_the_signature_of_the_page_is_that_of_its_first_body():
    headers = dict(re.findall(r"^(webhook-\w+): (.+)$", PAGE, re.MULTILINE))
    (secret,) = re.findall(r"`whsec_([\w+/]+=)`", PAGE)
    body = json.dumps(json.loads(BODIES[0]), separators=(",", ":"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}"
    digest = hmac.new(base64.b64decode(secret), signed.encode(), hashlib.sha256).digest()

    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


def test_the_receiver_of_the_page_is_a_program():
    (program,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)

    assert compile(program, "docs/callbacks.md", "exec")


@pytest.mark.parametrize("kind", EventKind)
def test_every_kind_of_event_is_on_the_page(kind):
    assert f"`{kind.value}`" in PAGE


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_variable_is_on_the_page(name):
    assert f"`{name}`" in PAGE
