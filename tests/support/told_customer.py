"""A customer of a house whose callbacks come to its own receiver, by the customer API alone."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from support.processes import Customer, House
from support.receiver import Receiver, receiving

EVENTS = ("message_status", "incoming_message", "template_status", "phone_quality", "account")


@dataclass
class ToldCustomer:
    """What a customer has: a connection, a key, and its receiver."""

    home: House
    line: Customer
    receiver: Receiver
    profile_id: str = ""

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """`data` of an answer below the account's address. Raises AssertionError for a refusal."""
        raw = b"" if body is None else json.dumps(body).encode()
        headers = {"api-key": self.home.key, "Content-Type": "application/json"}
        answer = self.line.ask(method, f"/v2/{self.home.sid}{path}", raw, headers)
        assert answer.status < 300, answer.body
        return answer.json["data"]

    def send(self, message: Any, *phones: str, **extra_info: Any) -> list[str]:
        """One request to all of these; the ids of its messages, in their order."""
        whole = {
            "messaging_object": {**message, "to": ",".join(phones)},
            "extra_info": extra_info,
        }
        answer = self.line.post(json.dumps(whole).encode())
        assert answer.status == 202, answer.body
        told = answer.json["data"]
        several = {one["to"]: one["message_id"] for one in told.get("messages", ())}
        return [several[phone] for phone in phones] if several else [told["message_id"]]

    def listen(self) -> None:
        """A profile at the receiver for everything, in place of those that were there."""
        known = self.ask("GET", "/callback_profiles")
        given = {"title": "Receiver", "events": [*EVENTS], "url": self.receiver.url}
        made = self.ask("POST", "/callback_profiles", given)
        self.receiver.secret = made["secret"]
        self.profile_id = made["profile"]["profile_id"]
        target = {"target": f"sender/{self.home.facts['display_phone_number']}"}
        for one in known:
            self.ask("POST", f"/callback_profiles/{one['profile_id']}/detach", target)
        self.ask("POST", f"/callback_profiles/{self.profile_id}/attach", {"target": "account"})


@contextmanager
def told_customer(home: House) -> Iterator[ToldCustomer]:
    """A customer whose receiver is told of all that follows."""
    with receiving() as receiver, home.customer() as line:
        customer = ToldCustomer(home, line, receiver)
        customer.listen()
        yield customer
