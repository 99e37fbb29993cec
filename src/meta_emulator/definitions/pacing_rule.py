"""How the messages of templates are paced (reference 2): a rule of ours, off by default."""

import msgspec

QUALITY, RELEASE, DROP = "QUALITY", "RELEASE", "DROP"
OUTCOMES = frozenset({QUALITY, RELEASE, DROP})


class Pacing(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How templates are paced from now on.

    first    messages of a template that go at once; None: all do
    hold_ms  how long the others are held, from the first that is held
    outcome  `RELEASE`: they go then, and the template's quality is GREEN; `DROP`: they fail, and
             it is RED; `QUALITY`: whichever of the two its quality says by then, RED or another
    """

    first: int | None = None
    hold_ms: int = 3_600_000
    outcome: str = QUALITY
