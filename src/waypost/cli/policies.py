"""What an account wants done where a message may go on in two ways, and its limits, as typed."""

from typing import Annotated, Any

import typer

from waypost.cli.typed import read_count, read_duration
from waypost.model.account import CappedPolicy, TemplatePolicy, UnknownPolicy

OF_DEPLOYMENT = "default"
"""What is typed for a price or a validity that is the deployment's."""

UnknownOption = Annotated[
    UnknownPolicy | None,
    typer.Option("--unknown-policy", help="What becomes of a message whose outcome stays unknown."),
]
TemplateOption = Annotated[
    TemplatePolicy | None,
    typer.Option(
        "--template-policy", help="What becomes of waiting messages when Meta stops a template."
    ),
]
CappedOption = Annotated[
    CappedPolicy | None,
    typer.Option(
        "--capped-policy", help="What becomes of a message that Meta holds back for a recipient."
    ),
]
ValidityOption = Annotated[
    str | None,
    typer.Option(
        "--validity", metavar="DURATION", help="How long a message may wait, like 24h; default."
    ),
]
DailyOption = Annotated[
    str | None,
    typer.Option("--daily-limit", metavar="NUMBER", help="Messages of a day (UTC); unlimited."),
]


def read_policies(
    policies: tuple[UnknownPolicy | None, TemplatePolicy | None, CappedPolicy | None],
    validity: str | None,
    daily_limit: str | None,
) -> dict[str, Any]:
    """What was typed of them, by the names of the account's fields. Raises MisusedError."""
    names = ("unknown_policy", "template_policy", "capped_policy")
    given: dict[str, Any] = {
        name: policy for name, policy in zip(names, policies, strict=True) if policy is not None
    }
    if validity is not None:
        is_own = validity.strip().lower() != OF_DEPLOYMENT
        given["validity_s"] = (
            int(read_duration("--validity", validity).total_seconds()) if is_own else None
        )
    if daily_limit is not None:
        given["daily_limit"] = read_count("--daily-limit", daily_limit)
    return given
