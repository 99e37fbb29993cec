"""A value that ends in a log line, an error or a debugger prints no secret that it holds."""

import pytest

from waypost.meta.media import give_sample_call, sample_offset_call
from waypost.runtime.config import Config
from waypost.runtime.http import HttpCall
from waypost.runtime.objects import Bucket

SECRET = "EAAG-very-secret"


@pytest.mark.parametrize(
    "held",
    [
        Bucket("media", secret_key=SECRET),
        Config(
            media_secret_key=SECRET,
            meta_app_secret=SECRET,
            meta_verify_token=SECRET,
            operator_token=SECRET,
            secret_keys=SECRET,
        ),
        HttpCall("GET", "https://graph.example/1", {"Authorization": f"Bearer {SECRET}"}),
        give_sample_call("upload:1", "sealed:1", SECRET, 0, b""),
        sample_offset_call("upload:1", "sealed:1", SECRET),
    ],
    ids=lambda held: type(held).__name__,
)
def test_what_is_printed_of_a_value_holds_no_secret(held):
    assert SECRET not in repr(held)
    assert SECRET not in f"{held}"
