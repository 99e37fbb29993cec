"""What a recipient wrote is kept once by each account of the number, joined to what it answers."""

import json

import pytest

from support.nouns import (
    ACCOUNT,
    MESSAGE_ID,
    NOW,
    PHONE_NUMBER_ID,
    PROFILE_ID,
    SENDER_ID,
    TOKEN,
    VAULT,
    WABA_ID,
    WAMID,
    account,
    later,
    sender,
    template,
    waba,
)
from support.stored import opened
from support.webhook_desk import (
    CONTACT,
    PHONE,
    SECONDS,
    WebhookDesk,
    body_of,
    change,
    message,
    written,
)
from waypost.model.inbound import MediaState
from waypost.model.submission import References
from waypost.model.work import LaneKey
from waypost.runtime.ids import first_message_id
from waypost.webhook.forwarder import NOBODYS
from waypost.webhook.receiver import DEPLOYMENT

CAROUSEL = {
    "messaging_product": "whatsapp",
    "type": "template",
    "template": {
        "name": "spring",
        "language": {"code": "en_US"},
        "components": [
            {
                "type": "carousel",
                "cards": [
                    {
                        "card_index": card,
                        "components": [
                            {"type": "header", "parameters": [{"type": "image"}]},
                            {
                                "type": "button",
                                "sub_type": "quick_reply",
                                "index": "0",
                                "parameters": [{"type": "payload", "payload": f"more-{card}"}],
                            },
                            {
                                "type": "button",
                                "sub_type": "quick_reply",
                                "index": "1",
                                "parameters": [{"type": "payload", "payload": "same"}],
                            },
                        ],
                    }
                    for card in range(2)
                ],
            }
        ],
    },
}


def mpm(*products):
    items = [{"product_retailer_id": product} for product in products]
    action = {"thumbnail_product_retailer_id": products[0], "sections": [{"product_items": items}]}
    button = {
        "type": "button",
        "sub_type": "mpm",
        "index": "0",
        "parameters": [{"type": "action", "action": action}],
    }
    return {
        "type": "template",
        "template": {"name": "mpm", "language": {"code": "en_US"}, "components": [button]},
    }


def tap(payload, text="More", wamid="wamid.TAP"):
    return message(
        "button",
        wamid,
        button={"payload": payload, "text": text},
        context={"from": SENDER_ID, "id": WAMID},
    )


def order(*products, wamid="wamid.ORDER", **changes):
    items = [
        {"product_retailer_id": one, "quantity": 2, "item_price": 7.99, "currency": "USD"}
        for one in products
    ]
    shown = {"catalog_id": "194836987003835", "text": "", "product_items": items}
    return message("order", wamid, order=shown, **changes)


@pytest.fixture
def desk(tmp_path):
    with opened(tmp_path) as stored:
        stored.furnish()
        yield WebhookDesk(stored)


def the_row(desk):
    (row,) = desk.inbound()
    return row


def test_a_text_is_kept_and_told_in_the_documented_envelope(desk):
    desk.work_off(written(message()))

    row = the_row(desk)
    assert (row.wamid, row.kind, row.recipient) == ("wamid.IN1", "text", f"+{PHONE}")
    assert (row.sender_id, row.waba_id, row.profile_name) == (SENDER_ID, WABA_ID, "Asha")
    (told,) = desk.told()
    assert told.message_id == row.inbound_id
    assert body_of(told) == {
        "meta_object": {
            "value": json.loads(written(message()))["entry"][0]["changes"][0]["value"],
            "field": "messages",
        },
        "extra_info": {
            "media_url": "",
            "ref": "",
            "ref1": "",
            "ref2": "",
            "reply_to": "",
            "trace_id": row.trace_id,
            "waba_id": WABA_ID,
        },
    }
    assert desk.woken == [LaneKey(ACCOUNT, PROFILE_ID)]


def test_a_message_that_meta_repeats_is_told_once(desk):
    desk.work_off(written(message()), written(message()), written(message(), message()))

    assert len(desk.inbound()) == len(desk.told()) == 1


def test_a_message_without_an_id_is_named_by_its_webhook_and_place(desk):
    (webhook_id,) = desk.work_off(written(message(id=None), message(id=None)))

    assert [row.wamid for row in desk.inbound()] == [
        f"untold.{webhook_id}/entry/0/changes/0/value/messages/{number}" for number in (0, 1)
    ]


def test_a_reply_names_our_message_and_its_references(desk):
    desk.keep_sent({"type": "text", "text": {"body": "hello"}})

    desk.work_off(written(message(context={"from": SENDER_ID, "id": WAMID})))

    row = the_row(desk)
    assert (row.reply_to, row.is_probable) == (MESSAGE_ID, False)
    assert row.references == References("order-1", "marketing", None)
    extra = body_of(desk.told()[0])["extra_info"]
    assert (extra["reply_to"], extra["ref"], extra["ref1"]) == (MESSAGE_ID, "order-1", "marketing")
    assert "reply_to_is_probable" not in extra


def test_a_reaction_answers_what_it_reacts_to(desk):
    desk.keep_sent({"type": "text", "text": {"body": "hello"}})

    desk.work_off(written(message("reaction", reaction={"message_id": WAMID, "emoji": "👍"})))

    assert the_row(desk).reply_to == MESSAGE_ID


def test_an_answer_to_a_message_of_another_application_names_none(desk):
    desk.work_off(written(message(context={"from": SENDER_ID, "id": "wamid.theirs"})))

    assert the_row(desk).reply_to is None


def test_a_tap_on_a_carousel_names_card_and_button(desk):
    desk.keep_sent(CAROUSEL)

    desk.work_off(written(tap("more-1")))

    row = the_row(desk)
    assert (row.reply_to, row.card_index, row.button_index) == (MESSAGE_ID, 1, 0)
    extra = body_of(desk.told()[0])["extra_info"]
    assert (extra["card_index"], extra["button_index"]) == (1, 0)


@pytest.mark.parametrize(
    ("texts", "place"),
    [(("Aloe", "Fern"), (1, 1)), (("Fern", "Fern"), (None, None)), (None, (None, None))],
)
def test_a_payload_of_two_buttons_is_told_apart_by_the_templates_texts(desk, texts, place):
    desk.keep_sent(CAROUSEL)
    if texts is not None:
        cards = [
            {
                "components": [
                    {
                        "type": "BUTTONS",
                        "buttons": [
                            {"type": "QUICK_REPLY", "text": "More"},
                            {"type": "QUICK_REPLY", "text": text},
                        ],
                    }
                ]
            }
            for text in texts
        ]
        known = template(name="spring", components=({"type": "CAROUSEL", "cards": cards},))
        desk.stored.do(lambda t: t.templates.save(ACCOUNT, WABA_ID, [known], NOW))

    desk.work_off(written(tap("same", "Fern")))

    row = the_row(desk)
    assert (row.card_index, row.button_index) == place
    assert row.reply_to == MESSAGE_ID


def test_an_order_is_joined_to_the_newest_message_that_offered_one_of_its_products(desk):
    ids = [first_message_id(later(-s)) + "0000000001" for s in (500, 400, 300)]
    desk.keep_sent(mpm("aloe", "fern"), message_id=ids[0], wamid="w0")
    desk.keep_sent(mpm("fern", "palm"), message_id=ids[1], wamid="w1")
    desk.keep_sent(mpm("rose"), message_id=ids[2], wamid="w2")

    desk.work_off(written(order("fern", "lily")))

    row = the_row(desk)
    assert (row.reply_to, row.is_probable) == (ids[1], True)
    extra = body_of(desk.told()[0])["extra_info"]
    assert (extra["reply_to"], extra["reply_to_is_probable"]) == (ids[1], True)
    value = json.loads(row.value)
    assert value["messages"][0]["order"]["product_items"][0]["item_price"] == 7.99


def test_an_order_is_joined_to_nothing_sent_after_it_or_long_before(desk):
    for seconds, wamid in ((-8 * 86400, "w0"), (3600, "w1")):
        id_ = first_message_id(later(seconds)) + "0000000001"
        desk.keep_sent(mpm("fern"), message_id=id_, wamid=wamid)

    desk.work_off(written(order("fern")))

    assert the_row(desk).reply_to is None


def test_an_order_that_names_its_message_is_joined_to_it_for_certain(desk):
    desk.keep_sent(mpm("rose"))

    desk.work_off(written(order("fern", context={"from": SENDER_ID, "id": WAMID})))

    row = the_row(desk)
    assert (row.reply_to, row.is_probable) == (MESSAGE_ID, False)


def test_a_medium_waits_to_be_fetched_before_it_is_told(desk):
    image = {"id": "1003383421387256", "mime_type": "image/jpeg", "sha256": "x"}

    desk.work_off(written(message("image", image=image)))

    row = the_row(desk)
    assert row.medium is not None
    assert (row.medium.media_id, row.medium.state) == ("1003383421387256", MediaState.PENDING)
    assert desk.told() == []
    assert desk.backlog() == {"media": 1}
    assert desk.media_woken == [LaneKey(ACCOUNT, SENDER_ID)]


def test_what_comes_to_a_number_of_nobody_is_kept_for_the_deployment(desk):
    metadata = {"phone_number_id": "999"}
    image = {"id": "1", "mime_type": "image/jpeg"}

    desk.work_off(written(message("image", image=image), metadata=metadata))

    assert desk.inbound() == []
    (row,) = desk.inbound(DEPLOYMENT)
    assert (row.sender_id, row.medium.state, row.medium.failure) == (
        "999",
        MediaState.FAILED,
        NOBODYS,
    )
    assert desk.backlog() == {}, "nobody is told, and nothing is fetched"


def test_two_accounts_on_one_number_are_both_told(desk):
    async def second(transaction):
        sid = "HXIN1234567891IN"
        id_ = await transaction.directory.insert_account(account(account_id=2, sid=sid), NOW)
        token = VAULT.seal(TOKEN)
        await transaction.directory.save_waba(
            waba(account_id=id_, waba_id=WABA_ID, access_token=token), NOW
        )
        await transaction.directory.save_sender(id_, sender(), NOW)
        return id_

    other = desk.stored.do(second)

    desk.work_off(written(message()))

    (ours,), (theirs,) = desk.inbound(), desk.inbound(other)
    assert (ours.account_id, theirs.account_id) == (ACCOUNT, other)
    assert (ours.wamid, theirs.wamid) == ("wamid.IN1", "wamid.IN1")


def test_a_thousand_messages_in_one_webhook_are_each_kept(desk):
    desk.work_off(written(*(message(wamid=f"wamid.{n}") for n in range(1000))))

    assert len({row.wamid for row in desk.inbound()}) == len(desk.told()) == 1000


def test_messages_statuses_and_errors_of_one_value_are_each_told_alone(desk):
    desk.keep_sent({"type": "text", "text": {"body": "hello"}})
    status = {"id": WAMID, "status": "sent", "timestamp": SECONDS, "recipient_id": PHONE}
    other = {"wa_id": "15550000001", "profile": {"name": "Other"}}
    error = {"code": 131051, "title": "Message type unknown"}

    desk.work_off(
        written(
            message(),
            {"type": "text"},
            contacts=[CONTACT, other],
            statuses=[status],
            errors=[error],
        )
    )

    values = [body_of(row)["meta_object"]["value"] for row in desk.told()]
    assert sorted(sorted(value.keys() - {"messaging_product", "metadata"}) for value in values) == [
        ["contacts", "errors"],
        ["contacts", "messages"],
        ["contacts", "statuses"],
    ]
    assert all(value["contacts"] == [CONTACT] for value in values if "errors" not in value)
    (event,) = desk.events()
    assert json.loads(event.value)["errors"] == [error]


def test_the_outcome_of_a_webhook_says_what_was_kept_and_what_was_not(desk):
    first = desk.work_off(written(message(), {"type": "text"}, 7))
    second = desk.work_off(written(message()), written(message(), metadata={}), change({}))

    assert [desk.outcome(id_) for id_ in (*first, *second)] == [
        {
            "recorded": 0,
            "parked": 0,
            "inbound": 3,
            "kept": 1,
            "again": 0,
            "unowned": 0,
            "others": {},
            "dropped": [
                "/entry/0/changes/0/value/messages/1: does not say whom it is from",
                "/entry/0/changes/0/value/messages/2: is no object",
            ],
        },
        nothing(inbound=1, again=1),
        nothing(inbound=1, kept=1, unowned=1),
        nothing(dropped=["/entry/0/changes/0/value has no messages, statuses or errors"]),
    ]


def nothing(**changes):
    empty = {
        "recorded": 0,
        "parked": 0,
        "inbound": 0,
        "kept": 0,
        "again": 0,
        "unowned": 0,
        "others": {},
        "dropped": [],
    }
    return empty | changes


def test_a_user_id_alone_is_a_recipient(desk):
    user = "IN.13491208655302741918"
    told = message(**{"from": "", "from_user_id": user})

    desk.work_off(written(told, contacts=[{"profile": {"name": "A"}, "user_id": user}]))

    row = the_row(desk)
    assert (row.recipient, row.user_id, row.profile_name) == (user, user, "A")
    assert PHONE_NUMBER_ID in row.value.decode()
