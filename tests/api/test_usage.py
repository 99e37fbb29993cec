"""What messages came to, as the customer and the operator are told it."""

import csv
import io

import pytest

from support.asgi import call
from support.operator import in_office
from support.pair import text, wrapped

TODAY = "2026-11-20"


async def read_one(office):
    """A message that is delivered and read."""
    message_id = await office.pair.accepted(wrapped(text(), ref="order-1", ref1="diwali"))
    await office.pair.until_told(message_id, "sent", "delivered", "read")


async def own_usage(office, query="", **headers):
    """What the customer is answered."""
    return await call(
        office.pair.gateway.app,
        "GET",
        f"/v2/{office.pair.sid}/reports/usage{query}",
        headers={"api-key": office.pair.key, **headers},
    )


def of_customer(folder, query="", **headers):
    async def visit(office):
        await read_one(office)
        return await own_usage(office, query, **headers)

    return in_office(folder, visit, top_up=1000)


def test_a_customer_is_told_counts_rates_and_spend_by_day(tmp_path):
    answer = of_customer(tmp_path)

    data = answer.json["data"]
    assert (answer.status, len(data["lines"])) == (200, 7)
    assert data["lines"][-1] == {
        "day": TODAY,
        "accepted": 1,
        "submitted": 1,
        "sent": 1,
        "delivered": 1,
        "read": 1,
        "failed": 0,
        "not_sent": 0,
        "delivery_rate": 1.0,
        "read_rate": 1.0,
        "spend": {"amount": "0.0100", "currency": "USD"},
    }
    assert data["lines"][0]["delivery_rate"] is None
    assert (data["total"]["read"], data["source"]) == (1, "figures")


def test_lines_are_told_apart_by_what_is_asked_for(tmp_path):
    answer = of_customer(tmp_path, "?by=sender,country,template")

    (line,) = answer.json["data"]["lines"]
    assert (line["sender"], line["country"], line["template"]) == ("+919800000001", "IN", None)


def test_by_ref_messages_are_counted_and_the_answer_says_so(tmp_path):
    answer = of_customer(tmp_path, "?by=ref&ref1=diwali")

    data = answer.json["data"]
    (line,) = data["lines"]
    assert (line["ref"], line["read"], line["spend"]["amount"]) == ("order-1", 1, "0.0100")
    assert (data["source"], data["history_from"]) == ("history", None)
    assert data["notes"][0].startswith("By ref the messages that history still holds are counted")


@pytest.mark.parametrize(
    ("query", "headers"), [("?format=csv&by=country", {}), ("?by=country", {"accept": "text/csv"})]
)
def test_a_report_is_given_as_csv(tmp_path, query, headers):
    answer = of_customer(tmp_path, query, **headers)

    (row,) = csv.DictReader(io.StringIO(answer.body.decode()))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert (row["country"], row["read"], row["read_rate"], row["spend"]) == (
        "IN",
        "1",
        "1.0",
        "0.0100",
    )


def test_every_word_that_makes_no_sense_is_named(tmp_path):
    async def visit(office):
        return await own_usage(
            office, "?from=yesterday&by=week&tz=Mars&country=India&sender=me&what=1&format=xml"
        )

    answer = in_office(tmp_path, visit)

    told = str(answer.json["error"])
    assert answer.status == 400
    assert all(word in told for word in ("what is no parameter", "format is 'xml'"))


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("from=yesterday", "it must be a day like 2027-01-31"),
        ("from=2026-11-20T10:30:00Z", "give a whole hour"),
        ("from=2026-11-20&to=2026-11-20", "to is not after from"),
        ("from=2020-01-01", "ask for a year at most"),
        ("from=2026-01-01&by=hour", "which by hour is too much"),
        ("from=1960-01-01", "no message was accepted then"),
        ("from=0001-01-01&tz=Asia/Kolkata", "it must be a day like 2027-01-31"),
        ("by=week", "it must be of day, hour, sender"),
        ("by=day,hour", "leave day out"),
        ("tz=Mars", "like Asia/Kolkata"),
        ("tz=../../etc/passwd", "like Asia/Kolkata"),
        ("country=India", "two letters"),
        ("sender=me", "the number of a sender"),
        ("ref=a&ref=b", "ref stands more than once"),
    ],
)
def test_a_question_that_makes_no_sense_says_how_to_mend_it(tmp_path, query, told):
    async def visit(office):
        problem = await office.refused("GET", f"{office.account}/reports/usage?{query}")
        return problem, await own_usage(office, f"?{query}")

    problem, answer = in_office(tmp_path, visit)

    (fault,) = problem["errors"]
    assert told in fault["message"]
    assert (answer.status, told in str(answer.json["error"])) == (400, True)


def test_the_operator_is_told_of_one_account_and_of_all(tmp_path):
    async def visit(office):
        await read_one(office)
        one = await office.done("GET", f"{office.account}/reports/usage?by=country")
        every = await office.done("GET", "/v1/admin/reports/usage?by=country")
        return one, every, office.pair.sid

    one, every, sid = in_office(tmp_path, visit, top_up=1000)

    assert [(line["country"], line["read"]) for line in one["lines"]] == [("IN", 1)]
    assert [(line["account"], line["country"]) for line in every["lines"]] == [(sid, "IN")]
    assert every["totals"][0]["spend"] == {"amount": "0.0100", "currency": "USD"}
