"""Values that JSON text can write and that cannot be carried on: each is told where it stands.

Numbers beyond a double or beyond 64 bits, and halves of surrogate pairs. Law: linear time, and no
recursion; a pointer is built only for a fault that will be listed.
"""

from typing import Any

from waypost.wire.faults import FaultCode, Faults, OutsizeNumber, quoted


def check_suspects(value: Any, base: str, faults: Faults) -> None:
    """Walks everything under `value`, which stands at `base`."""
    stack: list[tuple[Any, Any]] = [(value, (None, base))]
    while stack and not faults.is_full:
        value, link = stack.pop()
        if isinstance(value, dict):
            for key in value:
                if not is_utf8(key):
                    faults.add(_path_of((link, key)), FaultCode.LONE_SURROGATE, _SURROGATE_KEY)
            stack.extend((child, (link, key)) for key, child in reversed(value.items()))
        elif isinstance(value, list):
            stack.extend((value[at], (link, at)) for at in range(len(value) - 1, -1, -1))
        elif isinstance(value, str):
            if not is_utf8(value):
                faults.add(_path_of(link), FaultCode.LONE_SURROGATE, SURROGATE_TEXT)
        elif isinstance(value, OutsizeNumber):
            faults.add(_path_of(link), FaultCode.NUMBER_OUT_OF_RANGE, _outsize(value))


SURROGATE_TEXT = (
    r"the text has half of a surrogate pair (\ud800 to \udfff alone); send whole characters"
)
_SURROGATE_KEY = (
    r"the key has half of a surrogate pair (\ud800 to \udfff alone); send whole characters"
)


def _outsize(number: OutsizeNumber) -> str:
    return (
        f"the number {quoted(number.text)} is beyond 64 bits or beyond a double; "
        "send it as a string, or smaller"
    )


def _path_of(link: Any) -> str:
    steps: list[str] = []
    before, key = link
    while before is not None:
        steps.append(str(key).replace("~", "~0").replace("/", "~1"))
        before, key = before
    return "/".join([key, *reversed(steps)])


def is_utf8(text: str) -> bool:
    """Whether the text has no half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
