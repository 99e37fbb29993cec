"""Meta's webhooks come three times and in any order: no message ever goes back."""

import random
from collections import Counter

import pytest

from support.processes import PRICE, RICH, Customer, house, until
from support.signed_webhooks import body, change, deliver, status

pytestmark = [pytest.mark.fault, pytest.mark.timeout(90)]

WORDS = ("sent", "delivered", "read")
RANK = {"submitted": 0, "sent": 1, "delivered": 2, "read": 3}
MESSAGES, COPIES = 60, 3


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_statuses_that_come_thrice_and_in_any_order_are_told_once_and_never_lead_back(
    tmp_path, seed
):
    chance = random.Random(seed)
    with house(tmp_path, "--status-delays", "none") as home, home.customer() as customer:
        ids = [  # to each their own: of so many to one, Meta's pair rate would hold some back
            customer.send(f"{number}", to=f"+9198123456{number:02}").message_id
            for number in range(MESSAGES)
        ]
        until(lambda: home.kept.states() == {"submitted": MESSAGES}, "all are submitted")
        statuses = [
            status(message, word, 1_795_000_000 + place)
            for message in home.emulator.messages()
            for place, word in enumerate(WORDS)
        ]
        copies = statuses * COPIES
        chance.shuffle(copies)
        before, backward, bodies = ranks(home), 0, 0
        with Customer(home.gateway.port, "", "") as meta:
            while copies:
                size = chance.choice((1, 1, 2, 5, 20))
                batch, copies = copies[:size], copies[size:]
                raw = body(change(batch, home.facts["phone_number_id"]))
                assert deliver(meta, raw).status == 200
                bodies += 1
                now = ranks(home)
                backward += sum(now[id_] < rank for id_, rank in before.items())
                before = now
        home.settle()

        facts, seen = home.kept.facts(), callbacks(home)
        print(
            f"\n{len(statuses) * COPIES} statuses in {bodies} webhooks, {backward} steps back,"
            f" {sum(facts.values())} facts kept, {seen.total()} callbacks"
        )
        assert backward == 0
        assert home.kept.states() == {"read": MESSAGES}
        assert facts == {"taken": MESSAGES} | dict.fromkeys(WORDS, MESSAGES * COPIES)
        assert seen == {f"{id_}.{word}": 1 for id_ in ids for word in WORDS}
        assert home.kept.audit() == []
        assert home.kept.wallet() == (RICH - MESSAGES * PRICE, 0)


def test_a_failure_after_a_delivery_and_statuses_of_strangers_change_nothing(tmp_path):
    with house(tmp_path, "--status-delays", "none") as home, home.customer() as customer:
        ours = customer.send("ours").message_id
        until(lambda: home.kept.states() == {"submitted": 1}, "it is submitted")
        (message,) = home.emulator.messages()
        stranger = {"id": "wamid.stranger", "to": "+1", "biz_opaque_callback_data": "nobody"}
        failure = {"errors": [{"code": 131026, "title": "Message undeliverable"}]}
        with Customer(home.gateway.port, "", "") as meta:
            for one in (
                status(stranger, "read"),
                status(message, "delivered"),
                status(message, "failed", **failure),
                status(message, "sent"),
            ):
                raw = body(change([one], home.facts["phone_number_id"]))
                assert deliver(meta, raw).status == 200
                until(home.kept.is_idle, "it is worked off")

        assert home.kept.states() == {"delivered": 1}
        assert home.kept.facts() == {"taken": 1, "delivered": 1, "failed": 1, "sent": 1}
        assert callbacks(home) == {f"{ours}.delivered": 1, f"{ours}.sent": 1}
        assert home.kept.rows("SELECT wamid FROM parked_statuses") == [("wamid.stranger",)]
        assert home.kept.wallet() == (RICH - PRICE, 0)


def ranks(home) -> dict[str, int]:
    rows = home.kept.rows("SELECT message_id, state FROM messages")
    return {message_id: RANK[state] for message_id, state in rows}


def callbacks(home) -> Counter[str]:
    """How often each was told, by its id without the end, which is the profile's."""
    ids = (one["headers"]["webhook-id"] for one in home.emulator.callbacks())
    return Counter(id_.rpartition(".")[0] for id_ in ids)
