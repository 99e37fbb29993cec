"""What figures are asked for, from the query of an address, and their answer as CSV: both doors.

The words are read here and not by the framework, to which `from` and `sender` mean something else;
`management/openapi.py` describes them.
"""

from typing import Any

from litestar.connection import Request
from litestar.response import Response

from waypost.model.usage_report import UsageReport
from waypost.report.filters import LONGEST, FilterError
from waypost.report.usage_question import NAMES, WORDS
from waypost.report.usage_table import usage_csv

FORMAT = "format"
FORMATS = ("json", "csv")
CSV = "text/csv"


def read_words(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The words of a query. Raises FilterError for one that is none, or stands twice."""
    query = request.query_params
    faults = {
        name: f"{name} is no parameter here; there are {', '.join((*NAMES, FORMAT))}."
        for name in query
        if name not in NAMES and name != FORMAT
    }
    for name in query:
        if len(query.getall(name)) > 1:
            faults[name] = f"{name} stands more than once."
    told = query.get(FORMAT)
    if told and told.lower() not in FORMATS:
        faults[FORMAT] = f"format is {told!r}; it must be json or csv."
    if faults:
        raise FilterError(faults)
    return {name: query[name] for name in NAMES if name in query}


def wants_csv(request: Request[Any, Any, Any]) -> bool:
    """Whether CSV is asked for: by `format`, or by the Accept header where that says nothing."""
    told = request.query_params.get(FORMAT)
    if told:
        return str(told).lower() == "csv"
    accepted = request.headers.get("accept", "").lower()
    return CSV in accepted and "application/json" not in accepted


def in_csv(report: UsageReport) -> Response[Any]:
    """The lines of a report as a file."""
    day = f"{report.since:%Y-%m-%d}"
    return Response(
        usage_csv(report).encode(),
        media_type=CSV,
        headers={"content-disposition": f'attachment; filename="usage-{day}.csv"'},
    )


def describe_usage_words() -> list[dict[str, Any]]:
    """The words as OpenAPI's parameters."""
    described = [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": WORDS[name],
            "schema": {"type": "string", "maxLength": LONGEST},
        }
        for name in NAMES
    ]
    form = {
        "name": FORMAT,
        "in": "query",
        "required": False,
        "description": "In which form; left out: as the Accept header says, else json.",
        "schema": {"enum": list(FORMATS)},
    }
    return [*described, form]
