"""What messages are looked for by on the command line: the same words as in the API's queries."""

from typing import Annotated

import typer

from waypost.cli.output import MisusedError
from waypost.model.search import MessageFilters
from waypost.report.filters import FilterError, read_filters

RecipientOption = Annotated[
    str, typer.Option("--recipient", metavar="RECIPIENT", help="A number, or a user id.")
]
RefOption = Annotated[str, typer.Option("--ref", metavar="TEXT", help="ref as it was sent.")]
Ref1Option = Annotated[str, typer.Option("--ref1", metavar="TEXT", help="ref1 as it was sent.")]
Ref2Option = Annotated[str, typer.Option("--ref2", metavar="TEXT", help="ref2 as it was sent.")]
TemplateOption = Annotated[
    str, typer.Option("--template", metavar="NAME", help="Messages of this template.")
]
StateOption = Annotated[
    str,
    typer.Option("--state", metavar="STATES", help='Like "failed,not sent": any of these.'),
]
ErrorOption = Annotated[
    str, typer.Option("--error", metavar="CODE", help="The code of their failure, like 131026.")
]
SenderOption = Annotated[
    str, typer.Option("--sender", metavar="NUMBER", help="From this business number.")
]
FromOption = Annotated[
    str,
    typer.Option("--from", metavar="TIME", help="Accepted from then on: 2027-01-31, or ISO 8601."),
]
ToOption = Annotated[str, typer.Option("--to", metavar="TIME", help="Accepted before then.")]


def filters_of(**given: str) -> MessageFilters:
    """The filters of these options; `since` and `until` are --from and --to.

    Raises MisusedError.
    """
    words = {{"since": "from", "until": "to"}.get(name, name): one for name, one in given.items()}
    try:
        return read_filters(words)
    except FilterError as error:
        raise MisusedError(
            "\n".join(f"--{name}: {told}" for name, told in error.faults.items())
        ) from None
