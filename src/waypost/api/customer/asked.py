"""What messages are looked for by, from the query of an address: for lists and for exports.

The words are read here and not by the framework, to which `sender` and `state` mean something else;
`management/openapi.py` describes them from WORDS.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from litestar.connection import Request
from litestar.params import QueryParameter

from waypost.model.search import MessageFilters
from waypost.report.filters import LONGEST, NAMES, FilterError, read_filters

MOST_PAGE = 500
Limit = Annotated[
    int, QueryParameter(ge=1, le=MOST_PAGE, description="How many are listed at most.")
]
Cursor = Annotated[
    str,
    QueryParameter(max_length=300, description="`next` of the page before; empty at first."),
]
OTHERS = ("limit", "cursor", "direction")
"""What else may stand in such a query."""

WORDS: Mapping[str, str] = {
    "recipient": "To whom: a phone number with its country code, or a user id.",
    "ref": "`ref` as it was sent, whole.",
    "ref1": "`ref1` as it was sent, whole.",
    "ref2": "`ref2` as it was sent, whole.",
    "template": "A template's name.",
    "state": "Where they stand, like `not sent`; several with commas between.",
    "error": "The code of their failure, like 131026.",
    "sender": "From which number.",
    "from": "Accepted from then on: a day, ISO 8601 with a time zone, or Unix seconds.",
    "to": "Accepted before then, in the same forms.",
}
"""What each word of a query is."""


def describe_words() -> list[dict[str, Any]]:
    """The words as OpenAPI's parameters."""
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": WORDS[name],
            "schema": {"type": "string", "maxLength": LONGEST},
        }
        for name in NAMES
    ]


def describe_direction() -> dict[str, Any]:
    """What an export takes beside, in the same form."""
    return {
        "name": "direction",
        "in": "query",
        "required": False,
        "description": "Messages to recipients, from them, or both.",
        "schema": {"enum": ["both", "outgoing", "incoming"], "default": "both"},
    }


async def provide_filters(request: Request[Any, Any, Any]) -> MessageFilters:
    """The filters of a query. Raises FilterError, also for a word that is none."""
    query = request.query_params
    faults = {
        name: f"{name} is no parameter here; there are {', '.join((*NAMES, *OTHERS))}."
        for name in query
        if name not in NAMES and name not in OTHERS
    }
    for name in query:
        if len(query.getall(name)) > 1:
            faults[name] = f"{name} stands more than once."
    if faults:
        raise FilterError(faults)
    return read_filters({name: query.get(name) for name in NAMES})
