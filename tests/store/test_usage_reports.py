"""A usage report: lines, sums, rates, failures and what a reader must know of them."""

import csv
import io
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from support.desk import Desk, order, status
from support.nouns import ACCOUNT, NOW, SENDER_ID, UNDELIVERABLE
from waypost.model.lifecycle import Fact
from waypost.model.meta_error import Party
from waypost.model.submission import References
from waypost.model.usage import UsageKey, count_accepted, hour_of
from waypost.report import usage
from waypost.report.filters import FilterError
from waypost.report.usage_reporter import UsageReporter
from waypost.report.usage_table import failures_csv, usage_csv
from waypost.runtime.clock import TestClock

CAMPAIGNS = (
    ("diwali", Fact.READ),
    ("diwali", Fact.DELIVERED),
    ("diwali", Fact.FAILED),
    ("holi", Fact.DELIVERED),
)


@pytest.fixture
def shop(furnished):
    """Four messages of two campaigns."""
    desk = Desk(furnished.store)
    for campaign, fact in CAMPAIGNS:
        sent = order(price=0, references=References("order-1", campaign, None))
        answer = furnished.run(desk.acceptor.accept(sent))
        ((_, message_id),) = answer.messages
        told = status(message_id, fact)
        if fact is Fact.FAILED:
            told = replace(told, failure=UNDELIVERABLE)
        furnished.run(desk.recorder.record(told))
    return furnished


def report(stored, *, of_all=False, **words):
    reporter = UsageReporter(stored.store, TestClock(NOW))
    words = {name.rstrip("_"): value for name, value in words.items()}
    if of_all:
        return stored.run(reporter.of_all(words))
    (account,) = stored.ask(lambda t: t.directory.accounts())
    return stored.run(reporter.of_account(account, words))


def lines(found):
    return [(*line.key, line.counts.accepted, line.counts.delivered) for line in found.lines]


def test_rates_are_of_those_accepted_and_of_those_delivered(shop):
    (total,) = report(shop).totals

    assert (total.delivery_rate, total.read_rate) == (0.75, 0.3333)


def test_a_series_has_a_line_where_nothing_was(shop):
    found = report(shop, from_="2026-11-18")

    assert lines(found) == [("2026-11-18", 0, 0), ("2026-11-19", 0, 0), ("2026-11-20", 4, 3)]


@pytest.mark.parametrize(
    ("zone", "hour", "day"),
    [
        ("UTC", "2026-11-20T12:00:00Z", "2026-11-20"),
        ("Pacific/Auckland", "2026-11-21T01:00:00+13:00", "2026-11-21"),
        ("America/New_York", "2026-11-20T07:00:00-05:00", "2026-11-20"),
    ],
)
def test_hours_and_days_are_those_of_the_zone(shop, zone, hour, day):
    by_hour = report(shop, by="hour,country", tz=zone)
    by_day = report(shop, by="day,country", tz=zone)

    assert lines(by_hour) == [(hour, "IN", 4, 3)]
    assert lines(by_day) == [(day, "IN", 4, 3)]


def test_a_zone_off_by_half_an_hour_is_said(shop):
    (note,) = report(shop, tz="Asia/Kolkata").notes

    assert note == (
        "Figures are kept by the hour of UTC: a day of Asia/Kolkata has the hours that begin in it."
    )


def test_failures_say_whose_turn_it_is(shop):
    (failure,) = report(shop).failures

    assert (failure.code, failure.messages, failure.turn) == ("131026", 1, Party.CUSTOMER)
    assert failure.title
    assert failure.next_step


def test_campaigns_are_told_apart_by_counting_messages_and_most_come_first(shop):
    found = report(shop, by="ref1")

    assert lines(found) == [("diwali", 3, 2), ("holi", 1, 1)]
    assert (found.is_of_history, found.whole_from) == (True, None)
    assert found.failures[0].messages == 1


def test_one_campaign_is_found_by_its_word(shop):
    found = report(shop, by="day,ref1", ref1="holi", from_="2026-11-20")

    assert lines(found) == [("2026-11-20", "holi", 1, 1)]
    assert found.failures == ()


def test_what_history_has_let_go_is_said(shop):
    shop.do(lambda t: t.usage.note_reach(NOW))

    found = report(shop, ref1="holi")

    assert found.whole_from == NOW
    assert "accepted before 2026-11-20T12:00:00Z some may have been let go" in found.notes[0]


def test_how_far_history_reaches_never_goes_back(shop):
    shop.do(lambda t: t.usage.note_reach(NOW))
    shop.do(lambda t: t.usage.note_reach(NOW.replace(year=2025)))

    assert shop.ask(lambda t: t.usage.reach()) == NOW


def test_accounts_are_told_apart_and_summed_by_currency(shop):
    async def open_another(transaction):
        (first,) = await transaction.directory.accounts()
        other = replace(first, account_id=0, sid="HXIN0000000002IN", name="Other")
        account_id = await transaction.directory.insert_account(other, NOW)
        await transaction.wallets.open(account_id, "EUR", 0)

    shop.do(open_another)

    found = report(shop, of_all=True, by="country")

    assert found.by == ("account", "country")
    assert lines(found) == [("HXIN1234567890IN", "IN", 4, 3)]
    assert [(one.currency, one.counts.accepted) for one in found.totals] == [("USD", 4)]


def test_another_accounts_figures_are_not_told(shop):
    other = ACCOUNT + 1
    (account,) = shop.ask(lambda t: t.directory.accounts())

    async def open_another(transaction):
        made = replace(account, account_id=0, sid="HXIN0000000002IN", name="Other")
        await transaction.directory.insert_account(made, NOW)
        await transaction.wallets.open(other, "EUR", 0)

    shop.do(open_another)
    reporter = UsageReporter(shop.store, TestClock(NOW))
    stranger = replace(account, account_id=other)

    for words in ({}, {"by": "ref1"}, {"ref1": "holi"}):
        found = shop.run(reporter.of_account(stranger, words))
        assert [one.counts.accepted for one in found.totals] == [0]


def test_a_report_is_written_as_csv(shop):
    found = report(shop, by="country,template")

    assert usage_csv(found) == (
        "country,template,accepted,submitted,sent,delivered,read,failed,not_sent,delivery_rate,"
        "read_rate,spend,currency\n"
        "IN,,4,3,3,3,1,1,0,0.75,0.3333,0.0000,USD\n"
    )
    assert failures_csv(found, ()).splitlines()[1].startswith("131026,1,customer,")


def test_words_that_make_no_sense_are_refused_before_anything_is_read(shop):
    with pytest.raises(FilterError, match="it must be of day, hour"):
        report(shop, by="week")


def test_more_lines_than_anyone_reads_are_refused(furnished):
    keys = [
        UsageKey(ACCOUNT, hour_of(NOW), SENDER_ID, f"template_{number}", "IN", "utility")
        for number in range(10_001)
    ]
    furnished.do(lambda t: t.usage.add(count_accepted(dict.fromkeys(keys, 1)), 0))

    with pytest.raises(FilterError, match="more than 10000 lines; ask for fewer"):
        report(furnished, by="template")


def test_no_more_of_history_is_read_than_can_be_held(shop, monkeypatch):
    monkeypatch.setattr(usage, "MOST_COUNTED", 3)
    assert len(report(shop, ref1="diwali", by="sender").lines) == 1
    monkeypatch.setattr(usage, "MOST_COUNTED", 1)

    with pytest.raises(FilterError, match="ask for fewer days"):
        report(shop, by="ref1")


def test_the_hour_that_a_clock_has_twice_stands_in_the_order_in_which_it_passed(furnished):
    """In Berlin the clock was set back from 3 to 2 on 25 October 2026, at 1:00 UTC."""
    first = hour_of(datetime(2026, 10, 25, 0, tzinfo=UTC))
    keys = {UsageKey(ACCOUNT, first + n, SENDER_ID, "", "IN", ""): n + 1 for n in range(2)}
    furnished.do(lambda t: t.usage.add(count_accepted(keys), 0))

    found = report(
        furnished, by="hour", tz="Europe/Berlin", from_="2026-10-25T00:00Z", to="2026-10-25T02:00Z"
    )

    assert lines(found) == [
        ("2026-10-25T02:00:00+02:00", 1, 0),
        ("2026-10-25T02:00:00+01:00", 2, 0),
    ]


@pytest.mark.parametrize("word", ['=HYPERLINK("http://x.test")', "+1+1", "-2", "@SUM(A1)"])
def test_no_word_of_a_customer_is_a_formula(furnished, word):
    desk = Desk(furnished.store)
    furnished.run(desk.acceptor.accept(order(price=0, references=References(word, None, None))))

    found = report(furnished, by="sender,ref")

    (row,) = csv.DictReader(io.StringIO(usage_csv(found)))
    assert (row["sender"], row["ref"]) == (f"+{SENDER_ID}", f"'{word}")
