"""A webhook of thousands is understood in a time that grows with it, not with its square.

The contacts were walked through for each message, three times; and whatever stood beside the
messages was kept with each of them.
"""

import json
from collections import Counter
from typing import ClassVar

from waypost.meta.inbound import read_messages
from waypost.meta.single_value import LONGEST_BESIDE, ManyValue

COUNT = 500


class Watched(dict):
    """A contact that counts how often it is looked at."""

    looks: ClassVar = Counter()

    def get(self, key, default=None):
        Watched.looks[self["wa_id"]] += 1
        return super().get(key, default)


def value_of(count, **beside):
    return {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": "1"},
        "contacts": [
            Watched(wa_id=str(15550000000 + one), profile={"name": f"Person {one}"})
            for one in range(count)
        ],
        "messages": [
            {
                "from": str(15550000000 + one),
                "id": f"wamid.{one}",
                "timestamp": "1790000000",
                "type": "text",
                "text": {"body": "Hello"},
            }
            for one in range(count)
        ],
        **beside,
    }


def test_contacts_are_looked_at_a_few_times_however_many_messages_there_are():
    Watched.looks.clear()
    read = list(read_messages(value_of(COUNT)))
    assert [one.profile_name for one in read] == [f"Person {one}" for one in range(COUNT)]
    assert len(Watched.looks) == COUNT
    assert max(Watched.looks.values()) <= 20


def test_each_message_has_its_own_contact():
    read = list(read_messages(value_of(3)))
    assert [[one["wa_id"] for one in json.loads(one.value)["contacts"]] for one in read] == [
        ["15550000000"],
        ["15550000001"],
        ["15550000002"],
    ]


def test_what_is_large_beside_many_messages_is_not_kept_with_each():
    read = list(read_messages(value_of(COUNT, padding="x" * LONGEST_BESIDE, small="kept")))
    assert all("padding" not in json.loads(one.value) for one in read)
    assert all(json.loads(one.value)["small"] == "kept" for one in read)


def test_what_is_large_beside_one_message_is_kept():
    (read,) = read_messages(value_of(1, padding="x" * LONGEST_BESIDE))
    assert len(json.loads(read.value)["padding"]) == LONGEST_BESIDE


def test_somebody_who_is_named_twice_is_told_once():
    value = value_of(2)
    value["contacts"] *= COUNT
    told = ManyValue(value).encode("messages", value["messages"][1], {"15550000001"})
    assert [one["wa_id"] for one in json.loads(told)["contacts"]] == ["15550000001"]
