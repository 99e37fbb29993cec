"""Draws the lifecycle's TABLE for docs/lifecycle.md: a diagram, and a row for each step.

`python -m tools.draw_lifecycle` prints the drawing, `--write` puts it into the page. The
sentences stand here, one for every step: a step without a sentence is a KeyError.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from tools.marked import write_generated
from waypost.model.lifecycle import TABLE, Fact, State

PAGE = Path(__file__).resolve().parent.parent / "docs" / "lifecycle.md"

SENTENCES: Mapping[tuple[State, Fact], str] = {
    (State.ACCEPTED, Fact.WITHHELD): "It expired, was cancelled, refused by us or met a limit: "
    "Meta never gets it.",
    (State.ACCEPTED, Fact.LOST): "It was given to Meta and no answer came back, so Meta may "
    "have it or not.",
    (State.ACCEPTED, Fact.TAKEN): "Meta took it and gave a wamid.",
    (State.ACCEPTED, Fact.REFUSED): "Meta refused it for good when it was given.",
    (State.ACCEPTED, Fact.SENT): "Meta's status overtook our own record that it was taken.",
    (State.ACCEPTED, Fact.DELIVERED): "The delivery was reported before we had recorded that "
    "it was taken.",
    (State.ACCEPTED, Fact.READ): "The reading was reported before we had recorded that it was "
    "taken.",
    (State.ACCEPTED, Fact.FAILED): "The failure was reported before we had recorded that it was "
    "taken.",
    (State.UNKNOWN, Fact.TAKEN): "It was given to Meta again, and this time the answer arrived.",
    (State.UNKNOWN, Fact.REFUSED): "It was given to Meta again, and this time it was refused "
    "for good.",
    (State.UNKNOWN, Fact.SENT): "A status with our id shows that Meta had taken it after all.",
    (State.UNKNOWN, Fact.DELIVERED): "A status with our id shows that it reached the phone.",
    (State.UNKNOWN, Fact.READ): "A status with our id shows that the recipient has read it.",
    (State.UNKNOWN, Fact.FAILED): "A status with our id shows that Meta took it and could not "
    "deliver it.",
    (State.UNKNOWN, Fact.RETURNED): "A person had it sent again, or a status showed that Meta took "
    "it and failed it for a reason that passes.",
    (State.SUBMITTED, Fact.RETURNED): "Meta took it and failed it for a reason that passes; it "
    "waits to be given again.",
    (State.SENT, Fact.RETURNED): "Meta sent it and failed it for a reason that passes; it waits to "
    "be given again.",
    (State.SUBMITTED, Fact.SENT): "Meta has sent it on to the recipient.",
    (State.SUBMITTED, Fact.DELIVERED): "It reached the phone, and the report of its sending is "
    "late or lost.",
    (State.SUBMITTED, Fact.READ): "The recipient has read it, and the reports in between are "
    "late or lost.",
    (State.SUBMITTED, Fact.FAILED): "Meta took it and could not deliver it.",
    (State.SENT, Fact.DELIVERED): "It reached the recipient's phone.",
    (State.SENT, Fact.READ): "The recipient has read it, and the report of the delivery is late "
    "or lost.",
    (State.SENT, Fact.FAILED): "Meta sent it and it could not be delivered.",
    (State.FAILED, Fact.DELIVERED): "It arrived although a failure had been reported.",
    (State.FAILED, Fact.READ): "It was read although a failure had been reported.",
    (State.DELIVERED, Fact.READ): "The recipient has opened it.",
}


def draw() -> str:
    """The diagram and the rows, as Markdown; drawn from TABLE alone."""
    return f"{_draw_diagram()}\n{_draw_rows()}"


def _draw_diagram() -> str:
    lines = ["```mermaid", "stateDiagram-v2", "    direction LR", "    [*] --> accepted"]
    for state, steps in TABLE.items():
        lines += [f"    {state} --> {after}: {fact}" for fact, after in steps.items()]
    lines += [f"    {state} --> [*]" for state, steps in TABLE.items() if not steps]
    return "\n".join([*lines, "```", ""])


def _draw_rows() -> str:
    lines = ["| state | fact | after | what happened |", "|---|---|---|---|"]
    for state, steps in TABLE.items():
        for fact, after in steps.items():
            lines.append(f"| `{state}` | `{fact}` | `{after}` | {SENTENCES[state, fact]} |")
    return "\n".join([*lines, ""])


def main(arguments: list[str]) -> int:
    """Print the drawing, or write it into the page."""
    if arguments == ["--write"]:
        write_generated(PAGE, draw())
        return 0
    if arguments:
        print("usage: python -m tools.draw_lifecycle [--write]", file=sys.stderr)
        return 2
    print(draw(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
