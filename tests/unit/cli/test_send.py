"""Recipients are replaced in the text of a body, and nothing else is."""

import pytest

from waypost.cli.output import MisusedError
from waypost.cli.samples import load_samples
from waypost.cli.send import fill_in, replace_recipients
from waypost.cli.typed import read_bytes


def test_only_the_recipient_of_a_documented_body_is_replaced():
    for sample in load_samples():
        replaced = replace_recipients(sample.body.encode(), ["+4915112345678", "+919876543210"])

        expected = sample.body.replace("+919812345678", "+4915112345678,+919876543210")
        assert replaced.decode() == expected


def test_bytes_that_are_no_text_stay_as_they_are():
    assert replace_recipients(b'{"to": 91, "text": "\xff"}', ["+1"]) == (
        b'{"to": "+1", "text": "\xff"}'
    )


@pytest.mark.parametrize("body", [b"{}", b'{"to": "+1", "x": {"to": "+2"}}', b'{"to": ["+1"]}'])
def test_a_body_without_one_recipient_is_not_guessed_at(body):
    with pytest.raises(MisusedError, match=r"this one has [02]"):
        replace_recipients(body, ["+1"])


def test_a_recipient_cannot_break_out_of_its_quotes():
    with pytest.raises(MisusedError, match="is no recipient"):
        replace_recipients(b'{"to": "+1"}', ['+1", "type": "text'])


def test_a_file_that_is_not_there_is_said():
    with pytest.raises(MisusedError, match=r"nowhere\.json cannot be read: No such file"):
        read_bytes("nowhere.json")


def test_an_account_that_was_given_needs_no_demo_and_a_url_has_a_default():
    assert fill_in(sid="HX", key="A", sender="+91", url=None) == {
        "sid": "HX",
        "key": "A",
        "sender": "+91",
        "url": "http://127.0.0.1:8080",
    }
