"""A file that Meta had lost before its time stayed lost, however often it was uploaded again."""

import json

from support.asgi import call
from support.media_samples import PNG
from support.nouns import SENDER_ID
from support.operator import form, in_office


def test_a_file_that_meta_lost_is_given_to_meta_again_when_it_is_uploaded_again(tmp_path):
    async def upload(office):
        body, headers = form(PNG, type_="image/png")
        answer = await office.customer("POST", "media", body, of=SENDER_ID, headers=headers)
        return answer.json["data"]["id"]

    async def visit(office):
        emulator = office.pair.emulator
        first = await upload(office)
        await office.pair.pass_time(120)
        assert await upload(office) == first
        before = len(emulator.state.media)
        order = json.dumps({"id": first}).encode()
        answer = await call(emulator.app, "POST", "/_emulator/media/expire", body=order)
        assert answer.status == 200
        again = await upload(office)
        return first, again, len(emulator.state.media) - before

    first, again, given = in_office(tmp_path, visit)
    assert again == first
    assert given == 1
