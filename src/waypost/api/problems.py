"""The edge of the doors: any exception to the customer's envelope."""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from waypost.api.asgi import ClientLeftError, Receive, Scope, Send, answer_with
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


async def serve_whatever_happens(
    application: Callable[[Scope, Receive, Send], Awaitable[None]],
    scope: Scope,
    receive: Receive,
    send: Send,
) -> None:
    """Has another application answer; the documented 500 if it fails before it began to."""
    has_begun = False

    async def noted(event: Any) -> None:
        nonlocal has_begun
        has_begun = True
        await send(event)

    try:
        await application(scope, receive, noted)
    except ClientLeftError:
        return
    except Exception:
        _log.exception("request.failed", path=scope["path"])
        if not has_begun:
            await answer_with(send, render_refusal(Refusal(Reason.INTERNAL)))
