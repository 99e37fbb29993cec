"""Delays and versions as they are written on the command line."""

import pytest

from meta_emulator.settings import SettingsError, parse_delays, parse_webhook_version


@pytest.mark.parametrize(
    ("written", "delays"),
    [
        ("sent=150,delivered=600,read=1500", (("sent", 0.15), ("delivered", 0.6), ("read", 1.5))),
        ("read=10, sent=20", (("read", 0.01), ("sent", 0.02))),
        ("sent=0", (("sent", 0.0),)),
        ("none", ()),
    ],
)
def test_delays_are_milliseconds_in_order_of_time(written, delays):
    assert parse_delays(written) == delays


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("seen=1", "'seen' is no status; there are sent, delivered, read"),
        ("sent", "'sent' needs milliseconds, as in sent=150"),
        ("sent=1.5", "'sent=1.5' needs milliseconds, as in sent=150"),
    ],
)
def test_other_delays_are_refused(written, reason):
    with pytest.raises(SettingsError) as refused:
        parse_delays(written)
    assert str(refused.value) == reason


def test_a_webhook_version_is_v_and_two_numbers():
    assert parse_webhook_version("v23.0") == (23, 0)
    for wrong in ("23.0", "v23", "v23.x", "vx.0", "v.0"):
        with pytest.raises(SettingsError):
            parse_webhook_version(wrong)
