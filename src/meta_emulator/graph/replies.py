"""The answers that most edges give: done, an object, a page of objects, a refusal."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from meta_emulator.protocol.answers import SUCCESS, Answer, Request, Responder, encode
from meta_emulator.protocol.errors import GraphError
from meta_emulator.protocol.paging import page

T = TypeVar("T")


class Replies:
    """Words answers for requests about the objects of one WABA at a time."""

    def __init__(self, responder: Responder) -> None:
        self._responder = responder

    def done(self, request: Request, waba_id: str) -> Answer:
        """`{"success": true}`."""
        return self._responder.success(SUCCESS, request.version, waba_id)

    def shown(self, item: dict[str, Any], request: Request, waba_id: str) -> Answer:
        """One object."""
        return self._responder.success(encode(item), request.version, waba_id)

    def listed(
        self,
        items: Sequence[T],
        request: Request,
        waba_id: str,
        show: Callable[[T], dict[str, Any]],
    ) -> Answer:
        """One page of objects, with their number where `summary` asks for it."""
        shown = page(items, request, show)
        if isinstance(shown, GraphError):
            return self.refused(shown, request)
        if request.query.get("summary", "false") != "false":
            shown["summary"] = {"total_count": len(items)}
        return self.shown(shown, request, waba_id)

    def refused(self, error: GraphError, request: Request) -> Answer:
        """Meta's envelope around an error."""
        return self._responder.error(error, request.version)
