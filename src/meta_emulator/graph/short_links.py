"""QR codes and short links of a number, each with a message that it begins with."""

from typing import Any

from meta_emulator.graph.replies import Replies
from meta_emulator.graph.room import Edges
from meta_emulator.protocol.answers import Answer, Request, Responder
from meta_emulator.protocol.errors import invalid, object_unknown
from meta_emulator.protocol.fields import pick
from meta_emulator.protocol.parameters import parameters
from meta_emulator.runtime.chance import Chance
from meta_emulator.world.objects import Number

EDGE = "message_qrdls"
LONGEST = 140
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
CODE_LENGTH = 14
IMAGES = ("PNG", "SVG")
FIELDS = ("code", "prefilled_message", "deep_link_url")


class ShortLinks:
    """Answers `/<phone number id>/message_qrdls` and its codes."""

    def __init__(self, responder: Responder, chance: Chance) -> None:
        self._replies = Replies(responder)
        self._chance = chance

    @property
    def edges(self) -> Edges:
        """What it answers."""
        return {
            ("number", "POST", EDGE): self.keep,
            ("number", "GET", EDGE): self.listed,
            ("number", "GET", f"{EDGE}/*"): self.one,
            ("number", "DELETE", f"{EDGE}/*"): self.remove,
        }

    def keep(self, request: Request, number: Number) -> Answer:
        """`POST`: a new code, or another message for the code that is named."""
        given = parameters(request)
        text = given.get("prefilled_message")
        if type(text) is not str or not 1 <= len(text) <= LONGEST:
            error = invalid(f"Param prefilled_message must be 1 to {LONGEST} characters long.")
            return self._replies.refused(error, request)
        code = given.get("code")
        if code is None:
            code = "".join(LETTERS[self._chance.bits(5)] for _ in range(CODE_LENGTH))
        elif type(code) is not str or code not in number.short_links:
            return self._replies.refused(object_unknown(str(code), request.method), request)
        number.short_links[code] = text
        shown = link_object(code, text)
        image = given.get("generate_qr_image")
        if image in IMAGES:
            shown["qr_image_url"] = f"https://scontent.xx.fbcdn.net/{code}.{image.lower()}"
        return self._replies.shown(shown, request, number.waba.id)

    def listed(self, request: Request, number: Number) -> Answer:
        """`GET`: all codes of the number, the newest first."""
        fields = request.query.get("fields")
        return self._replies.listed(
            list(reversed(number.short_links.items())),
            request,
            number.waba.id,
            lambda link: pick(link_object(*link), fields, FIELDS),
        )

    def one(self, request: Request, number: Number) -> Answer:
        """`GET …/<code>`: a list of one."""
        code = request.segments[-1]
        if code not in number.short_links:
            return self._replies.refused(object_unknown(code, request.method), request)
        item = link_object(code, number.short_links[code])
        shown = pick(item, request.query.get("fields"), FIELDS)
        return self._replies.shown({"data": [shown]}, request, number.waba.id)

    def remove(self, request: Request, number: Number) -> Answer:
        """`DELETE …/<code>`."""
        if number.short_links.pop(request.segments[-1], None) is None:
            unknown = object_unknown(request.segments[-1], request.method)
            return self._replies.refused(unknown, request)
        return self._replies.done(request, number.waba.id)


def link_object(code: str, text: str) -> dict[str, Any]:
    """A code as Meta shows it."""
    return {
        "code": code,
        "prefilled_message": text,
        "deep_link_url": f"https://wa.me/message/{code}",
    }
