"""Templates are kept as Meta gives them, and what became of them is kept beside them."""

from support.nouns import ACCOUNT, NOW, WABA_ID, account, later, template
from waypost.model.template import ChangeSource, TemplateChange, TemplateChangeKind

DETAILS = {
    "template_id": "1689556908129832",
    "parameter_format": "NAMED",
    "quality": "GREEN",
    "rejected_reason": "SCAM",
}
HINDI = template(language="hi", status="PENDING")


def save(furnished, *templates, at=NOW):
    furnished.do(lambda t: t.templates.save(ACCOUNT, WABA_ID, templates, at))


def a_change(change_id, **changes):
    given = {
        "account_id": ACCOUNT,
        "waba_id": WABA_ID,
        "change_id": change_id,
        "name": "order_update",
        "language": "en_US",
        "what": TemplateChangeKind.STATUS,
        "before": "APPROVED",
        "after": "PAUSED",
        "reason": "",
        "source": ChangeSource.WEBHOOK,
        "changed_at": later(change_id),
        **changes,
    }
    return TemplateChange(**given)


def test_a_template_comes_back_as_it_was_saved(furnished):
    given = template(**DETAILS)
    save(furnished, given)

    (found,) = furnished.ask(lambda t: t.templates.of_waba(ACCOUNT, WABA_ID))

    assert found == given
    assert found.components[0]["text"] == "Hello {{1}}"
    whole = furnished.ask(lambda t: t.directory.account_by_sid(account().sid))
    assert whole.templates == {(WABA_ID, "order_update", "en_US"): given}


def test_templates_are_found_by_name_and_language(furnished):
    save(furnished, template(), HINDI)

    found = furnished.ask(
        lambda t: t.templates.find(ACCOUNT, WABA_ID, [HINDI.key, ("order_update", "ta")])
    )

    assert found == {HINDI.key: HINDI}
    assert furnished.ask(lambda t: t.templates.find(2, WABA_ID, [HINDI.key])) == {}


def test_all_languages_of_a_name_come_with_the_time_of_their_word(furnished):
    save(furnished, template(), HINDI, template(name="order_update_2"))
    save(furnished, HINDI, at=later(2))

    found = furnished.ask(lambda t: t.templates.of_name(ACCOUNT, WABA_ID, "order_update"))

    assert found == [(template(), NOW), (HINDI, later(2))]
    assert furnished.ask(lambda t: t.templates.of_name(2, WABA_ID, "order_update")) == []


def test_what_was_saved_later_is_known_by_name(furnished):
    save(furnished, template(), HINDI)
    save(furnished, HINDI, at=later(2))

    def saved_after(seconds):
        return furnished.ask(lambda t: t.templates.saved_after(ACCOUNT, WABA_ID, later(seconds)))

    assert (saved_after(1), saved_after(2)) == ({HINDI.key}, set())


def test_a_template_that_is_dropped_leaves_its_neighbours(furnished):
    save(furnished, template(), HINDI)

    furnished.do(lambda t: t.templates.drop(ACCOUNT, WABA_ID, [template().key]))

    assert furnished.ask(lambda t: t.templates.of_waba(ACCOUNT, WABA_ID)) == [HINDI]


def test_changes_are_read_from_the_newest_on(furnished):
    changes = [
        a_change(1, before=None, what=TemplateChangeKind.APPEARED),
        a_change(2, reason="FIRST_PAUSE"),
        a_change(3, after=None, what=TemplateChangeKind.VANISHED, source=ChangeSource.SYNC),
    ]
    furnished.do(lambda t: t.templates.insert_changes(changes))

    def read(limit, before):
        return furnished.ask(lambda t: t.templates.changes(ACCOUNT, WABA_ID, limit, before))

    assert read(2, None) == [changes[2], changes[1]]
    assert read(2, 2) == [changes[0]]
    assert furnished.ask(lambda t: t.templates.changes(ACCOUNT, "404", 9, None)) == []
