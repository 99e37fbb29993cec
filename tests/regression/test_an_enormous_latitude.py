"""A latitude of hundreds of digits once ended the request in an error of the emulator's own."""

import asyncio

import pytest

from support.emulated import emulated


@pytest.mark.parametrize("key", ["latitude", "longitude"])
def test_a_number_that_no_float_holds_is_refused_as_no_number(key):
    place = {"latitude": 12.9, "longitude": 77.5, key: 10**400}
    message = {
        "messaging_product": "whatsapp",
        "to": "+919876543210",
        "type": "location",
        "location": place,
    }

    answer = asyncio.run(emulated().send(message))

    assert answer.status == 400
    assert answer.json["error"]["message"] == f"(#100) Param location['{key}'] must be a number."
