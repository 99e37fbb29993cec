"""The operator looks after money: adjustments, refunds, statements, rate cards, the audit."""

from support.operator import in_office
from support.pair import text

RATES = "/v1/admin/rates"


def usd(amount):
    return {"amount": amount, "currency": "USD"}


def rate(country, category, price):
    return {
        "country": country,
        "category": category,
        "valid_from": "2026-01-01",
        "price": price,
    }


def test_a_balance_is_corrected_both_ways_and_no_further_than_it_goes(tmp_path):
    async def visit(office):
        path = f"{office.account}/adjustments"
        up = await office.done("POST", path, {"amount": "2.5", "reason": "forgotten"})
        down = await office.done("POST", path, {"amount": "-0.5", "reason": "too much"})
        refused = await office.refused("POST", path, {"amount": "-999", "reason": "all"})
        assert await office.done("GET", f"{office.account}/wallet") == down
        return up, down, refused, (await office.acts())[-1]

    up, down, refused, act = in_office(tmp_path, visit, top_up=100_000)
    assert (up["balance"], down["balance"]) == (usd("12.5000"), usd("12.0000"))
    (fault,) = refused["errors"]
    assert fault["path"] == "/amount"
    assert fault["message"].startswith("Only 12.0000 USD can be spent")
    assert act == ("wallet.adjusted", "operator", "203.0.113.77")


def test_what_a_message_cost_is_given_back_once(tmp_path):
    async def visit(office):
        message_id = await office.pair.accepted(text())
        await office.pair.until_told(message_id, "sent", "delivered", "read")
        body = {"message_id": message_id, "reason": "our fault"}
        path = f"{office.account}/refunds"
        after = await office.done("POST", path, body)
        again = await office.refused("POST", path, body)
        statement = await office.done("GET", f"{office.account}/statement?from=2026-11-20")
        return after, again, statement["items"]

    after, again, items = in_office(tmp_path, visit, top_up=1000)
    assert after["balance"] == usd("0.1000")
    assert "is refunded already" in again["errors"][0]["message"]
    (paid,) = [one for one in items if one["country"] == "IN"]
    assert (paid["day"], paid["messages"], paid["category"]) == ("2026-11-20", 1, "service")
    assert (paid["captured"], paid["refunded"]) == (usd("0.0100"), usd("0.0100"))


def test_rates_are_added_to_cards_and_listed(tmp_path):
    async def visit(office):
        none = await office.done("GET", RATES)
        card = {"rates": [rate("IN", "marketing", "0.0118"), rate("*", "*", "0.07")]}
        saved = await office.done("POST", RATES, card)
        own = f"{office.account}/rates"
        await office.done("POST", own, {"rates": [rate("IN", "utility", "0.002")]})
        whole = {"rates": [rate("IN", "service", "0.001")], "is_whole": True}
        return none, saved, await office.done("GET", own), await office.done("POST", own, whole)

    none, saved, own, whole = in_office(tmp_path, visit)
    assert none == {"currency": None, "rates": []}
    assert [(one["country"], one["price"]) for one in saved["rates"]] == [
        ("*", usd("0.0700")),
        ("IN", usd("0.0118")),
    ]
    assert [one["category"] for one in own["rates"]] == ["utility"]
    assert [one["category"] for one in whole["rates"]] == ["service"]


def test_rates_that_cannot_be_are_refused_by_their_place(tmp_path):
    async def visit(office):
        same = rate("IN", "utility", "1")
        return (
            await office.refused("POST", RATES, {"rates": [rate("XX", "utility", "1")]}),
            await office.refused("POST", RATES, {"rates": [rate("IN", "post", "1")]}),
            await office.refused("POST", RATES, {"rates": [same, same]}),
        )

    nowhere, nothing, twice = in_office(tmp_path, visit)
    assert nowhere["errors"][0]["path"] == "/rates/0"
    assert nowhere["errors"][0]["message"].startswith('"XX" is no country')
    assert nothing["errors"][0]["path"] == "/rates/0/category"
    assert twice["errors"][0]["message"] == "Two rates name the same country, category and day."


def test_statements_of_days_that_cannot_be_are_refused(tmp_path):
    async def visit(office):
        path = f"{office.account}/statement"
        return (
            await office.refused("GET", f"{path}?from=2026-02-01&to=2026-01-01"),
            await office.refused("GET", f"{path}?from=2020-01-01"),
        )

    backwards, endless = in_office(tmp_path, visit)
    assert "is before the first" in backwards["errors"][0]["message"]
    assert "366 days at most" in endless["errors"][0]["message"]


def test_the_audit_finds_nothing_where_all_adds_up(tmp_path):
    async def visit(office):
        await office.pair.accepted(text())
        return await office.done("GET", "/v1/admin/wallet_audit")

    assert in_office(tmp_path, visit) == {"findings": []}
