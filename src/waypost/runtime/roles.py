"""What a process does of a gateway's work: all of it, or some roles of several processes."""

from enum import StrEnum

ALL = "all"


class Role(StrEnum):
    """A part of the work that a process of its own can do.

    API       the customers' and the operator's addresses
    WEBHOOK   Meta's address, and understanding what came there
    DISPATCH  giving messages to Meta; with it goes what a deployment needs done once
    CALLBACK  telling customers
    """

    API = "api"
    DISPATCH = "dispatch"
    WEBHOOK = "webhook"
    CALLBACK = "callback"


EVERY = frozenset(Role)


def read_roles(value: str) -> frozenset[Role]:
    """`all`, or roles with commas between. Raises ValueError."""
    return EVERY if value == ALL else frozenset(Role(one.strip()) for one in value.split(","))


def render_roles(roles: frozenset[Role]) -> str:
    """As `read_roles` would read them, in one order."""
    return ALL if roles == EVERY else ",".join(role.value for role in Role if role in roles)
