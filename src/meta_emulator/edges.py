"""Which edge of which object a Graph API request means.

An object that is not there, and an edge that an object does not have, are the same to Meta:
code 100, subcode 33 (reference 3.4).
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from meta_emulator.blocking import Blocking
from meta_emulator.control import Parts, json_or_text
from meta_emulator.delivery import shake_hands
from meta_emulator.errors import GraphError, object_unknown, path_unknown, refused
from meta_emulator.graph import Answer, Request, Responder
from meta_emulator.media import MediaShelf
from meta_emulator.messages import SUCCESS
from meta_emulator.objects import Objects, override_url
from meta_emulator.state import Number, Template, Waba
from meta_emulator.templates import Templates
from meta_emulator.uploads import PREFIX as UPLOADS
from meta_emulator.uploads import Uploads

MOST_SEGMENTS = 2
DOWNLOADS = "_media"
SLICE_MS = 100
TAKEN, UNAVAILABLE = 200, 503

Owner = TypeVar("Owner")


class Edges:
    """Every edge the emulator has, by object and method."""

    def __init__(self, parts: Parts, responder: Responder) -> None:
        self._parts = parts
        self._state = parts.state
        self._responder = responder
        self._objects = Objects(parts.state, responder)
        self._media = MediaShelf(parts.state, responder)
        self._blocking = Blocking(parts.state, responder)
        self._uploads = Uploads(parts.state, responder)
        self._templates = Templates(parts.state, responder, parts.reviewer, parts.settings)
        self._of_template: dict[tuple[str, str], Callable[[Request, Template], Answer]] = {
            ("GET", ""): self._templates.show,
            ("POST", ""): self._templates.edit,
            ("POST", "unpause"): self._templates.unpause,
        }
        self._of_number: dict[tuple[str, str], Callable[[Request, Number], Awaitable[Answer]]] = {
            ("POST", "messages"): self._send,
            ("POST", "media"): _awaited(self._media.upload),
            ("POST", "block_users"): _awaited(self._blocking.block),
            ("DELETE", "block_users"): _awaited(self._blocking.unblock),
            ("GET", "block_users"): _awaited(self._blocking.listed),
            ("POST", "register"): _awaited(self._done),
            ("POST", "deregister"): _awaited(self._done),
            ("GET", ""): _awaited(self._objects.number),
            ("POST", ""): self._override_number,
        }
        self._of_waba: dict[tuple[str, str], Callable[[Request, Waba], Awaitable[Answer]]] = {
            ("GET", ""): _awaited(self._objects.waba),
            ("GET", "message_templates"): _awaited(self._templates.listed),
            ("POST", "message_templates"): _awaited(self._templates.create),
            ("DELETE", "message_templates"): _awaited(self._templates.remove),
            ("GET", "phone_numbers"): _awaited(self._objects.numbers),
            ("GET", "product_catalogs"): _awaited(self._objects.catalogues),
            ("GET", "subscribed_apps"): _awaited(self._objects.subscribed_apps),
            ("POST", "subscribed_apps"): self._override_waba,
            ("DELETE", "subscribed_apps"): _awaited(self._unsubscribe),
        }

    async def answer(self, request: Request) -> Answer:
        """The answer of the edge that `request` names."""
        segments = request.segments
        if not segments or len(segments) > MOST_SEGMENTS:
            return self._responder.error(path_unknown(request.path), request.version)
        object_id = segments[0]
        edge = segments[1] if len(segments) == MOST_SEGMENTS else ""
        number = self._state.numbers.get(object_id)
        if number is not None:
            number_edge = self._of_number.get((request.method, edge))
            if number_edge is not None:
                return await number_edge(request, number)
        waba = self._state.wabas.get(object_id)
        if waba is not None:
            waba_edge = self._of_waba.get((request.method, edge))
            if waba_edge is not None:
                return await waba_edge(request, waba)
        answer = (
            self._medium(request, object_id, edge)
            or self._upload(request, object_id, edge)
            or self._other(request, object_id, edge)
        )
        if answer is not None:
            return answer
        unknown = object_unknown(object_id, request.method)
        return self._responder.error(unknown, request.version)

    async def _send(self, request: Request, number: Number) -> Answer:
        sends, chance = self._parts.sends, self._state.chance
        await self._hold(lambda: sends.faults.delay_ms)
        if sends.faults.drops(chance):
            return Answer(UNAVAILABLE, b"")
        answer = sends.take(request, number)
        if answer.status == TAKEN and (late_ms := sends.faults.lateness_ms(chance)):
            await self._hold(lambda: late_ms if sends.faults.late_ms else 0)
        return answer

    async def _hold(self, ordered_ms: Callable[[], int]) -> None:
        """Waits as long as is ordered; in slices, so that it ends when the fault is lifted."""
        waited_ms = 0
        while (left_ms := ordered_ms() - waited_ms) > 0:
            slice_ms = min(SLICE_MS, left_ms)
            await self._state.clock.sleep(slice_ms / 1000)
            waited_ms += slice_ms

    def _medium(self, request: Request, object_id: str, edge: str) -> Answer | None:
        if object_id == DOWNLOADS:
            return self._media.download(request, edge)
        if object_id not in self._state.media or edge:
            return None
        if request.method == "DELETE":
            return self._media.remove(request, object_id)
        return self._media.show(request, object_id) if request.method == "GET" else None

    def _upload(self, request: Request, object_id: str, edge: str) -> Answer | None:
        if (request.method, edge) == ("POST", "uploads"):
            return self._uploads.begin(request, object_id)
        if edge or not object_id.startswith(UPLOADS):
            return None
        if request.method == "POST":
            return self._uploads.take(request, object_id)
        return self._uploads.show(request, object_id) if request.method == "GET" else None

    def _other(self, request: Request, object_id: str, edge: str) -> Answer | None:
        """Templates and catalogues."""
        template = self._state.templates.get(object_id)
        if template is not None:
            template_edge = self._of_template.get((request.method, edge))
            return None if template_edge is None else template_edge(request, template)
        waba = self._state.catalogues.get(object_id)
        if waba is None or request.method != "GET":
            return None
        if not edge:
            return self._objects.catalogue(request, waba)
        return self._objects.products(request, waba) if edge == "products" else None

    async def _override_number(self, request: Request, number: Number) -> Answer:
        body = json_or_text(request.body)
        body = body.get("webhook_configuration") if type(body) is dict else None
        return await self._override(request, number, body)

    async def _override_waba(self, request: Request, waba: Waba) -> Answer:
        return await self._override(request, waba, json_or_text(request.body))

    async def _override(self, request: Request, owner: Number | Waba, configured: object) -> Answer:
        """Set or reset where the webhooks of `owner` go, after a handshake (reference 4.1)."""
        given = configured if isinstance(configured, dict) else {}
        url = override_url(given)
        if isinstance(url, GraphError):
            return self._responder.error(url, request.version)
        if url is not None:
            settings = self._parts.settings
            if isinstance(given.get("verify_token"), str):
                settings = replace(settings, verify_token=given["verify_token"])
            wrong = await shake_hands(url, settings, self._parts.http, self._state.chance)
            if wrong is not None:
                return self._responder.error(refused(2200, wrong), request.version)
        owner.webhook_url = url
        return self._done(request, owner)

    def _unsubscribe(self, request: Request, waba: Waba) -> Answer:
        waba.webhook_url = None
        return self._done(request, waba)

    def _done(self, request: Request, owner: Number | Waba) -> Answer:
        waba = owner if isinstance(owner, Waba) else owner.waba
        return self._responder.success(SUCCESS, request.version, waba.id)


def _awaited(
    edge: Callable[[Request, Owner], Answer],
) -> Callable[[Request, Owner], Awaitable[Answer]]:
    async def answer(request: Request, owner: Owner) -> Answer:
        return edge(request, owner)

    return answer
