"""A send body, understood: bytes in, a submission or every fault out.

Two paths with one meaning: `canonical` for bodies that are already as they should be, `thorough`
for all others. Source: the two documents; design contract, "Body" and "Recipients".
"""

from waypost.model.refusal import Fault
from waypost.model.submission import Submission
from waypost.model.template import TemplateBook
from waypost.wire.canonical import parse_canonical
from waypost.wire.thorough import parse_thoroughly, salvage

MAX_RECIPIENTS = 1000


def parse_send(
    body: bytes, templates: TemplateBook, max_recipients: int = MAX_RECIPIENTS
) -> Submission | tuple[Fault, ...]:
    """The submission that `body` asks for, or all its faults.

    `templates` is asked only where a template's definition decides how the body is read. Never
    raises for anything in `body`.
    """
    submission = parse_canonical(body)
    if submission is not None:
        return submission
    return parse_thoroughly(body, templates, max_recipients)


def read_anyway(body: bytes, templates: TemplateBook) -> Submission | None:
    """What can be understood of a body that has faults, so that all else is told with them.

    It is for checks alone and is never accepted. None if not even its kind can be told.
    """
    return salvage(body, templates, MAX_RECIPIENTS)
