"""For a second after a customer had deleted a template, sends were held against what it was."""

from support.operator import in_office
from support.pair import TO, wrapped
from waypost.model.account import CheckMode

SEND = wrapped(
    {
        "messaging_product": "whatsapp",
        "to": TO,
        "type": "template",
        "template": {"name": "order_update", "language": {"code": "en_US"}},
    }
)


def test_a_template_that_a_customer_deleted_is_unknown_to_the_next_send(tmp_path):
    async def visit(office):
        await office.pair.send(SEND)
        deleted = await office.customer("DELETE", "message_templates?name=order_update")
        assert deleted.status == 200
        return await office.pair.send(SEND)

    answer = in_office(tmp_path, visit, check_mode=CheckMode.STRICT)
    assert [one["code"] for one in answer.json["error"]["details"]] == ["template_unknown"]


def test_a_change_that_names_no_template_is_told_so_without_placeholders(tmp_path):
    async def visit(office):
        return await office.customer("PUT", "message_templates", {"category": "UTILITY"})

    (detail,) = in_office(tmp_path, visit).json["error"]["details"]
    assert detail["code"] == "not_found"
    assert "None" not in detail["message"]
