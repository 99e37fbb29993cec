"""What the operator's API says when it does not do what was asked: RFC 9457, one table.

Every problem has a code that never changes once published, a sentence and a next step. Pure.
"""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import NamedTuple

import msgspec
from msgspec import Struct

from waypost.model.errors import (
    DirectoryError,
    MetaRefusedError,
    NotFoundError,
    StoreError,
    TooFastError,
)
from waypost.model.refusal import Fault
from waypost.report.filters import FilterError
from waypost.runtime.http import AnswerLostError, HttpError
from waypost.runtime.vault_error import VaultError
from waypost.wire.envelope import Answer

CONTENT_TYPE = "application/problem+json"
URN = "urn:waypost:problem:"
RETRY_S = 5
"""When to ask again after something that is not there now."""


class Kind(NamedTuple):
    """How a code is told: its HTTP status, title and next step."""

    status: int
    title: str
    next_step: str


KINDS: Mapping[str, Kind] = {
    "invalid_body": Kind(400, "The body cannot be used", "Mend what `errors` lists; ask again."),
    "invalid_parameters": Kind(
        400, "The address cannot be used", "Mend the path or query as `errors` lists; ask again."
    ),
    "invalid_definition": Kind(
        400, "The template has faults", "Mend what `errors` lists; ask again. Meta was not asked."
    ),
    "invalid_feed": Kind(400, "The feed cannot be used", "Mend the file and send it again."),
    "operator_token_unset": Kind(
        401,
        "No operator can be let in",
        "Set operator_token (WAYPOST_OPERATOR_TOKEN), and start the gateway again.",
    ),
    "operator_token_wrong": Kind(
        401, "This is not the operator", "Send `Authorization: Bearer <operator_token>`."
    ),
    "not_found": Kind(404, "What was named does not exist", "List what there is, and name that."),
    "unknown_address": Kind(
        404, "There is nothing at this address", "/v1/openapi.json lists every address."
    ),
    "wrong_method": Kind(
        405, "This address does not answer to this method", "Use a method that `Allow` names."
    ),
    "link_wrong": Kind(
        403, "The address is not ours", "Use `media_url` whole, as the callback brings it."
    ),
    "link_expired": Kind(
        410, "The address is no longer good", "List the inbound message: it tells a new one."
    ),
    "medium_gone": Kind(410, "The medium is not here", "Ask the recipient to send it again."),
    "medium_on_its_way": Kind(
        503, "The medium is on its way", "Ask again after `Retry-After`; Meta may need days."
    ),
    "range_wrong": Kind(416, "The range lies behind the end", "Ask for bytes that there are."),
    "body_too_slow": Kind(408, "The body did not come in time", "Send it again, or faster."),
    "conflict": Kind(409, "This cannot be", "Do what the detail says, then ask again."),
    "body_too_large": Kind(413, "The body is too large", "Send less at once."),
    "wrong_content_type": Kind(
        415, "The body is of another kind", "Send the Content-Type that the detail names."
    ),
    "too_many_requests": Kind(429, "Too many requests", "Wait as long as `Retry-After` says."),
    "internal": Kind(
        500, "The gateway failed", "Look into its log; it names this request by its path and time."
    ),
    "meta_refused": Kind(502, "Meta refused it", "Mend what Meta names; ask again."),
    "meta_unreachable": Kind(
        503, "Meta cannot be reached", "Nothing was done; ask again after `Retry-After`."
    ),
    "meta_answer_lost": Kind(
        503, "Meta's answer was lost", "It may have been done or not: look before you ask again."
    ),
    "token_sealed": Kind(
        503,
        "The access token cannot be opened",
        "Give the gateway the key that sealed it (secret_keys), or save the WABA's token anew.",
    ),
    "store_failed": Kind(503, "The storage did not answer", "Ask again after `Retry-After`."),
}


CODES: Mapping[type[Exception], tuple[str, float | None]] = {
    NotFoundError: ("not_found", None),
    DirectoryError: ("conflict", None),
    AnswerLostError: ("meta_answer_lost", RETRY_S),
    HttpError: ("meta_unreachable", RETRY_S),
    VaultError: ("token_sealed", RETRY_S),
    StoreError: ("store_failed", RETRY_S),
}
"""What an agent's error is told as, and when to ask again: the first kind that it is of."""


class ProblemDetail(Struct, frozen=True, omit_defaults=True):
    """One thing that is wrong.

    path       a JSON pointer into the body; `path/<name>` or `query/<name>` for a parameter
    mend       what to do about it, where the message does not say it already
    meta_code  the error code of Meta that stands behind it
    """

    path: str
    code: str
    message: str
    mend: str | None = None
    meta_code: int | None = None


class Problem(Struct, frozen=True, omit_defaults=True):
    """Why something was not done (RFC 9457).

    type       a URN made of the code
    code       a snake-case word that never changes
    next_step  what to do about it
    errors     each thing that is wrong by itself
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    next_step: str
    errors: tuple[ProblemDetail, ...] = ()


class ProblemError(Exception):
    """The request is answered with a problem of this code."""

    def __init__(
        self,
        code: str,
        detail: str,
        errors: Sequence[ProblemDetail] = (),
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after_s = retry_after_s


def problem_of(error: Exception) -> ProblemError:
    """The problem that an agent's error is to the operator; `internal` for anything unforeseen."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, MetaRefusedError):
        return ProblemError("meta_refused", f"Meta refused: {error}", [meta_detail(error)])
    if isinstance(error, TooFastError):
        return ProblemError("too_many_requests", str(error), (), error.retry_after_s)
    if isinstance(error, FilterError):
        faults = [
            ProblemDetail(f"query/{name}", "invalid_value", told)
            for name, told in error.faults.items()
        ]
        return ProblemError("invalid_parameters", "A parameter is not as it should be.", faults)
    for kind, (code, retry_after_s) in CODES.items():
        if isinstance(error, kind):
            return ProblemError(code, str(error), (), retry_after_s)
    return ProblemError("internal", "Something failed that should not.")


def meta_detail(error: MetaRefusedError) -> ProblemDetail:
    """Meta's code, its words and what to do about them."""
    code = error.failure.code
    return ProblemDetail(
        path="",
        code="meta_refused",
        message=str(error),
        mend=error.failure.next_step or None,
        meta_code=int(code) if code.isascii() and code.isdigit() else None,
    )


def details_of(faults: Sequence[Fault]) -> tuple[ProblemDetail, ...]:
    """Faults as the operator reads them."""
    return tuple(
        ProblemDetail(one.path, one.code, one.message, one.mend, one.meta_code) for one in faults
    )


def render_problem(problem: ProblemError, *headers: tuple[bytes, bytes]) -> Answer:
    """The answer, with these headers beside its own."""
    kind = KINDS[problem.code]
    body = Problem(
        type=URN + problem.code,
        title=kind.title,
        status=kind.status,
        detail=problem.detail,
        code=problem.code,
        next_step=kind.next_step,
        errors=problem.errors,
    )
    own = [(b"content-type", CONTENT_TYPE.encode())]
    if problem.retry_after_s is not None:
        own.append((b"retry-after", str(max(1, ceil(problem.retry_after_s))).encode()))
    return Answer(kind.status, (*own, *headers), msgspec.json.encode(body))
