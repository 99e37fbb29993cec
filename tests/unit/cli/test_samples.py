"""The documented sends, as they are printed to be pasted."""

import shlex
from pathlib import Path

import pytest

from waypost.cli.ready import Ready
from waypost.cli.samples import MASKED, RECIPIENT, load_samples, render_curl

PRINTED = Path(__file__).parents[2] / "fixtures" / "kaleyra"
FACTS = {name: name for name in Ready.__struct_fields__}


@pytest.mark.parametrize("name", ["carousel", "mpm"])
def test_a_body_is_as_printed_but_for_the_masked_number(name):
    (sample,) = [one for one in load_samples() if one.name == name]
    printed = (PRINTED / f"{name}-sample.json").read_text()

    assert printed.count(MASKED) == 1
    assert sample.body == printed.replace(MASKED, RECIPIENT)


def test_a_command_has_the_accounts_address_and_key_and_the_whole_body():
    ready = Ready(**{**FACTS, "base_url": "http://127.0.0.1:1", "sender": "+91"})

    for sample in load_samples():
        words = shlex.split(render_curl(sample, ready).replace("\\\n", ""))
        assert words[:4] == [
            "curl",
            "-X",
            "POST",
            "http://127.0.0.1:1/v2/sid/whatsapp/+91/messages",
        ]
        assert "api-key: api_key" in words
        assert words[-1] == sample.body
