"""Senders that Meta refuses as a whole are held, found, and let go again."""

from support.nouns import ACCOUNT, NOW, SENDER_ID, UNDELIVERABLE, WABA_ID, later
from waypost.model.sender import ClosedSender, SenderHold, SenderState

HOLD = SenderHold(later(60), 60, UNDELIVERABLE)


def hold(stored, hold=HOLD, now=NOW):
    return stored.do(lambda t: t.directory.hold_sender(ACCOUNT, SENDER_ID, hold, now))


def release(stored, *, is_mended=False):
    return stored.do(lambda t: t.directory.release_sender(ACCOUNT, SENDER_ID, is_mended=is_mended))


def closed(stored):
    return stored.ask(lambda t: t.directory.closed_senders())


def last_hold(stored):
    return stored.ask(lambda t: t.directory.last_hold(ACCOUNT, SENDER_ID))


def test_of_two_who_hold_a_sender_one_does(stored):
    stored.furnish()

    assert [hold(stored), hold(stored, SenderHold(later(300), 300, UNDELIVERABLE))] == [True, False]
    assert closed(stored) == [ClosedSender(ACCOUNT, SENDER_ID, SenderState.ACTIVE, later(60))]


def test_a_hold_that_is_over_may_be_followed_by_another(stored):
    stored.furnish()
    hold(stored)

    assert hold(stored, SenderHold(later(360), 300, UNDELIVERABLE), later(60))
    assert last_hold(stored) == (300, later(360))


def test_a_sender_that_was_let_go_remembers_its_last_hold_unless_it_was_mended(stored):
    stored.furnish()
    hold(stored)

    assert [release(stored), release(stored)] == [True, False]
    assert (closed(stored), last_hold(stored)) == ([], (60, later(60)))
    hold(stored)
    release(stored, is_mended=True)
    assert last_hold(stored) == (0, later(60))


def test_the_held_senders_of_a_waba_are_named(stored):
    stored.furnish()
    assert stored.ask(lambda t: t.directory.held_of_waba(ACCOUNT, WABA_ID)) == []
    hold(stored)

    assert stored.ask(lambda t: t.directory.held_of_waba(ACCOUNT, WABA_ID)) == [SENDER_ID]
    assert stored.ask(lambda t: t.directory.held_of_waba(ACCOUNT, "other")) == []


def test_a_paused_sender_is_closed_and_not_held(stored):
    stored.furnish(state=SenderState.PAUSED)

    assert closed(stored) == [ClosedSender(ACCOUNT, SENDER_ID, SenderState.PAUSED, None)]


def test_what_holds_a_sender_goes_out_with_its_messages(stored):
    stored.furnish()
    stored.keep_message("A1")
    hold(stored)

    (message,) = stored.ask(lambda t: t.messages.dispatchables([(ACCOUNT, "A1")])).values()

    assert (message.sender.held_until, message.sender.held_for) == (later(60), UNDELIVERABLE)


def test_a_number_that_was_never_heard_of_has_no_time(stored):
    stored.furnish()

    assert stored.ask(lambda t: t.directory.heard_at(ACCOUNT, SENDER_ID)) is None
