"""Cursor paging as the Graph API does it (reference 7.1)."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from meta_emulator.protocol.answers import Request
from meta_emulator.protocol.errors import GraphError, refused
from meta_emulator.protocol.parameters import whole_number

T = TypeVar("T")
LIMIT = 25
MOST = 1000
CURSORS_SINCE = (24, 0)


def page(
    items: Sequence[T], request: Request, show: Callable[[T], dict[str, Any]]
) -> dict[str, Any] | GraphError:
    """One page of `items`, each as `show` has it, by the query's `limit`, `after` and `before`.

    An unreadable cursor is 131059, before v24 code 100; `next` and `previous` are there only if
    there is more.
    """
    asked = whole_number(request.query.get("limit", str(LIMIT)))
    if not asked:
        return GraphError(100, "(#100) Param limit must be a positive integer.")
    limit = min(asked, MOST)
    start = 0
    if request.query.get("after"):
        place = _place(request.query["after"])
        if place is None:
            return cursor_fault(request)
        start = place + 1
    elif request.query.get("before"):
        place = _place(request.query["before"])
        if place is None:
            return cursor_fault(request)
        start, limit = max(0, place - limit), min(limit, place)
    shown = [show(item) for item in items[start : start + limit]]
    answer: dict[str, Any] = {"data": shown}
    if shown:
        last = start + len(shown) - 1
        cursors = {"before": _cursor(start), "after": _cursor(last)}
        answer["paging"] = {"cursors": cursors}
        if last + 1 < len(items):
            answer["paging"]["next"] = _url(request, limit, "after", cursors["after"])
        if start > 0:
            answer["paging"]["previous"] = _url(request, limit, "before", cursors["before"])
    return answer


def cursor_fault(request: Request) -> GraphError:
    """What an unreadable cursor is told; the words of older versions are a judgement."""
    if request.version >= CURSORS_SINCE:
        return refused(131059)
    return GraphError(100, "(#100) Invalid cursors values")


def _url(request: Request, limit: int, direction: str, cursor: str) -> str:
    """The same question for the page behind or before this one."""
    host = next((value.decode() for name, value in request.headers if name == b"host"), "")
    kept = {key: request.query[key] for key in request.query if key not in {"after", "before"}}
    query = urlencode({**kept, "limit": str(limit), direction: cursor})
    return f"http://{host}{request.path}?{query}"


def _cursor(place: int) -> str:
    return urlsafe_b64encode(f"place:{place}".encode()).decode().rstrip("=")


def _place(cursor: str) -> int | None:
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (Base64Error, UnicodeDecodeError, ValueError):
        return None
    word, _, digits = text.partition(":")
    return whole_number(digits) if word == "place" else None
