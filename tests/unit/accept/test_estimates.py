"""What a send is expected to cost follows from its recipients and its template."""

from datetime import date

from msgspec.structs import replace

from support.desk import SHOP
from support.nouns import SENDER_ID, WABA_ID, content, sender, template
from waypost.accept.estimates import Tariff, estimate
from waypost.model.account import AccountKind
from waypost.model.rate import Rate, RateCard, RateCards, day_number
from waypost.model.recipient import Recipient
from waypost.model.submission import READ_RECEIPT, References, Submission

DAY = date(2026, 11, 21)
CARDS = RateCards(
    {
        0: RateCard(
            [
                Rate("IN", "marketing", DAY, 100),
                Rate("IN", "utility", DAY, 20),
                Rate("IN", "service", DAY, 5),
                Rate("IN", "authentication", DAY, 15),
                Rate("IN", "authentication-international", DAY, 300),
                Rate("US", "authentication", DAY, 25),
            ]
        )
    }
)
FIXED = {AccountKind.PREPAID: 7, AccountKind.POSTPAID: 8, AccountKind.TECH_PROVIDER: 0}
TARIFF = Tariff(CARDS, FIXED, day_number(DAY))
INDIAN, AMERICAN = Recipient(phone="919812345678"), Recipient(phone="16505551234")
KNOWN = {
    (WABA_ID, category, "en"): template(name=category, language="en", category=category.upper())
    for category in ("marketing", "utility", "authentication")
}
HOUSE = replace(SHOP, templates=KNOWN)


def estimates(named=None, *, of=HOUSE, to=(INDIAN,), tariff=TARIFF, number=SENDER_ID):
    said = (
        content()
        if named is None
        else content(kind="template", template_name=named, template_language="en")
    )
    submission = Submission(tuple(to), said, References())
    found = estimate(tariff, of, sender(sender_id=number), submission)
    return [(one.country, one.category, one.price_minor) for one in found]


def test_a_template_costs_what_its_category_costs():
    assert estimates("utility") == [("IN", "utility", 20)]
    assert estimates("marketing") == [("IN", "marketing", 100)]


def test_what_is_no_template_is_service():
    assert estimates() == [("IN", "service", 5)]


def test_a_template_that_is_not_known_may_be_the_dearest():
    assert estimates("summer") == [("IN", "marketing", 100)]


def test_without_a_rate_the_fixed_price_holds():
    assert estimates("utility", to=(INDIAN, AMERICAN)) == [
        ("IN", "utility", 20),
        ("US", "utility", 7),
    ]


def test_before_the_day_of_a_rate_the_fixed_price_holds():
    assert estimates("utility", tariff=replace(TARIFF, day=TARIFF.day - 1))[0][2] == 7


def test_a_code_from_abroad_costs_what_codes_from_abroad_cost_there():
    assert estimates("authentication") == [("IN", "authentication", 15)]
    assert estimates("authentication", number="16505550000") == [
        ("IN", "authentication-international", 300)
    ]
    assert estimates("authentication", to=(AMERICAN,)) == [("US", "authentication", 25)]


def test_an_account_with_a_price_of_its_own_pays_that():
    assert estimates("marketing", of=replace(HOUSE, price_minor=3))[0][2] == 3


def test_who_pays_meta_directly_pays_nothing_here():
    provider = replace(HOUSE, kind=AccountKind.TECH_PROVIDER)

    assert estimates("marketing", of=provider) == [("IN", "marketing", 0)]


def test_a_read_receipt_costs_nothing():
    receipt = Submission((Recipient(),), content(kind=READ_RECEIPT), References())

    (found,) = estimate(TARIFF, HOUSE, sender(), receipt)

    assert (found.price_minor, found.category) == (0, "")
