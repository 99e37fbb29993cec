"""The edge of the doors: any exception to the customer's envelope."""

from collections.abc import Awaitable

import structlog

from waypost.api.asgi import ClientLeftError
from waypost.model.errors import StoreError
from waypost.model.refusal import Reason, Refusal
from waypost.wire.envelope import Answer, render_refusal

_log = structlog.get_logger("waypost.api")


async def answer_whatever_happens(answering: Awaitable[Answer], path: str) -> Answer | None:
    """The answer; for any exception the documented 500, and a line for the operator.

    None if the client has left and nobody is there to answer.
    """
    try:
        return await answering
    except ClientLeftError:
        return None
    except StoreError as error:
        _log.error("request.not_kept", path=path, error=str(error))
    except Exception:
        _log.exception("request.failed", path=path)
    return render_refusal(Refusal(Reason.INTERNAL))
