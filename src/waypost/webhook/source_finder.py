"""What inbound messages answer: found for a whole batch, with one query for each question.

A reply names our message by Meta's id. An order names none, so the message that it most
probably came from is looked for (`webhook.offers`). A tap names neither card nor button: the
message tells, and where it is not clear the template (`webhook.tapped_button`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from waypost.meta.inbound import Inbound
from waypost.model.inbound import InboundMessage, SentMessage
from waypost.model.opt_out import addresses_of
from waypost.model.recipient import Recipient
from waypost.model.template import Template
from waypost.runtime.ids import first_message_id
from waypost.store.ports import Key, Transaction
from waypost.webhook.offers import Offer, find_source
from waypost.webhook.tapped_button import (
    Button,
    ButtonPlace,
    count_cards,
    defined_buttons,
    find_place,
    is_clear,
    sent_buttons,
)

LOOKS_BACK = timedelta(days=7)
"""How long before an order the message may have been sent that it came from."""

CLOCKS_DIFFER = timedelta(minutes=1)
"""By so much our clock and Meta's may differ: a message sent later than that is no source."""

OLDEST = timedelta(days=30)
"""How long ago it may have been ordered."""

Draft = tuple[Inbound, InboundMessage]
"""What Meta told, and the row it becomes for one account."""

TemplateKey = tuple[int, str, str, str]
"""Account, WABA, name and language."""


async def find_sources(transaction: Transaction, drafts: Sequence[Draft]) -> list[InboundMessage]:
    """The rows of these drafts with what they answer, in the same order."""
    answered = await transaction.inbound.answered(
        list(
            dict.fromkeys(
                (row.account_id, told.answered)
                for told, row in drafts
                if told.answered is not None and row.account_id
            )
        )
    )
    sources = {
        position: answered[row.account_id, told.answered]
        for position, (told, row) in enumerate(drafts)
        if told.answered is not None and (row.account_id, told.answered) in answered
    }
    probable = await _probable(transaction, drafts)
    places = await _places(transaction, drafts, sources)
    return [
        _with_source(row, sources.get(position), probable.get(position), places.get(position))
        for position, (_, row) in enumerate(drafts)
    ]


def _with_source(
    row: InboundMessage,
    source: SentMessage | None,
    probable: SentMessage | None,
    place: ButtonPlace | None,
) -> InboundMessage:
    """The row with what it answers, surely or probably, and the place of the tapped button."""
    found = source or probable
    if found is None:
        return row
    return replace(
        row,
        reply_to=found.message_id,
        references=found.references,
        is_probable=source is None,
        card_index=None if place is None else place.card_index,
        button_index=None if place is None else place.button_index,
    )


async def _probable(transaction: Transaction, drafts: Sequence[Draft]) -> dict[int, SentMessage]:
    """Of orders that name no message, the ones they most probably came from.

    One that names a message that is not known here came from that one, and from no other.
    """
    orders = {
        position: (told, row)
        for position, (told, row) in enumerate(drafts)
        if told.ordered is not None and told.ordered.products and told.answered is None
        if row.account_id
    }
    wanted: dict[tuple[int, str, str], str] = {}
    for told, row in orders.values():
        since = first_message_id(_ordered_at(told, row) - LOOKS_BACK)
        for address in _addresses(told):
            key = row.account_id, address, row.sender_id
            wanted[key] = min(wanted.get(key, since), since)
    offered: dict[tuple[int, str, str], list[SentMessage]] = {}
    for sent in await transaction.inbound.offers([(*key, id_) for key, id_ in wanted.items()]):
        offered.setdefault((sent.account_id, sent.recipient, sent.sender_id), []).append(sent)
    found: dict[int, SentMessage] = {}
    offers: dict[str, Offer] = {}
    for position, (told, row) in orders.items():
        assert told.ordered is not None
        before = first_message_id(_ordered_at(told, row) + CLOCKS_DIFFER)
        source = find_source(
            told.ordered,
            [
                sent
                for address in _addresses(told)
                for sent in offered.get((row.account_id, address, row.sender_id), ())
                if sent.message_id < before
            ],
            offers,
        )
        if source is not None:
            found[position] = source
    return found


def _ordered_at(told: Inbound, row: InboundMessage) -> datetime:
    """When it was ordered: of Meta's times only those count that can be.

    It may repeat a webhook for a week; what is older than a message can be, or has not come yet,
    may also be a time with which nobody can reckon.
    """
    return min(max(told.occurred_at, row.received_at - OLDEST), row.received_at)


async def _places(
    transaction: Transaction, drafts: Sequence[Draft], sources: Mapping[int, SentMessage]
) -> dict[int, ButtonPlace]:
    """Which buttons were tapped, as far as it can be told."""
    buttons = {
        position: sent_buttons(source.content)
        for position, source in sources.items()
        if drafts[position][0].tapped is not None
    }
    unclear = {
        position: key
        for position, shown in buttons.items()
        if (tapped := drafts[position][0].tapped) is not None and not is_clear(tapped, shown)
        if (key := _template_key(sources[position])) is not None
    }
    templates = await _templates(transaction, list(dict.fromkeys(unclear.values())))
    found: dict[int, ButtonPlace] = {}
    for position, shown in buttons.items():
        tapped = drafts[position][0].tapped
        assert tapped is not None
        template = templates.get(unclear[position]) if position in unclear else None
        place = find_place(tapped, shown, _defined(template, shown))
        if place is not None:
            found[position] = place
    return found


def _defined(template: Template | None, shown: Sequence[Button]) -> dict[ButtonPlace, str]:
    if template is None:
        return {}
    return defined_buttons(template.components, count_cards(shown))


def _template_key(source: SentMessage) -> TemplateKey | None:
    content = source.content
    if content.template_name is None or content.template_language is None:
        return None
    return source.account_id, source.waba_id, content.template_name, content.template_language


async def _templates(
    transaction: Transaction, keys: Sequence[TemplateKey]
) -> dict[TemplateKey, Template]:
    """Templates as they are known here; one query for each WABA."""
    by_waba: dict[Key, list[tuple[str, str]]] = {}
    for account_id, waba_id, name, language in keys:
        by_waba.setdefault((account_id, waba_id), []).append((name, language))
    found: dict[TemplateKey, Template] = {}
    for (account_id, waba_id), names in by_waba.items():
        for (name, language), template in (
            await transaction.templates.find(account_id, waba_id, names)
        ).items():
            found[account_id, waba_id, name, language] = template
    return found


def _addresses(told: Inbound) -> list[str]:
    """All that our messages may have been sent to by: the phone, however written, and the id."""
    phone, user = Recipient(phone=told.wa_id), Recipient(user_id=told.user_id)
    return list(dict.fromkeys((*addresses_of(phone), *addresses_of(user))))
