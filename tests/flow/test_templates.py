"""Templates as they live at Meta: read, told of, drifted, made, reviewed, changed and deleted."""

import asyncio
import json

import pytest

from support.asgi import call
from support.nouns import ACCOUNT, NOW, WABA_ID
from support.pair import TO, running, wrapped
from support.stored import CHOSEN, SQLITE
from waypost.directory.templates import Created, TemplateQuery
from waypost.model.account import CheckMode
from waypost.model.audit import Actor
from waypost.model.errors import MetaRefusedError, NotFoundError
from waypost.model.template import TemplateChangeKind

ORDER_UPDATE = ("order_update", "en_US")
ORDER_UPDATE_ID = "546151681022906"
AYESHA = Actor("key:A1b2c3", "203.0.113.7")
BODY = {
    "type": "body",
    "text": "Hello {{1}}, your order is on its way.",
    "example": {"body_text": [["Jo"]]},
}
WELCOME = {"name": "welcome", "language": "en_US", "category": "marketing", "components": [BODY]}


def try_it(folder, body, **options):
    """Does `body` with a running pair."""

    async def run():
        async with running(folder, **options) as pair:
            await body(pair)

    asyncio.run(run())


async def order(pair, path, **order):
    """An order to the emulator: Meta's side drifts."""
    answer = await call(
        pair.emulator.app, "POST", f"/_emulator/{path}", body=json.dumps(order).encode()
    )
    assert answer.status == 200, answer.body


async def account_of(pair):
    return await pair.gateway.accounts.find_anew(pair.sid)


async def known(pair, name="order_update", language="en_US"):
    return (await account_of(pair)).templates.get((WABA_ID, name, language))


async def changes(pair, limit=100):
    """What became of templates since the first reading, the newest last."""
    account = await account_of(pair)
    listed = await pair.gateway.tools.templates.changes(account, WABA_ID, limit, None)
    return [
        (one.name, one.what.value, one.before, one.after, one.source.value)
        for one in reversed(listed)
        if one.what is not TemplateChangeKind.APPEARED or one.changed_at > NOW
    ]


async def until_known(pair, predicate, name="order_update"):
    for _ in range(2000):
        if predicate(await known(pair, name)):
            return
        await pair.pass_time(0.05)
    raise AssertionError(f"{name} is {await known(pair, name)}")


def test_what_meta_has_is_known_with_all_its_parts(tmp_path):
    async def body(pair):
        template = await known(pair)
        assert (template.status, template.category) == ("APPROVED", "UTILITY")
        assert (template.template_id, template.parameter_format) == (ORDER_UPDATE_ID, "POSITIONAL")
        assert template.components[0]["type"] in ("HEADER", "BODY")
        (waba,) = (await account_of(pair)).wabas.values()
        assert (waba.synced_at, waba.sync_failure) == (NOW, None)

    try_it(tmp_path, body)


def test_a_waba_that_is_saved_is_read_within_a_second(tmp_path):
    async def body(pair):
        await order(pair, "templates", id=ORDER_UPDATE_ID, status="PAUSED", announce=False)
        await pair.pass_time(11)  # beyond the rest after the first reading
        await pair.gateway.registrar.save_waba(pair.sid, WABA_ID, "meta-token", name="Renamed")
        # Across the network the turned clock runs ahead of the answers.
        await pair.pass_time(1.2 if CHOSEN is SQLITE else 5)
        assert (await known(pair)).status == "PAUSED"

    try_it(tmp_path, body)


def test_drift_that_no_webhook_tells_is_seen_by_the_timer(tmp_path):
    async def body(pair):
        edited = [{"type": "BODY", "text": "Changed, {{1}}!", "example": {"body_text": [["x"]]}}]
        changed = {"status": "PAUSED", "category": "MARKETING", "quality": "RED"}
        await order(
            pair, "templates", id=ORDER_UPDATE_ID, announce=False, components=edited, **changed
        )
        version = (await account_of(pair)).version

        await pair.pass_time(170)
        assert (await known(pair)).status == "APPROVED"
        await pair.pass_time(15)

        found = await known(pair)
        assert (found.status, found.category, found.quality) == ("PAUSED", "MARKETING", "RED")
        assert found.components[0]["text"] == "Changed, {{1}}!"
        assert (await account_of(pair)).version == version + 1
        assert await changes(pair) == [
            ("order_update", "status", "APPROVED", "PAUSED", "sync"),
            ("order_update", "category", "UTILITY", "MARKETING", "sync"),
            ("order_update", "quality", "GREEN", "RED", "sync"),
            ("order_update", "components", None, None, "sync"),
        ]

    try_it(tmp_path, body, template_sync_minutes=3)


def test_a_reading_that_finds_nothing_new_leaves_the_account_alone(tmp_path):
    async def body(pair):
        version = (await account_of(pair)).version
        await pair.pass_time(65)
        account = await account_of(pair)
        assert account.version == version
        waba = (await pair.ask(lambda t: t.directory.all_wabas()))[0]
        assert waba.synced_at > NOW
        assert await changes(pair) == []

    try_it(tmp_path, body, template_sync_minutes=1)


def test_what_meta_tells_is_known_with_the_webhook(tmp_path):
    async def body(pair):
        info = {"other_info": {"title": "FIRST_PAUSE", "description": "Blocked often."}}
        await order(pair, "templates", id=ORDER_UPDATE_ID, status="PAUSED", more=info)
        await until_known(pair, lambda template: template.status == "PAUSED")
        await order(pair, "templates", id=ORDER_UPDATE_ID, quality="YELLOW")
        await until_known(pair, lambda template: template.quality == "YELLOW")
        await order(pair, "templates", id=ORDER_UPDATE_ID, category="MARKETING")
        await until_known(pair, lambda template: template.is_marketing)

        told = await pair.gateway.tools.templates.changes(await account_of(pair), WABA_ID, 3, None)
        assert [(one.what.value, one.after, one.source.value) for one in reversed(told)] == [
            ("status", "PAUSED", "webhook"),
            ("quality", "YELLOW", "webhook"),
            ("category", "MARKETING", "webhook"),
        ]
        assert told[-1].reason == "FIRST_PAUSE; Blocked often."

    try_it(tmp_path, body)


def test_a_category_that_will_change_is_announced_and_not_yet_changed(tmp_path):
    async def body(pair):
        await order(pair, "templates", id=ORDER_UPDATE_ID, correct_category="MARKETING")
        await pair.pass_time(1)
        assert (await known(pair)).category == "UTILITY"
        assert await changes(pair) == [
            ("order_update", "category_announced", "UTILITY", "MARKETING", "webhook")
        ]

    try_it(tmp_path, body)


def test_edited_components_are_read_after_the_webhook(tmp_path):
    async def body(pair):
        edited = [{"type": "BODY", "text": "Edited at Meta."}]
        await order(pair, "templates", id=ORDER_UPDATE_ID, components=edited)
        await until_known(
            pair, lambda template: template.components[0].get("text") == "Edited at Meta."
        )
        assert await changes(pair) == [("order_update", "components", None, None, "sync")]

    try_it(tmp_path, body)


def test_a_miss_at_the_door_asks_meta_for_this_name_alone(tmp_path):
    async def body(pair):
        lookup = pair.gateway.tools.template_lookup
        new = {"id": "77", "name": "brand_new", "language": "hi", "category": "UTILITY"}
        await order(pair, "templates/new", template={**new, "components": [BODY]})
        longer = {**new, "id": "78", "name": "brand_new_too"}
        await order(pair, "templates/new", template={**longer, "components": [BODY]})
        account = await account_of(pair)

        missed = [lookup.look_again(account, WABA_ID, "brand_new") for _ in range(3)]
        before = len(pair.network.calls)
        assert await asyncio.gather(*missed) == [True, True, True]

        assert len(pair.network.calls) - before == 1
        assert (await known(pair, "brand_new", "hi")).template_id == "77"
        assert await known(pair, "brand_new_too", "hi") is None
        assert await changes(pair) == [("brand_new", "appeared", None, "APPROVED", "sync")]
        assert await lookup.look_again(account, "404", "brand_new") is False

    try_it(tmp_path, body)


def test_a_template_that_a_send_waits_for_vanishes_when_meta_lets_it_go(tmp_path):
    async def body(pair):
        del pair.emulator.state.wabas[WABA_ID].templates[ORDER_UPDATE]
        lookup = pair.gateway.tools.template_lookup
        pair.clock.advance(1)
        assert await lookup.look_again(await account_of(pair), WABA_ID, "order_update") is True
        assert await known(pair) is None
        assert await changes(pair) == [("order_update", "vanished", "APPROVED", None, "sync")]

    try_it(tmp_path, body)


def test_a_miss_while_meta_is_away_says_that_nothing_was_read(tmp_path):
    async def body(pair):
        lookup, account = pair.gateway.tools.template_lookup, await account_of(pair)
        away = pair.network.hosts.pop("meta")
        assert await lookup.look_again(account, WABA_ID, "order_update") is False
        assert await known(pair) is not None

        pair.network.hosts["meta"] = away
        await pair.pass_time(11)
        assert await lookup.look_again(account, WABA_ID, "order_update") is True

    try_it(tmp_path, body)


def test_a_template_is_made_reviewed_and_approved(tmp_path):
    async def body(pair):
        manager = pair.gateway.tools.templates
        made = await manager.create(await account_of(pair), WABA_ID, WELCOME, AYESHA)
        assert isinstance(made, Created)
        assert (made.status, made.category) == ("PENDING", "MARKETING")
        kept = await known(pair, "welcome")
        assert (kept.status, kept.template_id) == ("PENDING", made.id)

        await until_known(pair, lambda template: template.status == "APPROVED", "welcome")
        await pair.pass_time(15)  # the list is read too, and has nothing to add

        assert await changes(pair) == [
            ("welcome", "appeared", None, "PENDING", "api"),
            ("welcome", "status", "PENDING", "APPROVED", "webhook"),
        ]
        (entry,) = await pair.ask(lambda t: t.audit.entries(ACCOUNT, 1, None))
        assert (entry.act, entry.target, entry.actor) == ("template.created", "welcome", AYESHA)
        assert entry.detail["template_id"] == made.id

    try_it(tmp_path, body)


def test_a_template_that_meta_rejects_says_why(tmp_path):
    async def body(pair):
        await order(pair, "review", outcome="REJECTED", reason="SCAM")
        await pair.gateway.tools.templates.create(await account_of(pair), WABA_ID, WELCOME, AYESHA)
        await until_known(pair, lambda template: template.status == "REJECTED", "welcome")
        await until_known(pair, lambda template: template.rejected_reason == "SCAM", "welcome")
        told = await pair.gateway.tools.templates.changes(await account_of(pair), WABA_ID, 9, None)
        assert "SCAM" in [one.reason for one in told if one.after == "REJECTED"]

    try_it(tmp_path, body)


def test_a_definition_with_a_fault_is_not_given_to_meta(tmp_path):
    async def body(pair):
        before = len(pair.network.calls)
        broken = {**WELCOME, "name": "Not A Name"}
        faults = await pair.gateway.tools.templates.create(
            await account_of(pair), WABA_ID, broken, AYESHA
        )
        assert [fault.path for fault in faults] == ["/name"]
        assert len(pair.network.calls) == before
        assert await known(pair, "Not A Name") is None

    try_it(tmp_path, body)


def test_what_meta_refuses_is_told_in_its_words_and_not_kept(tmp_path):
    async def body(pair):
        taken = {**WELCOME, "name": "order_update"}
        with pytest.raises(MetaRefusedError) as refused:
            await pair.gateway.tools.templates.create(
                await account_of(pair), WABA_ID, taken, AYESHA
            )
        assert refused.value.subcode == 2388024
        assert (await known(pair)).category == "UTILITY"
        assert await changes(pair) == []

    try_it(tmp_path, body)


def test_a_template_is_edited_and_read_anew(tmp_path):
    async def body(pair):
        manager = pair.gateway.tools.templates
        change = {"name": "order_update", "language": "en_US", "components": [BODY]}
        answer = await manager.edit(await account_of(pair), WABA_ID, change, AYESHA)
        assert answer == {"success": True}

        await until_known(pair, lambda template: template.components[0].get("text") == BODY["text"])
        by_id = {"template_id": ORDER_UPDATE_ID}
        faults = await manager.edit(await account_of(pair), WABA_ID, by_id, AYESHA)
        assert "edit_empty" in [fault.code for fault in faults]
        with pytest.raises(NotFoundError, match="no template with the id 404"):
            await manager.edit(await account_of(pair), WABA_ID, {"id": "404"}, AYESHA)

    try_it(tmp_path, body)


def test_a_deleted_template_is_gone_at_once_and_stays_gone(tmp_path):
    async def body(pair):
        manager = pair.gateway.tools.templates
        await manager.delete(await account_of(pair), WABA_ID, "order_update", None, AYESHA)
        assert await known(pair) is None
        await pair.pass_time(30)
        assert await known(pair) is None
        assert await changes(pair) == [("order_update", "vanished", "APPROVED", None, "api")]
        (entry,) = await pair.ask(lambda t: t.audit.entries(ACCOUNT, 1, None))
        assert (entry.act, entry.detail["languages"]) == ("template.deleted", ["en_US"])

    try_it(tmp_path, body)


def test_a_paused_template_is_let_go_on(tmp_path):
    async def body(pair):
        await order(pair, "templates", id=ORDER_UPDATE_ID, status="PAUSED")
        await until_known(pair, lambda template: template.status == "PAUSED")
        account = await account_of(pair)
        await pair.gateway.tools.templates.unpause(account, WABA_ID, ORDER_UPDATE_ID, AYESHA)
        await until_known(pair, lambda template: template.status == "APPROVED")

    try_it(tmp_path, body)


def test_templates_are_listed_by_what_is_asked(tmp_path):
    async def body(pair):
        account, manager = await account_of(pair), pair.gateway.tools.templates
        everything = manager.list(account, WABA_ID, TemplateQuery())
        assert [one.key for one in everything] == sorted(one.key for one in everything)
        assert len(everything) == len(account.templates)
        assert manager.list(account, WABA_ID, TemplateQuery(limit=2, offset=1)) == everything[1:3]
        utility = manager.list(account, WABA_ID, TemplateQuery(category="utility"))
        assert {one.category for one in utility} == {"UTILITY"}
        named = manager.list(account, WABA_ID, TemplateQuery(name="order_update", language="en_US"))
        assert [one.key for one in named] == [ORDER_UPDATE]
        (paused,) = manager.list(account, WABA_ID, TemplateQuery(status="paused"))
        assert paused.name == "paused_offer"
        with pytest.raises(NotFoundError, match=f"has no WABA 404; it has {WABA_ID}"):
            manager.list(account, "404", TemplateQuery())

    try_it(tmp_path, body)


def a_send(name, *texts, language="en_US"):
    parameters = [{"type": "text", "text": text} for text in texts]
    template = {
        "name": name,
        "language": {"code": language},
        "components": [{"type": "body", "parameters": parameters}],
    }
    return wrapped(
        {"messaging_product": "whatsapp", "to": TO, "type": "template", "template": template}
    )


def test_a_template_that_appeared_at_meta_can_be_sent_at_once(tmp_path):
    async def body(pair):
        assert (await pair.send(a_send("brand_new", "Jo"))).status == 400
        new = {"id": "77", "name": "brand_new", "language": "en_US", "category": "UTILITY"}
        await order(pair, "templates/new", template={**new, "components": [BODY]})
        await pair.pass_time(11)

        message_id = await pair.accepted(a_send("brand_new", "Jo"))
        await pair.until_told(message_id, "sent", "delivered", "read")

    try_it(tmp_path, body, check_mode=CheckMode.STRICT)


def test_a_template_that_meta_paused_is_refused_at_the_door_and_let_in_again(tmp_path):
    async def body(pair):
        made = await pair.gateway.tools.templates.create(
            await account_of(pair), WABA_ID, WELCOME, AYESHA
        )
        refused = await pair.send(a_send("welcome", "Jo"))
        (finding,) = refused.json["error"]["details"]
        assert finding["code"] == "template_not_approved"
        await until_known(pair, lambda template: template.status == "APPROVED", "welcome")
        await pair.accepted(a_send("welcome", "Jo"))

        await order(pair, "templates", id=made.id, status="PAUSED")
        await until_known(pair, lambda template: template.status == "PAUSED", "welcome")
        assert (await pair.send(a_send("welcome", "Jo"))).status == 400

    try_it(tmp_path, body, check_mode=CheckMode.STRICT)
