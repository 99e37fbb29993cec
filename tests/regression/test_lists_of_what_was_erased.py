"""What a recipient wrote is listed also after it was erased."""

from support.nouns import account
from support.pair_process import waypost
from support.received import inbound
from support.stored import opened
from waypost.model.personal import NOTHING

SID = account().sid


def test_an_erased_message_of_a_recipient_stands_in_the_list(tmp_path):
    with opened(tmp_path / "d") as stored:
        stored.furnish()
        stored.do(lambda t: t.inbound.insert([inbound(inbound_id="A1", value=NOTHING)]))

    done = waypost(tmp_path, "inbound", "list", SID, "--data", "d")

    assert (done.returncode, done.stderr) == (0, "")
    assert "A1" in done.stdout
    assert "(erased)" in done.stdout
