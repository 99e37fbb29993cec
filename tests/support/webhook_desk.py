"""A webhook processor at a store with one account, and webhooks that it has on lease."""

import json

import apsw
import msgspec
from prometheus_client import CollectorRegistry

from support.nouns import (
    ACCOUNT,
    MESSAGE_ID,
    NOW,
    PHONE_NUMBER_ID,
    WABA_ID,
    WAMID,
    later,
    lease,
    message_change,
    new_message,
    new_submission,
)
from waypost.callback.publisher import Publisher
from waypost.model.callback import WHOLE_ACCOUNT, Attachment
from waypost.model.inbound import InboundQuestion
from waypost.model.submission import Content
from waypost.model.work import FIRST_LANE, QueueItem, QueueName
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy
from waypost.runtime.ids import IdMaker
from waypost.runtime.metrics import Metrics
from waypost.status.recorder import Recorder
from waypost.store.sqlite.store import FILE
from waypost.wallet.bookkeeper import Bookkeeper
from waypost.webhook.processor import Processor
from waypost.webhook.receiver import DEPLOYMENT, LANE
from waypost.webhook.template_recorder import TemplateRecorder

PHONE = "919876543210"
SECONDS = str(int(NOW.timestamp()))
CONTACT = {"profile": {"name": "Asha"}, "wa_id": PHONE}
METADATA = {"display_phone_number": "919800000001", "phone_number_id": PHONE_NUMBER_ID}


def change(value, field="messages", waba_id=WABA_ID, time=None):
    """A webhook's body with one change."""
    entry = {"id": waba_id, "changes": [{"field": field, "value": value}]}
    if time is not None:
        entry["time"] = time
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def written(*messages, contacts=(CONTACT,), metadata=METADATA, **value):
    """The body of a webhook about messages of recipients."""
    return change(
        {
            "messaging_product": "whatsapp",
            "metadata": metadata,
            "contacts": list(contacts),
            "messages": list(messages),
            **value,
        }
    )


def message(kind="text", wamid="wamid.IN1", **changes):
    """One message of a recipient, any part of it changed by name; None leaves it out."""
    made = {"from": PHONE, "id": wamid, "timestamp": SECONDS, "type": kind, **changes}
    if kind == "text":
        made.setdefault("text", {"body": "Hello"})
    return {key: part for key, part in made.items() if part is not None}


class WebhookDesk:
    """Works off webhooks, and tells what became of them."""

    def __init__(self, stored):
        self.stored, self.woken, self.media_woken, self.count = stored, [], [], 0
        self.clock = TestClock(NOW)
        self.ids = IdMaker(self.clock, SeededEntropy(1))
        recorder = Recorder(
            stored.store,
            self.clock,
            Publisher(),
            Bookkeeper(),
            self.ids.number,
            self.woken.append,
        )
        metrics = Metrics(CollectorRegistry())
        self.processor = Processor(
            stored.store,
            recorder,
            TemplateRecorder(self.clock, self.ids.number, metrics),
            self.clock,
            metrics,
            self.ids,
            self.media_woken.append,
        )

    def tell_all(self, account_id, profile_id):
        """An account's profile is told everything."""
        target = Attachment(account_id, WHOLE_ACCOUNT, profile_id)
        self.stored.do(lambda t: t.profiles.attach([target]))

    def keep_sent(
        self, content, *, message_id=MESSAGE_ID, wamid=WAMID, accepted_at=NOW, recipient=PHONE
    ):
        """A message of ours that Meta took, with this content as it went to Meta."""
        kind = content["type"]
        named = content.get("template", {})
        made = Content(
            kind,
            msgspec.json.encode(content),
            named.get("name"),
            named.get("language", {}).get("code"),
        )
        taken = message_change(message_id=message_id, wamid=wamid)

        async def step(transaction):
            await transaction.messages.insert_submissions(
                [new_submission(submission_id=message_id, content=made, accepted_at=accepted_at)]
            )
            await transaction.messages.insert(
                [
                    new_message(
                        message_id=message_id,
                        submission_id=message_id,
                        accepted_at=accepted_at,
                        recipient=f"+{recipient}",
                    )
                ]
            )
            await transaction.messages.update_states([taken])

        self.stored.do(step)

    def work_off(self, *bodies):
        """Bodies, each a webhook of its own; the ids that they were kept under."""
        ids = []
        for body in bodies:
            self.count += 1
            webhook_id = f"w{self.count}"
            item = QueueItem(
                DEPLOYMENT,
                QueueName.WEBHOOK,
                LANE.name,
                webhook_id,
                later(60),
                1,
                lease_token="t:1",
            )
            self.stored.do(lambda t: t.webhooks.keep([(webhook_id, body, NOW)]))  # noqa: B023
            self.stored.do(lambda t: t.queue.put([item]))  # noqa: B023
            taken = lease(
                account_id=DEPLOYMENT,
                queue=QueueName.WEBHOOK,
                lane=LANE,
                item_id=webhook_id,
                cargo=body,
            )
            self.stored.run(self.processor.handle(taken))
            ids.append(webhook_id)
        return ids

    def inbound(self, account_id=ACCOUNT):
        """What is kept, the oldest first."""
        asked = InboundQuestion(account_id, limit=5000)
        found = self.stored.ask(lambda t: t.inbound.page(asked, "", ""))
        return found[::-1]

    def events(self, account_id=ACCOUNT):
        """The account events that are kept, the oldest first."""
        return self.stored.ask(lambda t: t.inbound.events(account_id, None, "", 5000))[::-1]

    def told(self, account_id=ACCOUNT):
        """Every callback that is to be delivered, with its kind."""
        due = self.stored.ask(
            lambda t: t.queue.lanes(QueueName.CALLBACK, later(9), FIRST_LANE, 100)
        )
        rows = []
        for lane in due:
            for priority in lane.due:
                found = self.stored.ask(
                    lambda t: t.queue.find(QueueName.CALLBACK, lane.lane, priority, later(9), 5000)  # noqa: B023
                )
                keys = [(one.account_id, one.item_id) for one in found]
                loaded = self.stored.ask(lambda t: t.callbacks.load(keys))  # noqa: B023
                rows += [one.row for one in loaded.values() if one.row.account_id == account_id]
        return sorted(rows, key=lambda row: row.event_id)

    def outcome(self, webhook_id):
        """What a webhook came to, as it is kept for those who look later; on SQLite."""
        connection = apsw.Connection(str(self.stored.folder / FILE))
        try:
            ((found,),) = connection.execute(
                "SELECT outcome FROM webhooks WHERE webhook_id = ?", (webhook_id,)
            )
        finally:
            connection.close()
        return json.loads(found)

    def backlog(self):
        return self.stored.ask(lambda t: t.queue.backlog())


def body_of(row):
    """A callback's body."""
    return json.loads(row.body)
