"""Webhooks that others recorded and published are understood without a remainder.

They are not part of the project: the folder that holds them is named by CORPORA_DIR, with
`pywa/updates/*.json` (test data of david-lev/pywa) and `openapi/examples.json` (Meta's examples).
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from waypost.meta.events import parse_webhook
from waypost.meta.template_events import FIELDS as TEMPLATE_FIELDS

FOLDER = os.environ.get("CORPORA_DIR")
STANDS_FOR_A_PHONE = re.compile(r"<[A-Z_]*USER_PHONE_NUMBER>")
"""What some who publish write in the place of a recipient's number."""

pytestmark = pytest.mark.skipif(
    FOLDER is None, reason="CORPORA_DIR does not name a folder with recorded webhooks"
)


def corpus() -> list[Any]:
    """Every payload with its name, as parameters."""
    folder = Path(FOLDER or ".")
    named = {
        f"{file.stem} {name}": payload
        for file in sorted(folder.glob("pywa/updates/*.json"))
        for name, payload in json.loads(file.read_text()).items()
    }
    examples = folder / "openapi" / "examples.json"
    if examples.exists():
        named |= json.loads(examples.read_text())["POST /whatsapp/webhooks"]["requests"]
    return [pytest.param(payload, id=name) for name, payload in named.items()]


@pytest.mark.parametrize("payload", corpus() if FOLDER else [None])
def test_a_recorded_webhook_is_understood_without_a_remainder(payload):
    text = STANDS_FOR_A_PHONE.sub("16505551234", json.dumps(payload))
    understood = parse_webhook(text.encode())

    assert understood.dropped == []
    assert understood.statuses or understood.inbound or understood.others
    assert understood.templates or not TEMPLATE_FIELDS & understood.others.keys()
