"""Acts are kept in their order, never changed, and read from the newest on."""

from support.nouns import ACCOUNT, NOW, later
from waypost.model.audit import Actor, AuditEntry


def entry(audit_id, **changes):
    given = {"account_id": ACCOUNT, "acted_at": NOW, "actor": Actor("operator"), "act": "key.made"}
    return AuditEntry(audit_id=audit_id, **{**given, **changes})


def read(stored, account_id=ACCOUNT, limit=10, before=None):
    return stored.ask(lambda t: t.audit.entries(account_id, limit, before))


def test_an_act_is_kept_whole(stored):
    made = entry(
        7,
        acted_at=later(1),
        actor=Actor("key:A0b1c2", "2001:db8::1"),
        act="account.changed",
        target="HXIN1234567890IN",
        detail={"name": {"before": "Läden", "after": "रोकें"}},
    )

    stored.do(lambda t: t.audit.append([made]))

    assert read(stored) == [made]


def test_an_id_that_is_not_the_largest_is_raised_to_be(stored):
    for audit_id, account_id in ((100, ACCOUNT), (100, ACCOUNT), (3, 2), (500, ACCOUNT)):
        one = entry(audit_id, account_id=account_id)
        stored.do(lambda t, one=one: t.audit.append([one, one]))

    assert [one.audit_id for one in read(stored, None)] == [501, 500, 105, 104, 103, 102, 101, 100]


def test_acts_are_read_page_by_page_of_one_account_or_of_all(stored):
    acts = [entry(number, account_id=number % 2) for number in range(1, 8)]
    stored.do(lambda t: t.audit.append(acts))

    assert [one.audit_id for one in read(stored, 1, 2)] == [7, 5]
    assert [one.audit_id for one in read(stored, 1, 2, before=5)] == [3, 1]
    assert [one.audit_id for one in read(stored, None, 3, before=6)] == [5, 4, 3]
    assert read(stored, 9) == []
