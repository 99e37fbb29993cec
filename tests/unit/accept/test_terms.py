"""When a message goes and until when it waits: as asked, or by what it is."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from support.desk import SHOP, order
from support.nouns import NOW, later
from waypost.accept.terms import terms_of
from waypost.model.work import Priority

DEPLOYMENT = timedelta(hours=72)


def terms(**changes):
    return terms_of(order(**changes), NOW, DEPLOYMENT)


@pytest.mark.parametrize(
    ("changes", "priority"),
    [
        ({}, Priority.NORMAL),
        ({"count": 2}, Priority.BULK),
        ({"count": 2, "category": "authentication"}, Priority.HIGH),
        ({"category": "authentication-international"}, Priority.HIGH),
        ({"count": 2, "priority": Priority.HIGH}, Priority.HIGH),
        ({"category": "authentication", "priority": Priority.BULK}, Priority.BULK),
    ],
)
def test_a_message_goes_before_whom_it_asks_or_what_it_is(changes, priority):
    assert terms(**changes).priority is priority


def test_it_waits_as_long_as_it_asks_or_its_account_or_the_deployment_says():
    patient = replace(SHOP, validity_s=3600)

    assert terms().expires_at == NOW + DEPLOYMENT
    assert terms(of=patient).expires_at == later(3600)
    assert terms(of=patient, validity_s=60).expires_at == later(60)


def test_a_one_time_code_waits_ten_minutes_unless_it_asks_otherwise():
    patient, hasty = replace(SHOP, validity_s=3600), replace(SHOP, validity_s=120)

    assert terms(category="authentication").expires_at == later(600)
    assert terms(category="authentication", of=patient).expires_at == later(600)
    assert terms(category="authentication", of=hasty).expires_at == later(120)
    assert terms(category="authentication", validity_s=900).expires_at == later(900)


def test_a_scheduled_message_waits_from_its_moment_on():
    scheduled = terms(send_at=later(1000), validity_s=60)

    assert (scheduled.send_at, scheduled.expires_at) == (later(1000), later(1060))


def test_a_moment_that_has_passed_is_now():
    assert terms(send_at=later(-1)).send_at is None
