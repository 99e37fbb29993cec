"""What Meta allows portfolios, whom they wrote to, and what is learnt of numbers."""

from datetime import timedelta

from msgspec.structs import replace

from support.nouns import (
    ACCOUNT,
    MESSAGE_ID,
    NOW,
    PHONE_NUMBER_ID,
    SENDER_ID,
    WABA_ID,
    account,
    later,
    queue_item,
    sender,
    waba,
)
from waypost.model.messaging_limit import (
    HourCount,
    MessagingLimit,
    ReachedUser,
    hour_of,
    start_of,
)
from waypost.model.work import QueueName

KEY = (ACCOUNT, "p")
HOUR = hour_of(NOW)
USER = (*KEY, "+919876543210")


def limit(portfolio_id="p", users=250):
    return MessagingLimit(ACCOUNT, portfolio_id, users, NOW)


def learn(stored, *limits):
    stored.do(lambda t: t.portfolios.learn(limits))


def sender_now(stored):
    return stored.ask(lambda t: t.directory.account_by_sid(account().sid)).senders[SENDER_ID]


def test_a_limit_is_as_it_was_told_last(stored):
    learn(stored, limit(), limit("q", None))
    learn(stored, limit(users=2000))
    found = stored.ask(lambda t: t.portfolios.find([KEY, (ACCOUNT, "q"), (ACCOUNT, "r")]))
    assert found == {KEY: limit(users=2000), (ACCOUNT, "q"): limit("q", None)}
    assert stored.do(lambda t: t.portfolios.lock([KEY])) == {KEY: limit(users=2000)}


def test_a_waba_has_the_limit_of_its_portfolio_or_its_own(furnished):
    learn(furnished, limit(WABA_ID, 250), limit("p", 2000))
    of_waba = [(ACCOUNT, WABA_ID), (ACCOUNT, "1")]
    assert furnished.ask(lambda t: t.portfolios.of_wabas(of_waba)) == {
        (ACCOUNT, WABA_ID): limit(WABA_ID, 250)
    }
    furnished.do(lambda t: t.directory.set_portfolio(waba(portfolio_id="p")))
    assert furnished.ask(lambda t: t.portfolios.of_wabas(of_waba)) == {
        (ACCOUNT, WABA_ID): limit("p", 2000)
    }
    assert len(furnished.ask(lambda t: t.directory.wabas_due(NOW))) == 1


def test_users_and_hours_are_counted_up_and_down_and_forgotten(stored):
    reached, waiting = ReachedUser(HOUR, is_waiting=False), ReachedUser(HOUR + 25, is_waiting=True)
    other = (*KEY, "US.1")
    stored.do(lambda t: t.portfolios.save_users({USER: reached, other: waiting}))
    stored.do(lambda t: t.portfolios.save_users({other: replace(waiting, hour=HOUR + 26)}))
    assert stored.ask(lambda t: t.portfolios.users([USER, other, (*KEY, "+1")])) == {
        USER: reached,
        other: replace(waiting, hour=HOUR + 26),
    }

    first = [HourCount(HOUR, 5, 0), HourCount(HOUR + 25, 0, 2)]
    stored.do(lambda t: t.portfolios.add_hours({KEY: first}))
    stored.do(lambda t: t.portfolios.add_hours({KEY: [HourCount(HOUR, -1, 1)]}))
    hours = stored.ask(lambda t: t.portfolios.hours([KEY, (ACCOUNT, "q")]))
    assert sorted(hours[KEY], key=lambda one: one.hour) == [HourCount(HOUR, 4, 1), first[1]]
    assert hours[ACCOUNT, "q"] == []

    stored.do(lambda t: t.portfolios.forget_hours([(*KEY, HOUR)]))
    assert stored.ask(lambda t: t.portfolios.hours([KEY])) == {KEY: [first[1]]}
    assert stored.do(lambda t: t.portfolios.forget_users(*KEY, HOUR, 10)) == 0
    assert stored.do(lambda t: t.portfolios.forget_users(*KEY, HOUR + 30, 1)) == 1
    assert stored.do(lambda t: t.portfolios.forget_users(*KEY, HOUR + 30, 10)) == 1


def test_messages_that_wait_because_of_the_limit_are_found_by_their_hour(furnished):
    furnished.keep_message(MESSAGE_ID)
    furnished.keep_message("scheduled")  # for the same hour, to somebody who waits for none
    hour = HOUR + 25
    due_at = start_of(hour) + timedelta(seconds=30)
    items = [queue_item(MESSAGE_ID, due_at=due_at), queue_item("scheduled", due_at=later(60))]
    furnished.do(lambda t: t.queue.put(items))
    key = (ACCOUNT, WABA_ID)
    waiting = {(*key, "+919876543210"): ReachedUser(hour, is_waiting=True)}
    furnished.do(lambda t: t.portfolios.save_users(waiting))
    assert furnished.ask(lambda t: t.portfolios.waiting_items(*key, hour, 10)) == [
        (MESSAGE_ID, "+919876543210")
    ]
    assert furnished.ask(lambda t: t.portfolios.waiting_items(*key, hour + 1, 10)) == []
    furnished.do(lambda t: t.queue.bring_forward(ACCOUNT, QueueName.DISPATCH, [MESSAGE_ID], NOW))
    assert furnished.ask(lambda t: t.portfolios.waiting_items(*key, hour, 10)) == []


def test_throughput_is_learnt_unless_the_operator_set_it(furnished):
    told = [(ACCOUNT, PHONE_NUMBER_ID, 1000)]
    assert furnished.do(lambda t: t.directory.learn_throughputs(told)) == set()
    assert not furnished.do(lambda t: t.directory.learn_throughput_of(ACCOUNT, SENDER_ID, 1000))
    assert sender_now(furnished).throughput == 80

    follows = sender(is_throughput_pinned=False)
    furnished.do(lambda t: t.directory.save_sender(ACCOUNT, follows, NOW))
    assert furnished.do(lambda t: t.directory.learn_throughputs(told)) == {(ACCOUNT, SENDER_ID)}
    assert furnished.do(lambda t: t.directory.learn_throughputs(told)) == set()
    assert sender_now(furnished).throughput == 1000
    assert furnished.do(lambda t: t.directory.learn_throughput_of(ACCOUNT, SENDER_ID, 20))
    assert sender_now(furnished).throughput == 20


def test_when_meta_was_heard_is_written_down_every_few_seconds(furnished):
    least = timedelta(seconds=3)

    def hear(at):
        heard = {(ACCOUNT, PHONE_NUMBER_ID): at}
        furnished.do(lambda t: t.directory.note_heard(heard, least))
        return sender_now(furnished).heard_at

    assert sender_now(furnished).heard_at is None
    assert hear(NOW) == NOW
    assert hear(later(2)) == NOW
    assert hear(later(4)) == later(4)
    assert hear(later(-60)) == later(4)
