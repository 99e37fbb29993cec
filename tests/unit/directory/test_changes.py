"""An account's name, amounts and keywords are ones that can be, and are kept as compared."""

import pytest

from support.nouns import account
from waypost.directory.changes import AccountChange, changed_account
from waypost.model.account import AccountKind, CheckMode
from waypost.model.errors import DirectoryError
from waypost.model.opt_out import OPT_IN_KEYWORDS, OPT_OUT_KEYWORDS


def test_only_what_is_given_changes():
    before = account(price_minor=5, requests_per_s=3)

    assert changed_account(before, AccountChange()) == before
    assert changed_account(
        before,
        AccountChange(
            name=" New ",
            kind=AccountKind.TECH_PROVIDER,
            price_minor=None,
            check_mode=CheckMode.OFF,
            credit_limit_minor=7,
        ),
    ) == account(
        name="New", kind=AccountKind.TECH_PROVIDER, requests_per_s=3, check_mode=CheckMode.OFF
    )


def test_keywords_are_kept_as_they_are_compared():
    changed = changed_account(
        account(), AccountChange(opt_out_keywords=("  HALT ", "No  More", "halt", "रोकें"))
    )

    assert changed.opt_out_keywords == ("halt", "no more", "रोकें")
    assert changed.opt_in_keywords == OPT_IN_KEYWORDS


def test_none_gives_back_the_usual_keywords_and_an_empty_list_takes_all_away():
    before = account(opt_out_keywords=("halt",), opt_in_keywords=("go",))
    changed = changed_account(before, AccountChange(opt_out_keywords=None, opt_in_keywords=()))

    assert (changed.opt_out_keywords, changed.opt_in_keywords) == (OPT_OUT_KEYWORDS, ())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (AccountChange(name=" "), "1 to 200 printable"),
        (AccountChange(name="x" * 201), "1 to 200 printable"),
        (AccountChange(name="a\x1bb"), "1 to 200 printable"),
        (AccountChange(price_minor=-1), "price_minor must be 0 or more, not -1"),
        (AccountChange(requests_per_s=0), "requests_per_s must be 1 or more, not 0"),
        (AccountChange(credit_limit_minor=-1), "credit_limit_minor must be 0 or more"),
        (AccountChange(opt_out_keywords=("stop", " ")), "' ' is no keyword"),
        (AccountChange(opt_in_keywords=("x" * 65,)), "is no keyword"),
        (AccountChange(opt_in_keywords=("x",) * 51), "51 keywords are too many"),
        (AccountChange(opt_in_keywords=("STOP",)), "'stop' cannot mean both"),
    ],
)
def test_what_cannot_be_is_refused_with_what_would_be_right(change, said):
    with pytest.raises(DirectoryError, match=said):
        changed_account(account(), change)
