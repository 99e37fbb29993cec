"""The operator opens accounts, changes them, suspends them and tops them up."""

from support.operator import in_office
from support.pair import text, wrapped

ACCOUNTS = "/v1/admin/accounts"


def usd(amount):
    return {"amount": amount, "currency": "USD"}


def test_an_account_is_opened_with_what_was_said_of_it(tmp_path):
    body = {
        "name": " Shop ",
        "kind": "postpaid",
        "price": {"amount": "0.0785"},
        "credit_limit": {"amount": "50", "currency": "USD"},
        "requests_per_s": 20,
        "check_mode": "warn",
        "opt_out_keywords": ["HALT"],
    }

    async def visit(office):
        opened = await office.done("POST", ACCOUNTS, body)
        shown = await office.done("GET", f"{ACCOUNTS}/{opened['sid']}")
        assert shown == opened
        return opened, await office.acts()

    opened, acts = in_office(tmp_path, visit)
    assert opened == {
        "sid": opened["sid"],
        "name": "Shop",
        "kind": "postpaid",
        "state": "active",
        "price": usd("0.0785"),
        "requests_per_s": 20,
        "check_mode": "warn",
        "opt_out_keywords": ["halt"],
        "opt_in_keywords": ["start", "unstop", "subscribe", "opt in", "optin"],
        "unknown_policy": "resend",
        "template_policy": "hold",
        "capped_policy": "end",
        "validity_s": None,
        "daily_limit": None,
        "wallet": {
            "balance": usd("0.0000"),
            "held": usd("0.0000"),
            "credit_limit": usd("50.0000"),
            "spendable": usd("50.0000"),
        },
    }
    assert acts[-1] == ("account.opened", "operator", "203.0.113.77")


def test_accounts_are_listed_a_page_at_a_time(tmp_path):
    async def visit(office):
        for name in ("A", "B"):
            await office.done("POST", ACCOUNTS, {"name": name})
        found, after = [], ""
        while True:
            page = await office.done("GET", f"{ACCOUNTS}?limit=2&after={after}")
            found += page["items"]
            after = page["next"]
            if after is None:
                return found

    found = in_office(tmp_path, visit)
    assert sorted(one["name"] for one in found) == ["A", "B", "Shop"]
    assert [one["sid"] for one in found] == sorted(one["sid"] for one in found)


def test_what_is_left_out_of_a_change_stays(tmp_path):
    async def visit(office):
        await office.done("PATCH", office.account, {"price": usd("2"), "requests_per_s": 5})
        changed = await office.done("PATCH", office.account, {"name": "New", "price": None})
        return changed, await office.done("GET", "/v1/admin/audit?limit=1")

    changed, audit = in_office(tmp_path, visit)
    assert (changed["name"], changed["price"], changed["requests_per_s"]) == ("New", None, 5)
    assert audit["items"][0]["act"] == "account.changed"
    assert audit["items"][0]["detail"]["name"] == {"before": "Shop", "after": "New"}


def test_a_suspended_account_is_refused_at_once_and_goes_on_once_resumed(tmp_path):
    async def visit(office):
        states = [(await office.done("POST", f"{office.account}/suspend"))["state"]]
        refused = await office.pair.send(wrapped(text()))
        states.append((await office.done("POST", f"{office.account}/resume"))["state"])
        accepted = await office.pair.send(wrapped(text()))
        return states, refused.json["code"], accepted.status, await office.acts()

    states, code, status, acts = in_office(tmp_path, visit)
    assert (states, code, status) == (["suspended", "active"], "WA-401", 202)
    assert [act for act, *_ in acts[-2:]] == ["account.suspended", "account.resumed"]


def test_a_top_up_is_in_the_wallet_and_in_the_log(tmp_path):
    async def visit(office):
        path = f"{office.account}/top_ups"
        wallet = await office.done("POST", path, {"amount": "12.5", "reason": "invoice 17"})
        return wallet, await office.done("GET", "/v1/admin/audit?limit=1")

    wallet, audit = in_office(tmp_path, visit)
    assert wallet["balance"] == usd("112.5000")
    entry = audit["items"][0]
    assert (entry["act"], entry["actor"], entry["address"]) == (
        "wallet.topped_up",
        "operator",
        "203.0.113.77",
    )
    assert (entry["detail"]["amount_minor"], entry["detail"]["reason"]) == (125000, "invoice 17")


def test_money_of_another_currency_is_refused_and_so_is_nothing(tmp_path):
    async def visit(office):
        path = f"{office.account}/top_ups"
        foreign = await office.refused("POST", path, {"amount": "1", "currency": "EUR"})
        nothing = await office.refused("POST", path, {"amount": "0"})
        price = await office.refused(
            "PATCH", office.account, {"price": {**usd("1"), "currency": "INR"}}
        )
        return [one["errors"][0]["path"] for one in (foreign, nothing, price)]

    assert in_office(tmp_path, visit) == ["/currency", "/amount", "/price/currency"]


def test_values_that_only_the_directory_can_judge_are_faults_of_the_body(tmp_path):
    async def visit(office):
        body = {"opt_out_keywords": ["stop"], "opt_in_keywords": ["STOP "]}
        return await office.refused("PATCH", office.account, body)

    problem = in_office(tmp_path, visit)
    assert (problem["status"], problem["code"]) == (400, "invalid_body")
    assert "'stop'" in problem["errors"][0]["message"]


def test_an_account_that_is_none_is_not_found_whatever_is_asked_of_it(tmp_path):
    async def visit(office):
        path = f"{ACCOUNTS}/HXIN0000000000IN"
        asked = [
            await office.refused("GET", path),
            await office.refused("PATCH", path, {}),
            await office.refused("POST", f"{path}/suspend"),
            await office.refused("POST", f"{path}/keys", {}),
            await office.refused("GET", f"{path}/wabas/1/templates"),
        ]
        return {(one["status"], one["code"]) for one in asked}

    assert in_office(tmp_path, visit) == {(404, "not_found")}
