"""A moment that cannot be kept is told with the present beside it."""

from datetime import timedelta

import pytest

from support.nouns import NOW, later
from waypost.accept.schedule import check_schedule, without_past
from waypost.model.recipient import Recipient
from waypost.model.submission import Content, References, Submission

FURTHEST = timedelta(days=30)


def at(send_at):
    content = Content("text", b"{}")
    return Submission((Recipient("919876543210"),), content, References(), send_at=send_at)


@pytest.mark.parametrize("send_at", [None, later(-60), NOW, later(1), NOW + FURTHEST])
def test_a_moment_that_can_be_kept_is_no_fault(send_at):
    assert check_schedule(at(send_at), NOW, FURTHEST) == ()


def test_a_moment_that_passed_is_told():
    (fault,) = check_schedule(at(later(-61)), NOW, FURTHEST)

    assert (fault.path, fault.code) == ("/extra_info/send_at", "out_of_range")
    assert "2026-11-20 11:58:59Z" in fault.message
    assert "leave send_at out" in fault.mend


def test_a_moment_too_far_ahead_is_told_with_how_far_it_may_be():
    (fault,) = check_schedule(at(NOW + FURTHEST + timedelta(seconds=1)), NOW, FURTHEST)

    assert "more than 30 days ahead" in fault.message
    assert "not in milliseconds" in fault.mend


def test_a_moment_that_has_just_passed_is_now():
    assert without_past(at(later(-60)), NOW).send_at is None
    assert without_past(at(NOW), NOW).send_at is None
    assert without_past(at(later(1)), NOW).send_at == later(1)


def test_a_moment_long_passed_stays_to_be_told():
    assert without_past(at(later(-61)), NOW).send_at == later(-61)
