"""What stands against a number before any of its traffic: its status, its recipients, countries."""

import asyncio
import json

import pytest
from msgspec.structs import replace

from meta_emulator.seed import SeedError, default_seed_bytes, parse_seed
from support.emulated import emulated, order_update


def code(it, to="919876543210"):
    """The code that a send got; 200 if it was accepted."""
    answer = asyncio.run(it.send(order_update(to=to)))
    return 200 if answer.status == 200 else answer.json["error"]["code"]


def with_number(**more):
    """An emulator whose first number differs from the default seed's in `more`."""
    seed = parse_seed(default_seed_bytes())
    waba = seed.wabas[0]
    numbers = [replace(waba.phone_numbers[0], **more), *waba.phone_numbers[1:]]
    return emulated(replace(seed, wabas=[replace(waba, phone_numbers=numbers), *seed.wabas[1:]]))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("CONNECTED", 200),
        ("FLAGGED", 200),
        ("BANNED", 131031),
        ("RESTRICTED", 368),
        ("PENDING", 133010),
        ("DISCONNECTED", 133010),
    ],
)
def test_a_numbers_status_decides_whether_it_may_send(status, expected):
    assert code(with_number(status=status)) == expected


def test_a_number_that_is_not_registered_may_not_send():
    it = emulated()
    it.emulator.state.first_number.is_registered = False
    assert code(it) == 133010


def test_a_name_without_a_certificate_may_not_send():
    assert code(with_number(name_status="EXPIRED")) == 131045


def test_a_test_number_writes_to_its_recipients_alone():
    it = with_number(allowed_recipients=["+91 98765 43210", "14155552671"])
    assert [code(it), code(it, "14155552671"), code(it, "919876500000")] == [200, 200, 131030]
    assert code(with_number(allowed_recipients=[])) == 131030


def test_a_test_number_has_five_recipients_at_most():
    raw = default_seed_bytes().decode()
    head, brace, rest = raw.partition('"verified_name"')
    listed = json.dumps([f"9198765432{place:02d}" for place in range(6)])
    broken = f'{head}"allowed_recipients": {listed}, {brace}{rest}'
    with pytest.raises(SeedError, match="more than 5 allowed recipients"):
        parse_seed(broken.encode())


def test_a_country_that_a_business_may_not_write_to_is_refused():
    it = emulated()
    it.emulator.state.first_number.waba.restricted_countries = frozenset({"CU"})
    assert [code(it, "5351234567"), code(it)] == [130497, 200]
