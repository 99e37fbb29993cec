"""What an id stands for, and what happened to it: the one question of API and command line."""

from dataclasses import dataclass

from waypost.model.report import IncomingSummary
from waypost.model.story import Incoming, Line, Story, View
from waypost.report.movements import line_of_callback, line_of_incoming
from waypost.report.telling import show_recipient
from waypost.report.timeline import list_messages, tell
from waypost.store.ports import Store, Transaction

WAMID = "wamid."
"""How Meta's ids of messages begin."""


@dataclass(frozen=True, slots=True)
class Storyteller:
    """Tells stories of one store.

    version  Meta's API version, as it is set
    """

    store: Store
    version: str

    async def find(self, named: str, view: View, account_id: int | None = None) -> Story | None:
        """The story of an id: of a message, of a request, or of an incoming message.

        account_id  whose it must be; None: anybody's

        None if there is none.
        """
        return await self.store.read(lambda t: self._find(t, named, view, account_id))

    async def _find(
        self, transaction: Transaction, named: str, view: View, account_id: int | None
    ) -> Story | None:
        reports = transaction.reports
        keys = [(each, named) for each in await _whose(transaction, account_id)]
        ids = [named]
        if named.startswith(WAMID):
            ids = sorted((await transaction.messages.ids_by_wamid(keys)).values())
        for message_id in ids:
            report = await reports.find_message(message_id)
            if report is not None and account_id in (None, report.account_id):
                timeline = await tell(transaction, message_id, view, self.version)
                return Story(named, timeline)
        messages = await list_messages(transaction, named, view)
        if messages:
            first = await reports.find_message(messages[0].message_id)
            if first is None or account_id not in (None, first.account_id):
                return None
            return Story(named, messages=messages)
        for incoming in await reports.incoming(keys):
            return await self._of_incoming(transaction, named, incoming, view)
        return None

    async def _of_incoming(
        self, transaction: Transaction, named: str, incoming: IncomingSummary, view: View
    ) -> Story:
        """An incoming message, with the story of the one that it answers."""
        told = Incoming(
            inbound_id=incoming.inbound_id,
            sid=incoming.sid,
            sender=f"+{incoming.sender_id}",
            recipient=show_recipient(incoming.recipient, view),
            kind=incoming.kind,
            wamid=incoming.wamid,
            received_at=incoming.received_at,
            reply_to=incoming.reply_to,
            is_probable=incoming.is_probable,
            lines=tuple(await _lines(transaction, incoming, view)),
        )
        timeline = None
        if incoming.reply_to is not None:
            timeline = await tell(transaction, incoming.reply_to, view, self.version)
        return Story(named, timeline, incoming=told)


async def _whose(transaction: Transaction, account_id: int | None) -> list[int]:
    """The account that is named, or all."""
    if account_id is not None:
        return [account_id]
    return [one.account_id for one in await transaction.directory.accounts()]


async def _lines(transaction: Transaction, incoming: IncomingSummary, view: View) -> list[Line]:
    address = "" if view is View.REVEALED else incoming.recipient
    callbacks = transaction.callbacks
    return [
        line_of_incoming(incoming),
        *[
            line_of_callback(
                one, await callbacks.attempts_of(incoming.account_id, one.event_id), address
            )
            for one in await callbacks.of_message(incoming.account_id, incoming.inbound_id)
        ],
    ]
