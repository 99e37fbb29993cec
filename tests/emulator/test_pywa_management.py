"""A public client manages what an account has: templates, samples, blocked users, read receipts.

pywa speaks to the emulator over a real socket; what it cannot understand it raises.
"""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pywa
from pywa import types
from pywa.errors import BulkBlockingFailed, WhatsAppError
from pywa.types.templates import (
    AuthenticationBody,
    AuthenticationFooter,
    BodyText,
    Buttons,
    CopyCodeOTPButton,
    HeaderFormatType,
    HeaderImage,
    QuickReplyButton,
    Template,
    TemplateCategory,
    TemplateLanguage,
    TemplateStatus,
    URLButton,
)

from support.emulator_process import Running, SocketReceiver, emulator_process

PICTURE = b"\x89PNG\r\n\x1a\n picture"
TO = "919876543210"
APP = "634974688087057"


class Management:
    """pywa, the emulator it manages, and what it read of webhooks."""

    def __init__(self, client: pywa.WhatsApp, emulator: Running, receiver: SocketReceiver) -> None:
        self.pywa = client
        self.emulator = emulator
        self.receiver = receiver
        self.understood: list[Any] = []
        client.on_template_status_update(self._understand)
        client.on_template_quality_update(self._understand)
        client.on_template_category_update(self._understand)
        client.on_template_components_update(self._understand)
        client.on_user_marketing_preferences(self._understand)

    def read(self, number: int) -> list[Any]:
        """What pywa makes of the next `number` webhooks."""
        first = len(self.understood)
        for heard in self.receiver.take(number):
            signature = heard.headers["x-hub-signature-256"]
            assert self.pywa.webhook_update_validator(heard.body, signature) is None
            assert self.pywa.webhook_update_handler(heard.body) == ("ok", 200)
        assert len(self.understood) == first + number
        return self.understood[first:]

    def _understand(self, _: pywa.WhatsApp, update: Any) -> None:
        self.understood.append(update)


@pytest.fixture
def management(tmp_path: Path) -> Iterator[Management]:
    options = ("--status-delays", "none", "--webhook-batch", "1", "--review-delay", "20")
    with (
        SocketReceiver() as receiver,
        emulator_process(
            tmp_path, *options, "--strict-handles", "--webhook-url", receiver.url
        ) as emulator,
        httpx.Client() as session,
    ):
        facts = emulator.facts
        client = pywa.WhatsApp(
            phone_id=facts["phone_number_id"],
            token=facts["access_token"],
            session=session,
            server=None,
            verify_token=facts["verify_token"],
            app_secret=facts["app_secret"],
            waba_id=facts["waba_id"],
            app_id=APP,
            filter_updates=False,
        )
        session.base_url = f"{facts['url']}/v25.0"
        yield Management(client, emulator, receiver)


def offer(name: str = "an_offer") -> Template:
    return Template(
        name=name,
        language=TemplateLanguage.ENGLISH_US,
        category=TemplateCategory.MARKETING,
        components=[
            HeaderImage(example=PICTURE, mime_type="image/png"),
            BodyText("Hello {{1}}, look what we have in store.", "Pablo"),
            Buttons(
                buttons=[
                    QuickReplyButton(text="More"),
                    URLButton(text="Shop", url="https://shop.example/{{1}}", example="aloe"),
                ]
            ),
        ],
    )


def test_a_template_is_created_with_its_sample_approved_and_deleted(management):
    created = management.pywa.create_template(offer())
    assert created.status == TemplateStatus.PENDING
    (approved,) = management.read(1)
    assert (str(approved.template_id), approved.new_status) == (created.id, TemplateStatus.APPROVED)
    details = management.pywa.get_template(created.id)
    assert details.status == TemplateStatus.APPROVED
    assert details.components[0].format == HeaderFormatType.IMAGE
    (listed,) = management.pywa.get_templates(name="an_offer")
    assert listed.id == created.id
    with pytest.raises(WhatsAppError) as refused:
        management.pywa.create_template(offer())
    assert refused.value.subcode == 2388024
    assert management.pywa.delete_template("an_offer").success
    (deleted,) = management.read(1)
    assert deleted.new_status == TemplateStatus.DELETED


def test_an_edited_template_is_reviewed_again(management):
    created = management.pywa.create_template(offer())
    management.read(1)
    rule = {"delay_ms": 300, "outcome": "REJECTED"}
    management.emulator.ask("POST", "/_emulator/review", rule)
    changed = {"components": [BodyText("Good day {{1}}, how do you do?", "Pablo").to_dict()]}
    # Its own reader of the answer asks for keys that Meta's page does not show.
    assert management.pywa.api.update_template(created.id, changed) == {"success": True}
    told = {type(update): update for update in management.read(2)}
    assert types.TemplateComponentsUpdate in told
    rejected = told[types.TemplateStatusUpdate]
    assert rejected.new_status == TemplateStatus.REJECTED
    (body,) = management.pywa.get_template(created.id).components
    assert body.text == "Good day {{1}}, how do you do?"


class Elsewhere(httpx.BaseTransport):
    """Brings what is sent to Meta's other host, whose address pywa has fixed, to the emulator."""

    def __init__(self, url: str) -> None:
        self.url = httpx.URL(url)
        self.transport = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        place = {"scheme": "http", "host": self.url.host, "port": self.url.port}
        request.url = request.url.copy_with(**place)
        return self.transport.handle_request(request)

    def close(self) -> None:
        self.transport.close()


def test_a_template_is_archived_and_comes_back(management):
    session = management.pywa.api._session
    elsewhere = Elsewhere(management.emulator.facts["url"])
    session._mounts = {httpx._utils.URLPattern("https://api.facebook.com"): elsewhere}
    (template,) = management.pywa.get_templates(name="order_update")

    archived = template.archive()
    again = template.archive()
    # Two webhooks under way at once come in any order: each is heard before the next is caused.
    (gone,) = management.read(1)
    back = template.unarchive()
    (returned,) = management.read(1)

    assert (archived.archived, dict(archived.failed)) == ((template.id,), {})
    assert list(again.failed) == [template.id]
    assert back.unarchived == (template.id,)
    assert gone.new_status == TemplateStatus.ARCHIVED
    assert returned.new_status == TemplateStatus.UNARCHIVED
    assert management.pywa.get_template(template.id).status == TemplateStatus.APPROVED


def test_a_code_is_made_in_several_languages(management):
    components = [
        AuthenticationBody(add_security_recommendation=True).to_dict(),
        AuthenticationFooter(code_expiration_minutes=5).to_dict(),
        Buttons(buttons=[CopyCodeOTPButton()]).to_dict(),
    ]
    languages = [TemplateLanguage.ENGLISH_US, TemplateLanguage.HINDI]
    given = {
        "name": "a_code",
        "languages": [str(language) for language in languages],
        "category": "AUTHENTICATION",
        "components": components,
    }
    # Its own call encodes the JSON a second time, as a string, which is no object to anybody.
    made = management.pywa.api.upsert_message_templates(management.pywa.waba_id, given)

    assert [one["language"] for one in made["data"]] == given["languages"]
    assert {update.new_status for update in management.read(2)} == {TemplateStatus.APPROVED}
    listed = list(management.pywa.get_templates(name="a_code"))
    assert {one.language for one in listed} == set(languages)


def test_low_quality_pauses_and_an_unpause_is_read(management):
    (template,) = management.pywa.get_templates(name="order_update")
    order = {"id": template.id, "quality": "RED"}
    management.emulator.ask("POST", "/_emulator/templates", order)

    told = {type(update): update for update in management.read(2)}
    assert management.pywa.unpause_template(template.id)
    (unpaused,) = management.read(1)

    assert types.TemplateQualityUpdate in told
    paused = told[types.TemplateStatusUpdate]
    assert paused.new_status == TemplateStatus.PAUSED
    assert str(paused.other_info.title) == "FIRST_PAUSE"
    assert unpaused.new_status == TemplateStatus.APPROVED


def test_drift_is_read(management):
    (template,) = management.pywa.get_templates(name="order_update")
    order = {
        "id": template.id,
        "status": "PAUSED",
        "quality": "RED",
        "category": "MARKETING",
        "components": [{"type": "BODY", "text": "Hi"}],
    }
    management.emulator.ask("POST", "/_emulator/templates", order)
    kinds = {type(update).__name__ for update in management.read(4)}
    assert kinds == {
        "TemplateStatusUpdate",
        "TemplateQualityUpdate",
        "TemplateCategoryUpdate",
        "TemplateComponentsUpdate",
    }


def test_a_preference_is_read(management):
    order = {"from": TO, "value": "stop"}
    management.emulator.ask("POST", "/_emulator/user_preferences", order)
    (preference,) = management.read(1)
    assert isinstance(preference, types.UserMarketingPreferences)
    assert not preference


def test_users_are_blocked_listed_and_unblocked(management):
    with pytest.raises(BulkBlockingFailed):
        management.pywa.block_users([TO])
    management.emulator.ask("POST", "/_emulator/inbound", {"from": TO, "text": "hi"})
    done = management.pywa.block_users([TO, "919876543211"])
    assert [user.wa_id for user in done.added_users] == [TO]
    assert [user.input for user in done.failed_users] == ["919876543211"]
    # Its own reader of the list asks for a key that its example of Meta's answer does not have.
    number = management.emulator.facts["phone_number_id"]
    assert [user["wa_id"] for user in management.pywa.api.get_blocked_users(number)["data"]] == [TO]
    assert [user.wa_id for user in management.pywa.unblock_users([TO]).removed_users] == [TO]
    assert list(management.pywa.get_blocked_users()) == []


def test_messages_are_marked_as_read_with_and_without_typing(management):
    assert management.pywa.mark_message_as_read("wamid.x").success
    assert management.pywa.indicate_typing("wamid.x").success
    reads = management.emulator.ask("GET", "/_emulator/reads")["data"]
    assert [mark["is_typing"] for mark in reads] == [False, True]


def test_interactive_messages_are_sent(management, caplog):
    client = management.pywa
    catalogue = "194836987003835"
    rows = [types.SectionRow(title="Aloe", callback_data="aloe", description="Green")]
    sections = types.SectionList("Options", [types.Section("Plants", rows)])
    products = [types.ProductsSection("Plants", ["plant01", "plant02"])]
    with caplog.at_level(logging.ERROR, "pywa"):
        sent = [
            client.send_message(TO, "Choose", header="Plants", footer="Bye", buttons=sections),
            client.send_message(TO, "Choose", buttons=[types.Button("Yes", "yes")]),
            client.send_message(TO, "Look", buttons=types.URLButton("Shop", "https://x.example")),
            client.send_catalog(TO, "Look", thumbnail_product_sku="plant01"),
            client.send_product(TO, catalogue, "plant01"),
            client.send_products(TO, catalogue, products, "Plants", "Look"),
            client.request_location(TO, "Where are you?"),
            client.send_location(TO, 37.4, -122.1, "Shop", "Road"),
            client.send_reaction(TO, "👍", "wamid.x"),
            client.send_document(TO, b"%PDF-1.7", "a.pdf", "Here", mime_type="application/pdf"),
            client.send_sticker(TO, b"RIFF1234WEBP", mime_type="image/webp"),
        ]
    assert len({message.id for message in sent}) == len(sent)
    assert caplog.records == []
