"""Customers who send at once, each on a connection of its own, and write down what they were told.

A customer tries again only when its connection failed, as the documents advise. Those with keys
try again under the same Idempotency-Key; the others send anew and may so send twice.
"""

import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPException

from support.processes import Answered, House

REST_S = 0.02


@dataclass
class Told:
    """What a crowd was told.

    accepted  reference and message id of every 202
    others    every other answer
    failures  how often a connection failed, and with it the knowledge of what became of a request
    """

    accepted: list[tuple[str, str]] = field(default_factory=list)
    others: list[Answered] = field(default_factory=list)
    failures: int = 0

    @property
    def message_ids(self) -> list[str]:
        return [message_id for _, message_id in self.accepted]


class Crowd:
    """`clients` customers who send until they are told to end; even ones use Idempotency-Keys.

    each  how many messages each sends at most
    name  stands before every reference and key, where one crowd follows another
    """

    def __init__(
        self,
        house: House,
        clients: int,
        each: int = 10_000,
        gap_s: float = 0.0,
        name: str = "",
    ) -> None:
        self._house = house
        self._name = name
        self._each = each
        self._gap_s = gap_s
        self._is_over = threading.Event()
        self._told = [Told() for _ in range(clients)]
        self._threads = [
            threading.Thread(target=self._run, args=(number, told))
            for number, told in enumerate(self._told)
        ]

    def start(self) -> None:
        """All of them, at once."""
        for thread in self._threads:
            thread.start()

    @property
    def accepted(self) -> int:
        """How many 202s there were so far."""
        return sum(len(told.accepted) for told in self._told)

    def end(self) -> Told:
        """What they were told; each ends with an answer to its last request."""
        self._is_over.set()
        return self.wait()

    def wait(self) -> Told:
        """What they were told, once each has sent all of its messages."""
        for thread in self._threads:
            thread.join()
        whole = Told()
        for told in self._told:
            whole.accepted += told.accepted
            whole.others += told.others
            whole.failures += told.failures
        return whole

    def _run(self, number: int, told: Told) -> None:
        with self._house.customer() as customer:
            for turn in range(self._each):
                if self._is_over.wait(self._gap_s) or self._house.is_over.is_set():
                    break
                ref = f"{self._name}{'keyed' if number % 2 == 0 else 'plain'}-{number}-{turn}"
                keys = {"Idempotency_Key": ref} if number % 2 == 0 else {}
                answer = None
                while answer is None:
                    try:
                        answer = customer.send(ref, f"+9197{number:03}{turn:05}", **keys)
                    except (OSError, HTTPException):
                        if self._house.is_over.is_set():
                            return  # a test that failed has left it alone
                        told.failures += 1
                        time.sleep(REST_S)
                if answer.status == 202:
                    told.accepted.append((ref, answer.message_id))
                else:
                    told.others.append(answer)
