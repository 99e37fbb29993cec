"""A customer's endpoint on a real socket, written from the documents and nothing else.

It verifies each call with the library of Standard Webhooks, holds its body against the documents,
drops what it has seen by `webhook-id`, sorts by `waypost-sequence`, and can say of each message
what became of it. It knows nothing of the gateway's code or database.
"""

import re
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from support.documented_callbacks import UndocumentedError, kind_of

STEPS = ("sent", "failed", "delivered", "read")
"""What a message never goes back from: a late status is told, and changes nothing."""

AGENT = re.compile(r"Waypost/\S+ callbacks")


@dataclass(frozen=True)
class Event:
    """One event as it first came."""

    event_id: str
    sequence: int
    kind: str
    raw: bytes
    body: Any

    @property
    def message_id(self) -> str:
        """Ours of the message that it is about, or that is answered; empty: of none."""
        if self.kind == "incoming":
            return str(self.body["extra_info"]["reply_to"])
        return str(self.body.get("message_id", ""))


@dataclass(frozen=True)
class Call:
    """One call: which attempt at which event, and what it was answered."""

    event_id: str
    attempt: int
    answer: int


@dataclass
class Fate:
    """What became of a message, by what its customer was told alone.

    state     a word of the callbacks; empty: nothing was told
    statuses  all that were told, in their sequence
    code      why it failed or was not sent
    meta_id   Meta's id of it
    """

    state: str = ""
    statuses: list[str] = field(default_factory=list)
    code: str = ""
    meta_id: str = ""
    ref: str = ""
    phone: str = ""
    taps: list[tuple[int, int]] = field(default_factory=list)
    orders: list[dict[str, int]] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)


UNREADABLE = (
    WebhookVerificationError,
    UndocumentedError,
    *(KeyError, ValueError, TypeError, AttributeError),
)
"""What a call that is not as the documents say ends with."""

Answers = Callable[[str, int], int]


def always_ok(_event_id: str, _attempt: int) -> int:
    """200."""
    return 200


@dataclass
class Receiver:
    """What came, and what was wrong with it.

    secret    what the calls are signed with; set it as soon as the profile is there
    answers   what an event's attempt is answered, by its id and number
    delay_s   how long each call is kept waiting for its answer, once it was taken down
    problems  every call that was not as the documents say, and why
    """

    url: str
    secret: str = ""
    answers: Answers = always_ok
    delay_s: float = 0.0
    events: dict[str, Event] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def take(self, headers: dict[str, str], raw: bytes) -> int:
        """One call; what it is answered."""
        with self.turn:
            try:
                body = Webhook(self.secret).verify(raw, headers)
                event = _read(headers, raw, body)
            except UNREADABLE as error:
                self.problems.append(f"{headers.get('webhook-id')}: {error!r}: {raw[:500]!r}")
                return 400
            known = self.events.setdefault(event.event_id, event)
            if (known.raw, known.sequence) != (event.raw, event.sequence):
                self.problems.append(f"{event.event_id}: two events under one id")
            attempt = int(headers["waypost-attempt"])
            answer = self.answers(event.event_id, attempt)
            self.calls.append(Call(event.event_id, attempt, answer))
            return answer

    def taken(self) -> list[str]:
        """Ids of events in the order in which they were answered with 200, repetitions too."""
        return [call.event_id for call in self.calls if call.answer == 200]

    def of_kind(self, kind: str) -> list[Event]:
        """All events of a kind."""
        return [event for event in list(self.events.values()) if event.kind == kind]

    def fates(self) -> dict[str, Fate]:
        """What became of each message that anything was told of."""
        with self.turn:
            events = sorted(self.events.values(), key=lambda event: event.sequence)
        fates: dict[str, Fate] = defaultdict(Fate)
        for event in events:
            if event.message_id:
                _add(fates[event.message_id], event)
        return dict(fates)

    def out_of_order(self) -> list[str]:
        """Events that were taken after a later one of their message."""
        latest: dict[str, int] = {}
        late = []
        for event_id in dict.fromkeys(self.taken()):
            event = self.events[event_id]
            if event.kind == "incoming" or not event.message_id:
                continue
            if event.sequence < latest.get(event.message_id, 0):
                late.append(event_id)
            latest[event.message_id] = max(event.sequence, latest.get(event.message_id, 0))
        return late


def _read(headers: dict[str, str], raw: bytes, body: Any) -> Event:
    if int(headers["waypost-attempt"]) < 1:
        raise UndocumentedError("attempts begin at 1")
    if not AGENT.fullmatch(headers["user-agent"]):
        raise UndocumentedError(f"the user agent is {headers['user-agent']}")
    if not headers["content-type"].startswith("application/json"):
        raise UndocumentedError(f"the content type is {headers['content-type']}")
    return Event(headers["webhook-id"], int(headers["waypost-sequence"]), kind_of(body), raw, body)


def _add(fate: Fate, event: Event) -> None:
    body = event.body
    fate.ref = body["extra_info"]["ref"] or fate.ref
    if event.kind == "incoming":
        _add_reply(fate, body)
        return
    word = body["status"]
    fate.statuses.append(word)
    if event.kind == "not sent":
        fate.state, fate.code = word, body["code"]
        return
    (status,) = body["meta_object"]["value"]["statuses"]
    fate.meta_id, fate.phone = status["id"] or fate.meta_id, status["recipient_id"]
    if word == "failed":
        fate.code = str(status["errors"][0]["code"])
    if fate.state not in STEPS or STEPS.index(word) > STEPS.index(fate.state):
        fate.state = word


def _add_reply(fate: Fate, body: Any) -> None:
    (message,) = body["meta_object"]["value"]["messages"]
    extra = body["extra_info"]
    fate.replies.append(message["id"])
    if "card_index" in extra:
        fate.taps.append((extra["card_index"], extra["button_index"]))
    if message["type"] == "order":
        items: Sequence[Any] = message["order"]["product_items"]
        fate.orders.append({one["product_retailer_id"]: one["quantity"] for one in items})


class Server(ThreadingHTTPServer):
    """One thread for each connection; one that its other end lost is none of our business."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver at a free port, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length", 0)))
            given = {name.lower(): value for name, value in self.headers.items()}
            answer = receiver.take(given, raw)
            time.sleep(receiver.delay_s)
            self.send_response(answer)
            self.send_header("content-length", "0")
            with suppress(OSError):  # whoever asked was killed meanwhile
                self.end_headers()

        def log_message(self, *_: object) -> None:
            """What comes is in the receiver."""

    server = Server(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_address[1]}/hook")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def told(receiver: Receiver) -> list[tuple[str, str]]:
    """Every call as its event's id and bytes, for the checker of scenarios."""
    with receiver.turn:
        return [(one.event_id, str(receiver.events[one.event_id].raw)) for one in receiver.calls]
