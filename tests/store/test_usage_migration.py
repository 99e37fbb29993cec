"""A database of an older release has the figures of what it holds, as soon as it is opened."""

import pytest

from support import older
from support.nouns import ACCOUNT, NOW, SENDER_ID
from waypost.model.usage import UsageCounts, hour_of
from waypost.model.usage_query import Group, UsageFilter
from waypost.report.usage_audit import find_differences
from waypost.runtime.ids import first_message_id
from waypost.store.repositories.instants import to_ms

HOUR = hour_of(NOW)
MESSAGES = (
    ("read", None, (("capture", 80), ("remainder", 20), ("surcharge", 10))),
    ("delivered", None, (("capture", 100), ("refund", 40))),
    ("sent", None, ()),
    ("unknown", None, ()),
    ("accepted", None, (("hold", 100),)),
    ("failed", "131026", (("release", 100),)),
    ("failed", None, ()),
    ("not_sent", "WAV2102", ()),
    ("delivered", "131026", ()),
)
"""State, what is left of a failure, and ledger entries."""


def statements():
    """A shop of the older release with each of these messages, with and without a template."""
    at = to_ms(NOW)
    yield (
        "INSERT INTO accounts (account_id, sid, name, kind, state, created_at) "
        f"VALUES ({ACCOUNT}, 'HXIN1234567890IN', 'Shop', 'prepaid', 'active', {at})"
    )
    for number, (state, code, entries) in enumerate(MESSAGES * 2):
        id_ = f"{first_message_id(NOW)}{number:010}"
        template = "NULL" if number % 3 else "'order_update'"
        failure = "NULL" if code is None else f"'{code}'"
        yield (
            "INSERT INTO submissions (account_id, submission_id, sender_id, kind, template_name, "
            "content, source, track_body, track_button, trace_id, accepted_at) "
            f"VALUES ({ACCOUNT}, '{id_}', '{SENDER_ID}', 'text', {template}, '', 'api', 0, 0, "
            f"'t', {at})"
        )
        yield (
            "INSERT INTO messages (account_id, message_id, submission_id, sender_id, recipient, "
            "state, payment, price_minor, failure_code, accepted_at, changed_at, country, "
            f"category) VALUES ({ACCOUNT}, '{id_}', '{id_}', '{SENDER_ID}', '+919876543210', "
            f"'{state}', 'free', 100, {failure}, {at + number * 600_000}, {at}, 'IN', 'utility')"
        )
        for kind, amount in entries:
            yield (
                "INSERT INTO ledger_entries (account_id, reference, kind, amount_minor, "
                f"created_at) VALUES ({ACCOUNT}, '{id_}', '{kind}', {amount}, {at})"
            )


@pytest.fixture
def brought_forward(engine, tmp_path):
    """The older shop, opened by this release."""
    with older.brought_forward(engine, tmp_path, statements()) as stored:
        yield stored


def test_figures_of_an_older_release_are_what_a_recount_says(brought_forward):
    wanted = UsageFilter(HOUR, HOUR + 24)

    (total,) = brought_forward.ask(lambda t: t.usage.totals(ACCOUNT, wanted, ()))
    failures = brought_forward.ask(lambda t: t.usage.failures(ACCOUNT, wanted, (Group.COUNTRY,)))

    assert brought_forward.run(find_differences(brought_forward.store)) == []
    assert total.counts == UsageCounts(
        accepted=18,
        submitted=8,
        sent=8,
        delivered=6,
        read=2,
        failed=4,
        not_sent=2,
        spend_minor=2 * (80 + 10 + 100 - 40),
    )
    assert [(one.code, one.failures) for one in failures] == [("131026", 2), ("WAV2102", 2)]
