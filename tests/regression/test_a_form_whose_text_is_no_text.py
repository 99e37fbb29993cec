"""A form with a text in an encoding that is none, or not in it, was answered with WA500."""

import pytest

from support.nouns import SENDER_ID
from support.operator import in_office

HEAD = b'--line\r\nContent-Disposition: form-data; name="type"\r\n'
FORM = {"Content-Type": "multipart/form-data; boundary=line"}


@pytest.mark.parametrize(
    "rest",
    [b"Content-Type: text/plain; charset=nope\r\n\r\nx", b"\r\n\xff\xfe"],
)
def test_a_text_that_cannot_be_read_is_a_fault_of_the_form(tmp_path, rest):
    async def visit(office):
        body = HEAD + rest + b"\r\n--line--\r\n"
        return await office.customer("POST", "media", body, of=SENDER_ID, headers=FORM)

    answer = in_office(tmp_path, visit)
    assert (answer.status, answer.json["code"]) == (400, "WA400")
    assert answer.json["error"]["details"][0]["code"] == "invalid_form"
