"""After a scenario: what customers were told, what the gateway keeps and what Meta took, in one.

Every promise of the gateway is held against both sides; the first that is broken is named with
the messages that broke it.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from support.processes import FINAL, House

WORDS = ("sent", "delivered", "read", "failed")
SHOWN = 5
"""How many message ids a broken promise names."""


@dataclass(frozen=True)
class Figures:
    """What a scenario came to.

    accepted   202s that customers had
    kept       messages the gateway answers for: those, and of lost answers of its own
    at_meta    messages Meta took
    twice      messages Meta took more than once
    unknown    messages whose outcome is not known at the end
    unsure     messages whose outcome was not known for a while
    webhooks   webhooks that were kept
    callbacks  callbacks that came, repetitions too
    """

    accepted: int
    kept: int
    at_meta: int
    twice: int
    unknown: int
    unsure: int
    webhooks: int
    callbacks: int

    @property
    def lost(self) -> int:
        """Messages that were accepted and are nowhere."""
        return self.accepted - self.kept if self.accepted > self.kept else 0


def check(
    home: House,
    accepted: Collection[str],
    may_be_twice: Collection[str] = (),
    told: Sequence[tuple[str, str]] | None = None,
) -> Figures:
    """Holds every promise against both sides.

    accepted      the message ids of every 202
    may_be_twice  messages that a policy sent again, and Meta may have taken more than once
    told          event id and body of every callback, where they go to no inbox of the emulator
    """
    kept, sent = home.kept, home.emulator.messages()
    states = dict(kept.rows("SELECT message_id, state FROM messages"))
    taken = Counter(message["biz_opaque_callback_data"] for message in sent)
    facts = {(id_, fact) for id_, fact in kept.rows("SELECT message_id, fact FROM facts")}

    _none("answered with 202 and not kept", set(accepted) - set(states))
    open_ = {id_ for id_, state in states.items() if state not in FINAL | {"unknown"}}
    _none("neither final nor unknown", open_)
    _none("at Meta and not kept", set(taken) - set(states))
    delivered = {id_ for id_, state in states.items() if state == "read"}
    _none("read here and never taken by Meta", delivered - set(taken))
    twice = {id_ for id_, number in taken.items() if number > 1}
    _none("taken by Meta more than once", twice - set(may_be_twice))

    brought = {
        (message["biz_opaque_callback_data"], status["status"])
        for message in sent
        for status in message["statuses"]
        if status["delivered_at"]
    }
    _none("a status was answered with 200 and is not kept", brought - facts)
    unread = kept.number("SELECT count(*) FROM webhooks WHERE processed_at IS NULL")
    assert unread == 0, f"{unread} webhooks were kept and never understood"

    if told is None:
        inbox = home.emulator.callbacks()
        told = [(one["headers"]["webhook-id"], str(one["body"])) for one in inbox]
    bodies = Counter(id_ for id_, _ in set(told))
    _none("one event id, several bodies", {id_ for id_, number in bodies.items() if number > 1})
    events = {id_ for (id_,) in kept.rows("SELECT event_id FROM callbacks")}
    _none("an event that never came to the customer", events - set(bodies))
    _none("a callback of no event", set(bodies) - events)
    due = {f"{id_}.{word}" for id_, word in facts if word in WORDS and states[id_] != "failed"}
    of_status = {id_.rpartition(".")[0] for id_ in events}  # their end is the profile's
    _none("a status without its event", due - of_status)

    assert kept.audit() == []
    return Figures(
        accepted=len(set(accepted)),
        kept=len(states),
        at_meta=len(taken),
        twice=len(twice),
        unknown=sum(state == "unknown" for state in states.values()),
        unsure=len(kept.messages_with("lost")),
        webhooks=kept.number("SELECT count(*) FROM webhooks"),
        callbacks=len(told),
    )


def _none(promise: str, broken: Collection[object]) -> None:
    shown = sorted(map(str, broken))[:SHOWN]
    assert not broken, f"{len(broken)}: {promise}: {', '.join(shown)}"
