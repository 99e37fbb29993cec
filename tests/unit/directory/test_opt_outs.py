"""An operator works on an account's opt-outs; every act is told to the audit log."""

import pytest

from support.nouns import ACCOUNT, NOW, account, later
from support.stored import opened
from waypost.directory.opt_outs import OptOutList, parse_recipient
from waypost.model.audit import Actor
from waypost.model.errors import DirectoryError, NotFoundError
from waypost.model.opt_out import OptIn, OptOut, OptOutSource
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy

ACTOR = Actor("cli:asha")
PHONE = "+919876543210"


class Desk:
    """A list, and the account whose list it is."""

    def __init__(self, stored):
        self.stored, self.clock = stored, TestClock(NOW)
        self.opt_outs = OptOutList(stored.store, self.clock, SeededEntropy(1))
        stored.furnish()

    def add(self, recipient, reason=""):
        return self.stored.run(self.opt_outs.add(account(), recipient, reason, actor=ACTOR))

    def remove(self, recipient):
        return self.stored.run(self.opt_outs.remove(account(), recipient, actor=ACTOR))

    def listed(self, **page):
        found = self.stored.run(self.opt_outs.page(account(), **page))
        return [one.recipient for one in found]

    def acts(self):
        entries = self.stored.ask(lambda t: t.audit.entries(ACCOUNT, 10, None))
        return [(one.actor.name, one.act, one.target) for one in entries]


@pytest.fixture
def desk(tmp_path):
    with opened(tmp_path) as stored:
        yield Desk(stored)


def test_a_recipient_is_added_with_a_reason(desk):
    kept = desk.add(" +91 98765-43210 ", "asked by\n  telephone")

    assert kept == OptOut(ACCOUNT, PHONE, OptOutSource.OPERATOR, "asked by telephone", NOW)
    assert desk.stored.run(desk.opt_outs.page(account())) == [kept]
    assert desk.acts() == [("cli:asha", "opt_out.added", PHONE)]


def test_a_recipient_is_removed_and_may_be_added_again(desk):
    desk.add(PHONE)
    desk.remove("919876543210")
    assert desk.listed() == []

    desk.clock.advance(1)
    desk.add(PHONE)
    assert desk.listed() == [PHONE]
    assert [act for _, act, _ in desk.acts()] == [
        "opt_out.added",
        "opt_out.removed",
        "opt_out.added",
    ]


def test_whoever_is_not_on_the_list_cannot_be_removed(desk):
    with pytest.raises(NotFoundError, match=r"\+919876543210 is not opted out"):
        desk.remove(PHONE)
    assert desk.acts() == []


def test_a_number_is_removed_by_either_way_to_write_it(desk):
    desk.add("+55 11 98765 4321")
    desk.remove("+55 11 8765 4321")

    assert desk.listed() == []


def test_an_operator_overrules_what_a_recipient_said_before(desk):
    desk.stored.do(lambda t: t.recipients.end_opt_outs([OptIn(ACCOUNT, PHONE, later(-1))]))

    desk.add(PHONE)

    assert desk.listed() == [PHONE]


def test_the_list_is_read_page_by_page(desk):
    for recipient in ("+919876543212", "+919876543211", "US.13491208655302741918"):
        desk.add(recipient)

    assert desk.listed(limit=2) == ["+919876543211", "+919876543212"]
    assert desk.listed(after="+919876543212") == ["US.13491208655302741918"]
    assert len(desk.listed(limit=0)) == 1


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("+919876543210", PHONE),
        ("919876543210", PHONE),
        ("(+91) 98765 43210", PHONE),
        ("+5215512345678", "+5215512345678"),
        ("+5491123456789", "+5491123456789"),
        ("US.13491208655302741918", "US.13491208655302741918"),
        ("US.ENT.11815799212886844830", "US.ENT.11815799212886844830"),
    ],
)
def test_recipients_are_written_as_in_a_send(text, address):
    assert parse_recipient(text).address == address


@pytest.mark.parametrize(
    "text", ["", "+", "shop", "12345", "+9198765", "+0123456789", "us.1", "\u0661"]
)
def test_what_is_no_recipient_is_told(text):
    with pytest.raises(DirectoryError, match="is neither a phone number"):
        parse_recipient(text)
