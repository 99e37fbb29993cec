"""Quality from traffic: recipients who complain lower that of the template they got last.

A complaint is a text, button or preference that stops. What came is looked at a quarter of an hour
after a template was sent, on the emulator's clock. Meta publishes neither (reference 7.6).
"""

from collections import Counter
from typing import Any

import msgspec

from meta_emulator.definitions.quality_rule import RED, Quality
from meta_emulator.physics.deadlines import Deadlines
from meta_emulator.physics.laws import Law, Send
from meta_emulator.physics.pausing import Pausing
from meta_emulator.world.message import Inbound
from meta_emulator.world.state import State

LOOK, ALL = "complaints", ""
LOOK_S = 900.0
MOST = 100_000
"""Recipients whose last template is remembered."""

WORDS = frozenset({"stop", "stop promotions", "unsubscribe"})

User = tuple[str, str]
"""Phone number id and digits."""


class Complaints(Law):
    """Who got which template last, and who complained; counts nothing while its rule is off."""

    def __init__(self, state: State, pausing: Pausing, deadlines: Deadlines, rule: Quality) -> None:
        self.rule = rule
        self._state = state
        self._pausing = pausing
        self._deadlines = deadlines
        self._last: dict[User, str] = {}
        self._sent: Counter[str] = Counter()
        self._complaints: Counter[str] = Counter()
        self._seen = 0
        self._stopped: set[User] = set()
        deadlines.carry_out(LOOK, self._look)

    def accept(self, send: Send) -> None:
        """The recipient got this template."""
        if self.rule.fewest is None or send.template is None or send.digits is None:
            return
        user = send.number.id, send.digits
        self._last.pop(user, None)
        self._last[user] = send.template.id
        if len(self._last) > MOST:
            del self._last[next(iter(self._last))]
        self._sent[send.template.id] += 1
        if self._deadlines.left_s(LOOK, ALL) is None:
            self._deadlines.add(LOOK, ALL, LOOK_S)

    def set_rule(self, rule: Quality) -> None:
        """Quality follows so from now on; what was before does not count."""
        self.rule = rule
        self._sent.clear()
        self._complaints.clear()
        self._seen = self._state.inbound.last
        self._stopped = set(self._state.stopped)

    def _look(self, _all: str) -> None:
        for user in self._complainers():
            template_id = self._last.pop(user, None)
            if template_id is not None:
                self._complaints[template_id] += 1
        for template_id, sent in list(self._sent.items()):
            template = self._state.templates.get(template_id)
            if template is None:
                del self._sent[template_id]
            elif self.rule.fewest is not None and sent >= self.rule.fewest:
                score = self.rule.score(self._complaints[template_id], sent)
                if score == RED:
                    del self._sent[template_id], self._complaints[template_id]
                if score != template.quality:
                    self._pausing.assess(template, score)

    def _complainers(self) -> list[User]:
        """Who complained since the last look."""
        came = self._state.inbound.after(self._seen)
        self._seen = self._state.inbound.last
        new = [user for user in sorted(self._state.stopped) if user not in self._stopped]
        self._stopped = set(self._state.stopped)
        return [(one.phone_number_id, one.sender) for _, one in came if _stops(one)] + new

    def snapshot(self) -> Any:
        """Rule, counts, and who got what."""
        return {
            "rule": msgspec.to_builtins(self.rule),
            "last": [[*user, template_id] for user, template_id in self._last.items()],
            "sent": dict(self._sent),
            "complaints": dict(self._complaints),
            "seen": self._seen,
            "stopped": sorted(self._stopped),
        }

    def restore(self, kept: Any) -> None:
        """What a snapshot kept."""
        self.rule = msgspec.convert(kept["rule"], Quality)
        self._last = {(number, digits): template for number, digits, template in kept["last"]}
        self._sent, self._complaints = Counter(kept["sent"]), Counter(kept["complaints"])
        self._seen = kept["seen"]
        self._stopped = {(number, digits) for number, digits in kept["stopped"]}


def _stops(inbound: Inbound) -> bool:
    message = inbound.message
    said = [
        message.get("text", {}).get("body"),
        message.get("button", {}).get("text"),
        message.get("button", {}).get("payload"),
    ]
    return any(isinstance(word, str) and word.strip().casefold() in WORDS for word in said)
