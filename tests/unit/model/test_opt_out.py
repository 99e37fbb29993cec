"""The addresses that one telephone may go by, and the words of opting out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waypost.model.opt_out import Keywords, addresses_of
from waypost.model.recipient import Recipient


@pytest.mark.parametrize(
    ("phone", "other"),
    [
        ("5511987654321", "551187654321"),
        ("551187654321", "5511987654321"),
        ("5215512345678", "525512345678"),
        ("525512345678", "5215512345678"),
        ("5491123456789", "541123456789"),
        ("541123456789", "5491123456789"),
    ],
)
def test_a_number_that_is_written_in_two_ways_has_two_addresses(phone, other):
    assert addresses_of(Recipient(phone=phone)) == (f"+{phone}", f"+{other}")


@pytest.mark.parametrize(
    "phone",
    [
        "919876543210",
        "551132654321",  # a landline in Sao Paulo
        "5511887654321",  # thirteen digits, and no mobile
        "5511932654321",
        "55",
        "521",
        "549",
        "15555550100",
        "",
    ],
)
def test_other_numbers_have_one(phone):
    assert addresses_of(Recipient(phone=phone)) == (f"+{phone}",)


def test_a_user_id_is_written_in_one_way():
    assert addresses_of(Recipient(user_id="BR.5511987654321")) == ("BR.5511987654321",)


def test_nobody_has_no_address():
    assert addresses_of(Recipient()) == ()


@given(st.from_regex(r"\A(?:55|52|54|91)[0-9]{6,12}\Z"))
def test_the_other_way_leads_back(phone):
    first, *others = addresses_of(Recipient(phone=phone))

    assert first == f"+{phone}"
    assert all(set(addresses_of(Recipient(phone=one[1:]))) == {first, one} for one in others)


@pytest.mark.parametrize(
    ("said", "wants"),
    [
        ("STOP", False),
        ("  Stop. ", False),
        ("stop!!!", False),
        ("stop\u3002", False),
        ("Opt  Out", False),
        ("Stop promotions", False),
        ("start", True),
        ("Unstop?", True),
        ("please stop", None),
        ("stop it", None),
        ("nonstop", None),
        ("!", None),
        ("", None),
        ("stop" + " " * 200, None),
    ],
)
def test_a_keyword_is_the_whole_of_what_was_said(said, wants):
    assert Keywords().said_by([said]) is wants


def test_the_first_keyword_of_several_words_counts():
    assert Keywords().said_by(["Yes please", "stop", "start"]) is False
    assert Keywords().said_by([]) is None


def test_an_empty_keyword_is_no_word():
    assert Keywords(opt_out=("", "!"), opt_in=("",)).said_by(["", "!", "." * 200]) is None


def test_a_word_of_both_kinds_opts_out():
    assert Keywords(opt_out=("Ok",), opt_in=("ok",)).said_by(["OK"]) is False
