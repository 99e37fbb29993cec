"""The buttons of a template or a card: how many, of which kinds, in which order.

Source: reference/meta-cloud-api.md 7.2, 1.5.
"""

from collections.abc import Mapping

from waypost.model.definition_check.button_kinds import check_button
from waypost.model.definition_check.part import Part, lowered, part_of
from waypost.model.definition_check.scope import Scope
from waypost.model.finding import FindingCode

MOST_BUTTONS = 10
MOST_OF_A_KIND = {
    "url": 2,
    "phone_number": 1,
    "copy_code": 1,
    "catalog": 1,
    "mpm": 1,
    "spm": 1,
}
MOST_BLOCKS = 2
"""Quick replies are one block, all other kinds the other."""


def kinds_of(buttons: Part | None) -> tuple[str, ...]:
    """The kind of each button in lower case, in order; empty for one without a kind."""
    values = buttons.value.get("buttons") if buttons is not None else None
    return tuple(
        lowered(value.get("type")) if isinstance(value, Mapping) else ""
        for value in (values if isinstance(values, list) else ())
    )


def check_buttons(buttons: Part, most: int, scope: Scope) -> tuple[Part, ...]:
    """Each button and all of them together; the buttons."""
    values = buttons.array("buttons", "Add a button, or leave the component out.")
    if values is None:
        return ()
    if len(values) > most:
        buttons.add(
            "buttons",
            FindingCode.DEFINITION_BUTTON_TOO_MANY,
            f"{buttons.name} component has {len(values)} buttons; at most {most} are allowed.",
            f"Take out {len(values) - most}.",
        )
    read = [
        part_of(buttons, value, f"buttons/{position}", f"Button {position}")
        for position, value in enumerate(values)
    ]
    parts = tuple(part for part in read if part is not None)
    for part in parts:
        check_button(part, scope)
    _check_counts(buttons, kinds_of(buttons))
    _check_blocks(parts)
    return parts


def misplaced(button: Part, where: str, mend: str) -> None:
    """The finding that a button of this kind does not belong where it stands."""
    button.add(
        "type",
        FindingCode.DEFINITION_BUTTON_MISPLACED,
        f"A {button.kind.upper()} button does not belong in {where}.",
        mend,
    )


def _check_counts(buttons: Part, kinds: tuple[str, ...]) -> None:
    for kind, most in MOST_OF_A_KIND.items():
        count = kinds.count(kind)
        if count > most:
            buttons.add(
                "buttons",
                FindingCode.DEFINITION_BUTTON_TOO_MANY,
                f"{buttons.name} component has {count} buttons of the kind {kind.upper()}; "
                f"at most {most} may be there.",
                f"Take out {count - most} of them.",
            )


def _check_blocks(parts: tuple[Part, ...]) -> None:
    """Quick replies stand side by side: `QUICK_REPLY, URL, QUICK_REPLY` is refused."""
    blocks = 0
    before: bool | None = None
    for part in parts:
        is_reply = part.kind == "quick_reply"
        if is_reply is not before:
            blocks += 1
            before = is_reply
        if blocks > MOST_BLOCKS:
            part.add(
                "",
                FindingCode.DEFINITION_BUTTON_ORDER,
                f"{part.name} parts the quick replies from each other, or the other buttons.",
                "Put all quick replies first and all other buttons after them, or the reverse.",
            )
            return
