"""What the door says of sends, in each check mode, before anyone is answerable for them."""

import asyncio
from datetime import timedelta

import pytest

from support.nouns import ACCOUNT, SENDER_ID, WABA_ID
from support.pair import TO, running, sample, text, wrapped
from waypost.directory.changes import AccountChange
from waypost.model.account import CheckMode
from waypost.model.opt_out import OptOut, OptOutSource, Wrote
from waypost.report.timeline import tell

STRICT, WARN, OFF = CheckMode.STRICT, CheckMode.WARN, CheckMode.OFF
OTHER = "+919876543211"


def template(name="order_update", language="en_US", components=None, to=TO):
    content = {"name": name, "language": {"code": language}}
    if components is not None:
        content["components"] = components
    return wrapped(
        {"messaging_product": "whatsapp", "to": to, "type": "template", "template": content}
    )


def body(*texts):
    return {"type": "body", "parameters": [{"type": "text", "text": one} for one in texts]}


def details(answer):
    assert answer.status == 400, answer.body
    assert answer.json["code"] == "WA400"
    return answer.json["error"]["details"]


def at_the_door(folder, body, **options):
    async def run():
        async with running(folder, **options) as pair:
            await body(pair)

    asyncio.run(run())


@pytest.mark.parametrize("name", ["carousel", "mpm"])
def test_the_documented_samples_pass_the_strictest_check(tmp_path, name):
    async def body(pair):
        message_id = await pair.accepted(sample(name))
        await pair.until_told(message_id, "sent", "delivered", "read")

    at_the_door(tmp_path, body, check_mode=STRICT)


def test_a_template_that_is_not_there_is_refused_with_the_nearest_names(tmp_path):
    async def body_(pair):
        (finding,) = details(await pair.send(template("order_updat")))
        assert finding["code"] == "template_unknown"
        assert finding["path"] == "/messaging_object/template/name"
        assert finding["meta_code"] == 132001
        assert "order_update (en_US" in finding["mend"]

    at_the_door(tmp_path, body_, check_mode=STRICT)


def test_a_template_in_another_language_is_refused_with_its_languages(tmp_path):
    async def body_(pair):
        (finding,) = details(await pair.send(template(language="fr")))
        assert finding["path"] == "/messaging_object/template/language/code"
        assert "en_US" in finding["mend"]

    at_the_door(tmp_path, body_, check_mode=STRICT)


def test_a_wrong_count_is_refused_with_metas_own_code_and_nothing_is_charged(tmp_path):
    async def body_(pair):
        findings = details(await pair.send(template("order_update", components=[body("one")])))
        assert 132000 in {one["meta_code"] for one in findings}
        assert all(one["mend"] for one in findings)
        assert (await pair.wallet()).held_minor == 0
        assert pair.arrived() == []

    at_the_door(tmp_path, body_, check_mode=STRICT)


def test_faults_of_the_body_and_findings_of_the_check_are_told_in_one_answer(tmp_path):
    async def body_(pair):
        wrong = template("order_update", components=[body("one")], to="12")
        found = {one["path"]: one["code"] for one in details(await pair.send(wrong))}
        assert found == {
            "/messaging_object/to": "invalid_phone_number",
            "/messaging_object/template/components/0/parameters": "variable_count",
        }

    at_the_door(tmp_path, body_, check_mode=STRICT)


def test_a_fault_of_the_body_has_metas_code_and_a_remedy_too(tmp_path):
    async def body_(pair):
        given = sample("mpm").replace(b"Premium Packages", b"A title of more than 24 characters")
        (fault,) = details(await pair.send(given))
        assert fault["code"] == "too_long"
        assert fault["meta_code"] == 131009
        assert fault["mend"]

    at_the_door(tmp_path, body_, check_mode=STRICT)


def test_in_warn_mode_findings_are_noted_in_the_timeline(tmp_path):
    async def body_(pair):
        message_id = await pair.accepted(template("order_updat"))
        await pair.until_state(message_id, "failed")
        story = await pair.ask(lambda t: tell(t, message_id))
        (noted,) = [line.text for line in story.lines if line.text.startswith("noted")]
        assert "template_unknown, Meta's 132001" in noted
        assert "order_update (en_US" in noted

    at_the_door(tmp_path, body_, check_mode=WARN)


def test_switched_off_nothing_is_looked_at(tmp_path):
    async def body_(pair):
        message_id = await pair.accepted(template("order_updat"))
        await pair.until_state(message_id, "failed")
        story = await pair.ask(lambda t: tell(t, message_id))
        assert not [line for line in story.lines if line.text.startswith("noted")]

    at_the_door(tmp_path, body_, check_mode=OFF)


def test_a_free_form_message_needs_an_open_window(tmp_path):
    async def body_(pair):
        (finding,) = details(await pair.send(text(to=TO)))
        assert (finding["code"], finding["path"]) == ("window_closed", "/to")
        assert finding["meta_code"] == 131047

        await wrote(pair, TO, timedelta(hours=23))
        message_id = await pair.accepted(text(to=TO))
        await pair.until_told(message_id, "sent", "delivered", "read")

        await wrote(pair, OTHER, timedelta(hours=24))
        (finding,) = details(await pair.send(text(to=f"{TO},{OTHER}")))
        assert OTHER in finding["message"]

    at_the_door(tmp_path, body_, check_mode=STRICT)


def test_in_warn_mode_a_closed_window_is_noted(tmp_path):
    async def body_(pair):
        message_id = await pair.accepted(text(to=TO))
        story = await pair.ask(lambda t: tell(t, message_id))
        assert any("window_closed" in line.text for line in story.lines)
        counted = pair.gateway.senses.metrics.render().decode()
        assert 'waypost_findings_total{code="window_closed"} 1.0' in counted

    at_the_door(tmp_path, body_, check_mode=WARN)


@pytest.mark.parametrize("mode", [STRICT, WARN, OFF])
def test_an_opt_out_is_honoured_for_marketing_in_every_mode(tmp_path, mode):
    async def body_(pair):
        await opted_out(pair, TO)
        (finding,) = details(await pair.send(sample("mpm")))
        assert (finding["code"], finding["meta_code"]) == ("opted_out", 131050)
        assert finding["path"] == "/messaging_object/to"
        await pair.accepted(template("order_update", components=[body("Pablo", "860198")]))

    at_the_door(tmp_path, body_, check_mode=mode)


def test_a_dry_run_tells_the_price_and_changes_nothing(tmp_path):
    async def body_(pair):
        before = await pair.wallet()
        answer = await pair.send(sample("mpm"), number=f"{SENDER_ID}", query="dry_run=true")
        assert answer.status == 200
        assert answer.json == {
            "code": "WA200",
            "message": "Request Processed Successfully",
            "data": {
                "dry_run": True,
                "recipients": [TO],
                "withheld": 0,
                "price": {"amount": "0.0100", "currency": "USD"},
                "total": {"amount": "0.0100", "currency": "USD"},
                "spendable": {"amount": "100.0000", "currency": "USD"},
                "findings": [],
            },
            "error": {},
        }
        assert await pair.wallet() == before
        await pair.pass_time(1)
        assert pair.arrived() == []

    at_the_door(tmp_path, body_, check_mode=STRICT)


def test_a_dry_run_tells_how_many_messages_the_day_has_no_room_for(tmp_path):
    async def body(pair):
        await pair.gateway.registrar.change_account(pair.sid, AccountChange(daily_limit=2))
        pair.clock.advance(1)
        three = text(to=f"{TO},+919800000001,+919800000002")
        told = []
        for _ in range(2):
            told.append((await pair.send(three, query="dry_run=true")).json["data"])
            await pair.accepted(text())
        assert [one["withheld"] for one in told] == [1, 2]
        assert [one["total"]["amount"] for one in told] == ["0.0200", "0.0100"], "they cost nothing"
        assert len(told[0]["recipients"]) == 3

    at_the_door(tmp_path, body)


def test_a_dry_run_is_refused_as_the_send_would_be(tmp_path):
    async def body_(pair):
        wet = await pair.send(template("order_updat"))
        dry = await pair.send(template("order_updat"), query="dry_run=true")
        assert (dry.status, dry.body) == (wet.status, wet.body)
        closed = await pair.send(text(to=TO), query="dry_run=true")
        assert details(closed)[0]["code"] == "window_closed"

    at_the_door(tmp_path, body_, check_mode=STRICT)


def test_a_dry_run_of_a_message_that_costs_too_much_is_refused(tmp_path):
    async def body_(pair):
        answer = await pair.send(sample("mpm"), query="dry_run=1")
        assert (answer.status, answer.json["code"]) == (400, "E110")

    at_the_door(tmp_path, body_, check_mode=STRICT, top_up=0)


def test_a_dry_run_in_warn_mode_lists_what_would_be_noted(tmp_path):
    async def body_(pair):
        answer = await pair.send(text(to=TO), query="dry_run=true")
        assert [one["code"] for one in answer.json["data"]["findings"]] == ["window_closed"]

    at_the_door(tmp_path, body_, check_mode=WARN)


def test_what_was_accepted_under_a_key_stays_accepted(tmp_path):
    """The template may be paused meanwhile: the same request gets the same answer."""

    async def body_(pair):
        asked = template("order_update", components=[body("Pablo", "860198")])
        key = {"Idempotency-Key": "once"}
        first = await pair.accepted(asked, headers=key)
        await forget_templates(pair)
        assert (await pair.send(asked)).status == 400
        assert await pair.accepted(asked, headers=key) == first

    at_the_door(tmp_path, body_, check_mode=STRICT)


def test_a_read_receipt_reaches_meta_as_it_is_and_costs_nothing(tmp_path):
    async def body_(pair):
        await wrote(pair, TO, timedelta())
        wamid = await inbound(pair)
        message_id = await pair.accepted(
            wrapped(
                {
                    "messaging_product": "whatsapp",
                    "status": "read",
                    "message_id": wamid,
                    "typing_indicator": {"type": "text"},
                }
            )
        )
        report = await pair.until_state(message_id, "submitted")
        assert (report.price.amount_minor, report.recipient, report.wamid) == (0, "", None)

    at_the_door(tmp_path, body_, check_mode=STRICT)


def test_a_template_that_meta_approved_a_moment_ago_is_found_by_looking_again(tmp_path):
    async def body_(pair):
        of_waba = pair.emulator.state.wabas[WABA_ID].templates
        taken = {key: of_waba[key] for key in of_waba if key[0] == "order_update"}
        await forget_templates(pair)
        of_waba.update(taken)
        await pair.accepted(template("order_update", components=[body("Pablo", "860198")]))

    at_the_door(tmp_path, body_, check_mode=STRICT)


@pytest.mark.parametrize(
    ("name", "held", "missing", "code"),
    [
        ("carousel", b"15580815XXXX3159", b"15580815XXXX0000", "media_unknown"),
        ("mpm", b"2lc2XXXpt", b"nowhere", "product_unknown"),
    ],
)
def test_what_the_send_names_and_nobody_has_is_refused(tmp_path, name, held, missing, code):
    async def body_(pair):
        given = sample(name)
        assert held in given
        (finding,) = details(await pair.send(given.replace(held, missing)))
        assert finding["code"] == code
        assert missing.decode() in finding["message"]

    at_the_door(tmp_path, body_, check_mode=STRICT)


async def wrote(pair, address, ago):
    at = pair.clock.now() - ago
    await keep(pair, lambda t: t.recipients.note_writing([Wrote(ACCOUNT, SENDER_ID, address, at)]))


async def opted_out(pair, address):
    row = OptOut(ACCOUNT, address, OptOutSource.OPERATOR, "", pair.clock.now())
    await keep(pair, lambda t: t.recipients.save_opt_outs([row]))


async def forget_templates(pair):
    """As if Meta had withdrawn it, and a reading had told so."""
    pair.emulator.state.wabas[WABA_ID].templates.clear()
    await keep(pair, lambda t: t.templates.drop(ACCOUNT, WABA_ID, [("order_update", "en_US")]))
    await keep(pair, lambda t: t.directory.touch(ACCOUNT))
    pair.clock.advance(1)


async def inbound(pair):
    """The wamid of a message that the recipient wrote."""
    return "wamid.HBgMOTE5ODc2NTQzMjEwFQIAEhgUM0EwMTIzNDU2Nzg5QUJDREVGMDAA"


async def keep(pair, change):
    async def step(transaction, items):
        await change(transaction)
        return items

    await pair.store.write(step, None)
